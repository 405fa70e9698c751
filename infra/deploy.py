"""`python -m infra.deploy --stage prod`: deploy the output of `make package` with CloudFormation.

Template and zip go into a private bucket under names made from their content. The changes are shown
and then made. A parameter keeps its earlier value until `--set` changes it. At the first deployment
the API's address is not known yet. So, unless PublicBaseUrl is given, a second update sets it for
the tracking links. boto3 finds keys and region as usual.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.package import (
    LAYER,
    LAYER_NAME,
    OUTPUT,
    TEMPLATE_NAME,
    ZIP_NAME,
    stages,
    write_template,
)
from infra.template import load

CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
NOT_SET: Final = "https://not-set.invalid"
"""PublicBaseUrl in `.chalice/config.json` until the operator sets an address."""
NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")
PATIENCE: Final = {"Delay": 10, "MaxAttempts": 180}  # half an hour


class DeploymentFailed(Exception):
    """CloudFormation refused or rolled back; the message says which resource and why."""


def main() -> int:
    """Deploy one stage. Returns 1 and prints CloudFormation's reasons when that failed."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages())
    parser.add_argument("--bucket", help="for template and zip; made when it is missing")
    parser.add_argument("--set", action="append", default=[], type=pair, metavar="PARAMETER=VALUE")
    arguments = parser.parse_args()
    try:
        outputs = deployment_of(arguments.stage, arguments.bucket).run(dict(arguments.set))
    except (DeploymentFailed, BotoCoreError, ClientError) as failure:
        print(f"\n  ✗ {failure}", file=sys.stderr)
        return 1
    print()
    for name, value in sorted(outputs.items()):
        print(f"  {name:<24}{value}")
    return 0


def pair(text: str) -> tuple[str, str]:
    """Name and value of a parameter. Raises ArgumentTypeError."""
    name, equals, value = text.partition("=")
    if not equals:
        message = f"{text!r} is not PARAMETER=VALUE"
        raise argparse.ArgumentTypeError(message)
    return name, value


def deployment_of(stage: str, bucket: str | None) -> "Deployment":
    """A deployment with the keys and region that boto3 finds. Raises BotoCoreError without them."""
    session = boto3.Session()
    account_id = session.client("sts").get_caller_identity()["Account"]
    return Deployment(
        stage=stage,
        bucket=bucket or f"doorstep-deployments-{account_id}-{session.region_name}",
        region=session.region_name,
        s3=session.client("s3"),
        cloudformation=session.client("cloudformation"),
    )


@dataclass(frozen=True)
class Deployment:
    """The deployment of one stage into one account and region."""

    stage: str
    bucket: str
    region: str
    s3: Any
    cloudformation: Any
    built: Path = OUTPUT
    patience: Mapping[str, int] = field(default_factory=lambda: PATIENCE)

    def run(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Create or update the stack and return its outputs. Raises DeploymentFailed."""
        self._make_bucket()
        template_url = self._upload()
        self._apply(template_url, parameters)
        outputs = self._outputs()
        address = outputs["EndpointURL"].rstrip("/")
        if self._parameters()["PublicBaseUrl"] == NOT_SET:
            print(f"  tracking links will start with {address}")
            self._apply(template_url, {**parameters, "PublicBaseUrl": address})
        return outputs

    @property
    def stack_name(self) -> str:
        """The stack's name, and the first part of its functions' names."""
        return f"doorstep-{self.stage}"

    def _make_bucket(self) -> None:
        where = {"LocationConstraint": self.region}
        placed = {} if self.region == "us-east-1" else {"CreateBucketConfiguration": where}
        try:
            self.s3.create_bucket(Bucket=self.bucket, **placed)
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
                raise
        self.s3.put_public_access_block(
            Bucket=self.bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        )

    def _upload(self) -> str:
        """Upload the zips, and the template with their addresses. Returns the latter's address."""
        folder = self.built / self.stage
        code_key, layer_key = self._put(folder / ZIP_NAME), self._put(folder / LAYER_NAME)
        template = load(folder / TEMPLATE_NAME)
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["CodeUri"] = {"Bucket": self.bucket, "Key": code_key}
            if resource["Type"] == LAYER:
                resource["Properties"]["ContentUri"] = {"Bucket": self.bucket, "Key": layer_key}
        key = self._put(write_template(template, folder / "deployed.yaml"))
        return f"https://{self.bucket}.s3.{self.region}.amazonaws.com/{key}"

    def _put(self, path: Path) -> str:
        content = path.read_bytes()
        key = f"{self.stage}/{hashlib.sha256(content).hexdigest()[:32]}{path.suffix}"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        return key

    def _apply(self, template_url: str, parameters: Mapping[str, str]) -> None:
        before = self._stack() or {}
        status = before.get("StackStatus", "REVIEW_IN_PROGRESS")
        exists = status != "REVIEW_IN_PROGRESS"
        if status == "ROLLBACK_COMPLETE":
            message = f"stack {self.stack_name} was never made: delete it, then deploy again"
            raise DeploymentFailed(message)
        change_set = self.cloudformation.create_change_set(
            StackName=self.stack_name,
            ChangeSetName=f"deploy-{time.time_ns()}",
            ChangeSetType="UPDATE" if exists else "CREATE",
            TemplateURL=template_url,
            Capabilities=list(CAPABILITIES),
            Parameters=list(self._chosen(parameters, before if exists else {})),
            Tags=[{"Key": "application", "Value": "doorstep"}],
        )["Id"]
        if not self._is_ready(change_set):
            print("  nothing to change")
            return
        for change in self._changes(change_set):
            print(
                f"  {change['Action']:<8}{change['ResourceType']:<36}{change['LogicalResourceId']}"
            )
        self.cloudformation.execute_change_set(ChangeSetName=change_set)
        self._wait("stack_update_complete" if exists else "stack_create_complete")

    def _chosen(
        self, parameters: Mapping[str, str], before: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """The parameters given now, and for all others the values of earlier deployments."""
        kept = {parameter["ParameterKey"] for parameter in before.get("Parameters", ())}
        known = load(self.built / self.stage / TEMPLATE_NAME)["Parameters"]
        for name in known:
            if name in parameters:
                yield {"ParameterKey": name, "ParameterValue": parameters[name]}
            elif name in kept and name != "Stage":
                yield {"ParameterKey": name, "UsePreviousValue": True}
        if unknown := set(parameters) - set(known):
            message = f"no such parameter: {', '.join(sorted(unknown))}"
            raise DeploymentFailed(message)

    def _is_ready(self, change_set: str) -> bool:
        """Wait for the change set. False when it is empty: CloudFormation calls that a failure."""
        try:
            self.cloudformation.get_waiter("change_set_create_complete").wait(
                ChangeSetName=change_set, WaiterConfig=dict(self.patience)
            )
        except WaiterError as failure:
            answer = self.cloudformation.describe_change_set(ChangeSetName=change_set)
            reason = answer.get("StatusReason", str(failure))
            self.cloudformation.delete_change_set(ChangeSetName=change_set)
            if any(words in reason for words in NO_CHANGES):
                return False
            raise DeploymentFailed(reason) from failure
        return True

    def _changes(self, change_set: str) -> Iterator[dict[str, Any]]:
        pages = self.cloudformation.get_paginator("describe_change_set")
        for page in pages.paginate(ChangeSetName=change_set):
            yield from (change["ResourceChange"] for change in page["Changes"])

    def _wait(self, state: str) -> None:
        try:
            self.cloudformation.get_waiter(state).wait(
                StackName=self.stack_name, WaiterConfig=dict(self.patience)
            )
        except WaiterError as failure:
            raise DeploymentFailed("\n    ".join(self._reasons())) from failure

    def _reasons(self) -> Iterator[str]:
        events = self.cloudformation.describe_stack_events(StackName=self.stack_name)
        yield f"stack {self.stack_name} failed:"
        for event in reversed(events["StackEvents"]):
            if event["ResourceStatus"].endswith("_FAILED"):
                yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '?')}"

    def _stack(self) -> dict[str, Any] | None:
        try:
            found = self.cloudformation.describe_stacks(StackName=self.stack_name)
        except ClientError as refused:
            if "does not exist" in refused.response["Error"]["Message"]:
                return None
            raise
        stack: dict[str, Any] = found["Stacks"][0]
        return stack

    def _outputs(self) -> dict[str, str]:
        stack = self._stack() or {}
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def _parameters(self) -> dict[str, str]:
        stack = self._stack() or {}
        return {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}


if __name__ == "__main__":
    sys.exit(main())
