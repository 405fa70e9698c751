"""Deployment: S3 is moto's, CloudFormation a small one that keeps the real one's rules."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError, WaiterError
from moto import mock_aws

from infra.deploy import NOT_SET, Deployment, DeploymentFailed
from infra.package import LAYER, LAYER_NAME, TEMPLATE_NAME, ZIP_NAME

ADDRESS = "https://abc.execute-api.us-east-1.amazonaws.com/api/"
Parameters = Sequence[Mapping[str, Any]]


class FakeCloudFormation:
    """One stack: empty changes fail, old values can be kept, a bad resource rolls all back."""

    def __init__(self) -> None:
        self.status: str | None = None
        self.now: tuple[str, dict[str, str]] = ("", {})
        self.planned: tuple[str, dict[str, str]] = ("", {})
        self.updates = 0
        self.is_broken = False

    def create_change_set(
        self,
        *,
        ChangeSetType: str,  # noqa: N803 (boto3's names, here and below)
        TemplateURL: str,  # noqa: N803
        Parameters: Parameters,  # noqa: N803
        **_: object,
    ) -> dict[str, str]:
        assert ChangeSetType == ("UPDATE" if self.status else "CREATE")
        values = {"Stage": "dev", "PublicBaseUrl": NOT_SET}
        for each in Parameters:
            name = each["ParameterKey"]
            values[name] = (
                self.now[1][name] if "UsePreviousValue" in each else each["ParameterValue"]
            )
        self.planned = (TemplateURL, values)
        return {"Id": "arn:change-set"}

    def describe_change_set(self, **_: object) -> dict[str, str]:
        return {"StatusReason": "The submitted information didn't contain changes."}

    def delete_change_set(self, **_: object) -> None:
        self.planned = self.now

    def execute_change_set(self, **_: object) -> None:
        self.updates += 1
        self.now = self.planned
        self.status = "ROLLBACK_COMPLETE" if self.is_broken else "UPDATE_COMPLETE"

    def get_waiter(self, name: str) -> "Waiter":
        failed = self.planned == self.now if "change_set" in name else self.is_broken
        return Waiter(name, failed=failed)

    def get_paginator(self, _name: str) -> "FakeCloudFormation":
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        change = {"Action": "Add", "ResourceType": "AWS::SQS::Queue", "LogicalResourceId": "Queue"}
        return [{"Changes": [{"ResourceChange": change}]}]

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        if self.status is None:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Message": message}}, "DescribeStacks")
        parameters = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in self.now[1].items()
        ]
        outputs = [{"OutputKey": "EndpointURL", "OutputValue": ADDRESS}]
        stack = {"StackStatus": self.status, "Parameters": parameters, "Outputs": outputs}
        return {"Stacks": [stack]}

    def describe_stack_events(self, **_: object) -> dict[str, Any]:
        event = {"LogicalResourceId": "Queue", "ResourceStatus": "CREATE_FAILED"}
        return {"StackEvents": [event | {"ResourceStatusReason": "no such key"}]}


class Waiter:
    """Waits for nothing: it is over already, well or badly."""

    def __init__(self, name: str, *, failed: bool) -> None:
        self.name, self.failed = name, failed

    def wait(self, **_: object) -> None:
        if self.failed:
            raise WaiterError(self.name, "Waiter encountered a terminal failure state", {})


@pytest.fixture
def cloudformation() -> FakeCloudFormation:
    return FakeCloudFormation()


@pytest.fixture
def deployment(tmp_path: Path, cloudformation: FakeCloudFormation) -> Iterator[Deployment]:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / ZIP_NAME).write_bytes(b"zip")
    (tmp_path / "dev" / LAYER_NAME).write_bytes(b"layer")
    write_template(tmp_path, visibility_s=30)
    with mock_aws():
        yield Deployment(
            stage="dev",
            bucket="doorstep-deployments",
            region="us-east-1",
            s3=boto3.client("s3"),
            cloudformation=cloudformation,
            built=tmp_path,
        )


def write_template(built: Path, *, visibility_s: int) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}}
    layer = {"Type": LAYER, "Properties": {"ContentUri": "./images-layer.zip"}}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": visibility_s}}
    template = {
        "Parameters": {"Stage": {"Type": "String"}, "PublicBaseUrl": {"Type": "String"}},
        "Resources": {"APIHandler": function, "Queue": queue, "Images": layer},
    }
    (built / "dev" / TEMPLATE_NAME).write_text(yaml.safe_dump(template), "utf-8")


def test_the_first_deployment_tells_tracking_links_the_address(
    deployment: Deployment, cloudformation: FakeCloudFormation
) -> None:
    outputs = deployment.run({})

    assert outputs == {"EndpointURL": ADDRESS}
    assert cloudformation.now[1]["PublicBaseUrl"] == ADDRESS.rstrip("/")
    assert cloudformation.updates == 2


def test_an_address_of_ones_own_is_kept_by_later_deployments(
    deployment: Deployment, cloudformation: FakeCloudFormation
) -> None:
    own = "https://track.example.com"
    deployment.run({"PublicBaseUrl": own})
    write_template(deployment.built, visibility_s=60)

    deployment.run({})

    assert cloudformation.now[1]["PublicBaseUrl"] == own
    assert cloudformation.updates == 2


def test_a_deployment_without_a_change_changes_nothing(
    deployment: Deployment, cloudformation: FakeCloudFormation
) -> None:
    deployment.run({})
    deployment.run({})

    assert cloudformation.updates == 2


def test_functions_and_layer_get_the_uploaded_zips(deployment: Deployment) -> None:
    deployment.run({})

    listed = deployment.s3.list_objects_v2(Bucket=deployment.bucket)["Contents"]
    bodies = {
        each["Key"]: deployment.s3.get_object(Bucket=deployment.bucket, Key=each["Key"])["Body"]
        for each in listed
    }
    content = {key: body.read() for key, body in bodies.items()}
    (template_key,) = (key for key in content if key.endswith(".yaml"))
    resources = yaml.safe_load(content[template_key])["Resources"]
    code = resources["APIHandler"]["Properties"]["CodeUri"]
    layer = resources["Images"]["Properties"]["ContentUri"]
    assert len(content) == 3
    assert {code["Bucket"], layer["Bucket"]} == {deployment.bucket}
    assert (content[code["Key"]], content[layer["Key"]]) == (b"zip", b"layer")


def test_the_bucket_is_private(deployment: Deployment) -> None:
    deployment.run({})

    block = deployment.s3.get_public_access_block(Bucket=deployment.bucket)
    assert set(block["PublicAccessBlockConfiguration"].values()) == {True}


def test_an_unknown_parameter_is_refused_before_anything_changes(
    deployment: Deployment, cloudformation: FakeCloudFormation
) -> None:
    with pytest.raises(DeploymentFailed, match="EmailSendr"):
        deployment.run({"EmailSendr": "a@example.com"})

    assert cloudformation.status is None


def test_a_failure_says_which_resource_and_why(
    deployment: Deployment, cloudformation: FakeCloudFormation
) -> None:
    cloudformation.is_broken = True

    with pytest.raises(DeploymentFailed, match="Queue: no such key"):
        deployment.run({})


def test_a_stack_that_was_never_made_has_to_go_first(
    deployment: Deployment, cloudformation: FakeCloudFormation
) -> None:
    cloudformation.status = "ROLLBACK_COMPLETE"

    with pytest.raises(DeploymentFailed, match="delete it"):
        deployment.run({})
