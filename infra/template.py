"""The CloudFormation file `resources.yaml` in Python, for packaging, laptop stack and tests.

`load` turns the YAML tags into their long form (`!Ref X` → `{"Ref": "X"}`). `Stack` also gives
every resource its names and ARNs in one stage, account and region. So boto3 can make the same
resources, and a local process can have the same settings. For names that only AWS can choose (a
function's, the API's) the value is the logical id.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

RESOURCES: Final = Path(__file__).with_name("resources.yaml")
LOCAL_ACCOUNT_ID: Final = "123456789012"  # moto's default account
LOCAL_REGION: Final = "us-east-1"
TABLE: Final = "AWS::DynamoDB::Table"
BUCKET: Final = "AWS::S3::Bucket"
TOPIC: Final = "AWS::SNS::Topic"
QUEUE: Final = "AWS::SQS::Queue"
SUBSCRIPTION: Final = "AWS::SNS::Subscription"
RULE: Final = "AWS::Events::Rule"
KEY: Final = "AWS::KMS::Key"
ALIAS: Final = "AWS::KMS::Alias"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource with every intrinsic resolved.

    `name` is its physical name, `ref` is the value of `!Ref` (for a topic the ARN, for a queue the
    URL).
    """

    logical_id: str
    type: str
    name: str
    ref: str
    arn: str
    properties: Mapping[str, Any]


def load(path: Path = RESOURCES) -> dict[str, Any]:
    """The template with `!Tag value` as `{"Fn::Tag": value}`. Aliases and merge keys are expanded.

    >>> load()["Resources"]["NoticesQueue"]["Properties"]["QueueName"]
    {'Fn::Sub': 'doorstep-${Stage}-notices'}
    """
    with path.open(encoding="utf-8") as file:
        document: dict[str, Any] = yaml.load(file, Loader=_CloudFormationLoader)  # noqa: S506
    return document


@dataclass(frozen=True)
class Stack:
    """`resources.yaml` for one stage. `parameters` override the template's defaults.

    >>> Stack("dev").resource("ShipmentsTable").name
    'doorstep-dev-shipments'
    """

    stage: str
    account_id: str = LOCAL_ACCOUNT_ID
    region: str = LOCAL_REGION
    parameters: Mapping[str, str] = field(default_factory=dict)
    template: Mapping[str, Any] = field(default_factory=load)

    def resource(self, logical_id: str) -> Resource:
        """One resource of the template. Raises KeyError when there is none of that id."""
        declared = self.template["Resources"][logical_id]
        return Resource(
            logical_id=logical_id,
            type=declared["Type"],
            name=self._name(logical_id),
            ref=self._ref(logical_id),
            arn=self._attribute(logical_id, "Arn"),
            properties=self.resolve(declared.get("Properties", {})),
        )

    def resources(self, *types: str) -> Iterator[Resource]:
        """Resources of these CloudFormation types (all when none is named), in the file's order."""
        for logical_id, declared in self.template["Resources"].items():
            if "Type" not in declared or not self._is_wanted(declared):
                continue
            if not types or declared["Type"] in types:
                yield self.resource(logical_id)

    def environment(self, function: str = "APIHandler") -> dict[str, str]:
        """The environment variables of a function, by its logical id."""
        variables = self.template["Resources"][function]["Properties"]["Environment"]["Variables"]
        return {key: str(value) for key, value in self.resolve(variables).items()}

    def event_source(self, function: str) -> dict[str, Any]:
        """The template's settings for an event source: filters, retries, destination."""
        (source,) = self.template["Resources"][function]["Properties"]["Events"].values()
        resolved: dict[str, Any] = self.resolve(source["Properties"])
        return resolved

    def resolve(self, value: Any) -> Any:
        """Replace every intrinsic inside `value`. Keys with the value AWS::NoValue are removed."""
        match value:
            case Mapping() if len(value) == 1 and _is_intrinsic(*value):
                return self._intrinsic(value)
            case Mapping():
                resolved = {key: self.resolve(item) for key, item in value.items()}
                return {key: item for key, item in resolved.items() if item is not _NO_VALUE}
            case list():
                return [item for item in map(self.resolve, value) if item is not _NO_VALUE]
            case _:
                return value

    def _intrinsic(self, value: Mapping[str, Any]) -> Any:
        match value:
            case {"Ref": name}:
                return self._ref(name)
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return self._attribute(logical_id, attribute)
            case {"Fn::Sub": str(text)}:
                return _PLACEHOLDER.sub(lambda match: str(self._placeholder(match[1])), text)
            case {"Fn::If": [condition, then, otherwise]}:
                return self.resolve(then if self._holds({"Condition": condition}) else otherwise)
            case _:
                raise UnknownIntrinsic(value)

    def _is_wanted(self, declared: Mapping[str, Any]) -> bool:
        return "Condition" not in declared or self._holds({"Condition": declared["Condition"]})

    def _holds(self, condition: Mapping[str, Any]) -> bool:
        match condition:
            case {"Condition": name}:
                return self._holds(self.template["Conditions"][name])
            case {"Fn::Equals": [left, right]}:
                return bool(self.resolve(left) == self.resolve(right))
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case _:
                raise UnknownIntrinsic(condition)

    def _placeholder(self, text: str) -> Any:
        logical_id, dot, attribute = text.partition(".")
        return self._attribute(logical_id, attribute) if dot else self._ref(text)

    def _ref(self, name: str) -> Any:
        if name in self._pseudo_parameters:
            return self._pseudo_parameters[name]
        if name in self.template["Parameters"]:
            return self._parameter(name)
        match self._type(name):
            case "AWS::SNS::Topic":
                return self._attribute(name, "Arn")
            case "AWS::SQS::Queue":
                host = f"https://sqs.{self.region}.amazonaws.com"
                return f"{host}/{self.account_id}/{self._name(name)}"
            case _:
                return self._name(name)

    @property
    def _pseudo_parameters(self) -> dict[str, Any]:
        return {
            "AWS::AccountId": self.account_id,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": f"doorstep-{self.stage}",
            "AWS::NoValue": _NO_VALUE,
        }

    def _parameter(self, name: str) -> str | int:
        if name == "Stage":
            return self.stage
        declared = self.template["Parameters"][name]
        value = self.parameters.get(name, declared["Default"])
        return int(value) if declared["Type"] == "Number" else str(value)

    def _name(self, logical_id: str) -> str:
        properties = self.template["Resources"].get(logical_id, {}).get("Properties", {})
        named = next((properties[key] for key in _NAME_PROPERTIES if key in properties), logical_id)
        return str(self.resolve(named))

    def _attribute(self, logical_id: str, attribute: str) -> str:
        name = self._name(logical_id)
        match attribute:
            case "Arn" | "TopicArn" | "StreamArn":
                pattern = _ARNS.get(self._type(logical_id), "arn:aws:{region}:{account_id}:{name}")
                arn = pattern.format(region=self.region, account_id=self.account_id, name=name)
                return f"{arn}/stream/latest" if attribute == "StreamArn" else arn
            case _:
                return name

    def _type(self, logical_id: str) -> str:
        return str(self.template["Resources"].get(logical_id, {}).get("Type", ""))


class UnknownIntrinsic(ValueError):
    """The template uses a function that this reader does not know."""


class _CloudFormationLoader(yaml.SafeLoader):
    """A separate SafeLoader, so that the tags do not affect other users of PyYAML."""


def _construct_intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    key = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    match node:
        case yaml.ScalarNode() if suffix == "GetAtt":
            return {key: str(node.value).split(".", 1)}
        case yaml.ScalarNode():
            return {key: loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {key: loader.construct_sequence(node, deep=True)}
        case yaml.MappingNode():
            return {key: loader.construct_mapping(node, deep=True)}
    raise UnknownIntrinsic(node)


_CloudFormationLoader.add_multi_constructor("!", _construct_intrinsic)


def _is_intrinsic(key: str) -> bool:
    return key == "Ref" or key.startswith("Fn::")


_NO_VALUE: Final = object()
_PLACEHOLDER: Final = re.compile(r"\$\{([^!}]+)\}")
_NAME_PROPERTIES: Final = (
    *("TableName", "BucketName", "TopicName", "QueueName", "DashboardName", "AliasName"),
)
_ARNS: Final = {
    TABLE: "arn:aws:dynamodb:{region}:{account_id}:table/{name}",
    BUCKET: "arn:aws:s3:::{name}",
    TOPIC: "arn:aws:sns:{region}:{account_id}:{name}",
    QUEUE: "arn:aws:sqs:{region}:{account_id}:{name}",
    KEY: "arn:aws:kms:{region}:{account_id}:key/{name}",
}
