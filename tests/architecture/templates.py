"""How the tests look at the packaged template: by type, and through references."""

from dataclasses import dataclass
from typing import Any, Final

EVENT_SOURCE: Final = "AWS::Lambda::EventSourceMapping"
FUNCTION: Final = "AWS::Lambda::Function"
QUEUE: Final = "AWS::SQS::Queue"
TABLE: Final = "AWS::DynamoDB::Table"


@dataclass(frozen=True)
class Packaged:
    """One stage as it would be deployed. `template` is SAM's form, `stack` plain CloudFormation."""

    template: dict[str, Any]
    stack: dict[str, Any]

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of all resources of a CloudFormation type, by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.stack["Resources"].items()
            if resource["Type"] == kind
        }

    def streams(self) -> dict[str, dict[str, Any]]:
        """The event sources that read a stream."""
        sources = self.resources(EVENT_SOURCE)
        return {name: source for name, source in sources.items() if "StartingPosition" in source}

    def queues(self) -> dict[str, dict[str, Any]]:
        """The event sources that read a queue."""
        sources = self.resources(EVENT_SOURCE)
        return {
            name: source for name, source in sources.items() if "StartingPosition" not in source
        }


def referred(value: Any) -> str:
    """The logical id behind a Ref, GetAtt or Sub of one resource."""
    match value:
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, _]}:
            return str(name)
        case {"Fn::Sub": str(text)}:
            return text.removeprefix("${").partition(".")[0].removesuffix("}")
    message = f"no reference: {value}"
    raise AssertionError(message)
