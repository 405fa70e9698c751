"""What the stack makes is what the template declares."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from infra import template
from infra.template import Stack
from local.cloud.resources import provision
from local.stack import STAGE, RunningStack

TEMPLATE = Stack(STAGE)
FED = ("NoticesQueue", "WebhooksQueue", "EvidenceQueue", "MetricsQueue")
TABLES = [table.logical_id for table in TEMPLATE.resources(template.TABLE)]
QUEUES = [queue.logical_id for queue in TEMPLATE.resources(template.QUEUE)]


def plain(indexes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: index[key] for key in ("IndexName", "KeySchema", "Projection")} for index in indexes
    ]


@pytest.mark.parametrize("logical_id", TABLES)
def test_tables_are_as_declared(stack: RunningStack, logical_id: str) -> None:
    declared = TEMPLATE.resource(logical_id)
    dynamodb = stack.session.client("dynamodb")

    table = dynamodb.describe_table(TableName=declared.name)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=declared.name)["TimeToLiveDescription"]

    properties = declared.properties
    assert table["KeySchema"] == properties["KeySchema"]
    assert table["AttributeDefinitions"] == properties["AttributeDefinitions"]
    assert table["BillingModeSummary"]["BillingMode"] == properties["BillingMode"]
    assert plain(table.get("GlobalSecondaryIndexes", [])) == plain(
        properties.get("GlobalSecondaryIndexes", [])
    )
    wanted_stream = properties.get("StreamSpecification", {}).get("StreamViewType")
    assert table.get("StreamSpecification", {}).get("StreamViewType") == wanted_stream
    wanted_ttl = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
    assert ttl.get("AttributeName") == wanted_ttl


@pytest.mark.parametrize("logical_id", QUEUES)
def test_queues_are_as_declared(stack: RunningStack, logical_id: str) -> None:
    declared = TEMPLATE.resource(logical_id)
    url = stack.provisioned.queue_urls[declared.arn]

    made = stack.session.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])

    attributes = made["Attributes"]
    assert attributes["QueueArn"] == declared.arn
    for name in ("VisibilityTimeout", "MessageRetentionPeriod"):
        if name in declared.properties:
            assert attributes[name] == str(declared.properties[name])
    redrive = json.loads(attributes.get("RedrivePolicy", "null"))
    assert redrive == declared.properties.get("RedrivePolicy")


def test_the_topic_feeds_its_queues_with_raw_messages(stack: RunningStack) -> None:
    sns = stack.session.client("sns")
    topic = TEMPLATE.resource("ShipmentEventsTopic")

    made = sns.list_subscriptions_by_topic(TopicArn=topic.ref)["Subscriptions"]

    queues = {TEMPLATE.resource(name).arn for name in FED}
    assert {subscription["Endpoint"] for subscription in made} == queues
    for subscription in made:
        attributes = sns.get_subscription_attributes(
            SubscriptionArn=subscription["SubscriptionArn"]
        )["Attributes"]
        assert attributes["RawMessageDelivery"] == "true"


def test_a_browser_may_post_to_the_bucket(stack: RunningStack) -> None:
    s3 = stack.session.client("s3")
    bucket = TEMPLATE.resource("ProofsBucket").name

    (rule,) = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]

    assert rule["AllowedMethods"] == ["GET", "HEAD", "POST"]
    assert rule["AllowedOrigins"] == ["*"]
    assert rule["MaxAgeSeconds"] == 3600
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_making_it_all_again_changes_nothing(stack: RunningStack) -> None:
    again = provision(stack.provisioned.stack, stack.session)

    assert again == stack.provisioned
