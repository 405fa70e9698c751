"""Makes what `infra/resources.yaml` declares: tables, bucket, topics, queues, subscriptions.

Policies, encryption, backups and alarms are left out, because an emulator ignores them. Existing
resources are kept, so another emulator can keep its data.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from infra import template
from infra.template import Resource, Stack

_EXISTS: Final = {"ResourceInUseException", "BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
_QUEUE_ATTRIBUTES: Final = (
    *("DelaySeconds", "VisibilityTimeout", "MessageRetentionPeriod", "SqsManagedSseEnabled"),
)


@dataclass(frozen=True)
class Provisioned:
    """The emulator's answers: the stream of each table and the URL of each queue, by ARN."""

    stack: Stack
    stream_arns: Mapping[str, str] = field(default_factory=dict)
    queue_urls: Mapping[str, str] = field(default_factory=dict)

    def stream_arn(self, declared_arn: str) -> str:
        """The real stream behind the template's `<table arn>/stream/latest`. Raises KeyError."""
        return self.stream_arns[declared_arn.partition("/stream/")[0]]


def provision(stack: Stack, session: boto3.Session) -> Provisioned:
    """Make every table, queue, topic, subscription and bucket of the stack; safe to repeat."""
    stream_arns = provision_tables(stack, session)
    sqs = session.client("sqs")
    queues = sorted(
        stack.resources(template.QUEUE),
        key=lambda queue: "RedrivePolicy" in queue.properties,  # dead-letter queues first
    )
    queue_urls = {queue.arn: _make_queue(sqs, queue) for queue in queues}
    sns = session.client("sns")
    for topic in stack.resources(template.TOPIC):
        sns.create_topic(Name=topic.name)
    for subscription in stack.resources(template.SUBSCRIPTION):
        _subscribe(sns, subscription.properties)
    s3 = session.client("s3")
    for bucket in stack.resources(template.BUCKET):
        _make_bucket(s3, bucket, stack.region)
    keys = {key.logical_id: key for key in stack.resources(template.KEY)}
    for alias in stack.resources(template.ALIAS):
        _make_key(session.client("kms"), keys[alias.properties["TargetKeyId"]], alias.name)
    session.client("ses").verify_email_identity(
        EmailAddress=stack.environment()["EMAIL_SENDER"],
    )
    return Provisioned(stack, stream_arns, queue_urls)


def provision_tables(stack: Stack, session: boto3.Session) -> dict[str, str]:
    """Make every table of the stack; safe to repeat. The answer names their streams by ARN."""
    dynamodb = session.client("dynamodb")
    return {
        table.arn: stream_arn
        for table in stack.resources(template.TABLE)
        if (stream_arn := _make_table(dynamodb, table))
    }


def _make_table(dynamodb: Any, table: Resource) -> str | None:
    """Make one table and return its stream's ARN, if it has one."""
    declared = table.properties
    indexes = declared.get("GlobalSecondaryIndexes")
    stream = declared.get("StreamSpecification")
    made = _unless_it_exists(
        lambda: dynamodb.create_table(
            TableName=table.name,
            KeySchema=declared["KeySchema"],
            AttributeDefinitions=declared["AttributeDefinitions"],
            BillingMode=declared["BillingMode"],
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            **({"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}),
        )
    )
    if "TimeToLiveSpecification" in declared:
        _unless_it_exists(
            lambda: dynamodb.update_time_to_live(
                TableName=table.name,
                TimeToLiveSpecification=declared["TimeToLiveSpecification"],
            )
        )
    description = (
        made["TableDescription"] if made else dynamodb.describe_table(TableName=table.name)["Table"]
    )
    stream_arn: str | None = description.get("LatestStreamArn")
    return stream_arn


def _make_queue(sqs: Any, queue: Resource) -> str:
    declared = queue.properties
    attributes = {
        name: _attribute(declared[name]) for name in _QUEUE_ATTRIBUTES if name in declared
    }
    if "RedrivePolicy" in declared:
        attributes["RedrivePolicy"] = json.dumps(declared["RedrivePolicy"])
    url: str = sqs.create_queue(QueueName=queue.name, Attributes=attributes)["QueueUrl"]
    return url


def _subscribe(sns: Any, declared: Mapping[str, Any]) -> None:
    attributes = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in declared.items()
        if name in {"RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"}
    }
    sns.subscribe(
        TopicArn=declared["TopicArn"],
        Protocol=declared["Protocol"],
        Endpoint=declared["Endpoint"],
        Attributes=attributes,
    )


def _make_bucket(s3: Any, bucket: Resource, region: str) -> None:
    declared = bucket.properties
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    _unless_it_exists(
        lambda: s3.create_bucket(Bucket=bucket.name, **({} if region == "us-east-1" else elsewhere))
    )
    if "VersioningConfiguration" in declared:
        s3.put_bucket_versioning(
            Bucket=bucket.name, VersioningConfiguration=declared["VersioningConfiguration"]
        )
    if "CorsConfiguration" in declared:
        s3.put_bucket_cors(
            Bucket=bucket.name,
            CORSConfiguration={
                "CORSRules": [
                    _cors_rule(rule) for rule in declared["CorsConfiguration"]["CorsRules"]
                ]
            },
        )


def _make_key(kms: Any, key: Resource, alias: str) -> None:
    """A key of its own under this alias, unless there is one: its id is nobody's choice."""
    try:
        kms.describe_key(KeyId=alias)
    except kms.exceptions.NotFoundException:
        declared = {name: key.properties[name] for name in ("KeySpec", "KeyUsage")}
        made = kms.create_key(**declared)["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName=alias, TargetKeyId=made)


def _cors_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule in S3's names, which differ from CloudFormation's."""
    renamed = {"Id": "ID", "MaxAge": "MaxAgeSeconds", "ExposedHeaders": "ExposeHeaders"}
    return {renamed.get(name, name): value for name, value in rule.items()}


def _attribute(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unless_it_exists(make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The answer to making it; None when it was there."""
    try:
        return make()
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        is_same = "already enabled" in exc.response["Error"].get("Message", "")
        if code not in _EXISTS and not is_same:
            raise
        return None
