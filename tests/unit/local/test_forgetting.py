"""moto forgets old images, messages and places, and its streams go on as before."""

from typing import Any

import boto3
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.sns.models import sns_backends

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION
from local.cloud.forgetting import KEPT_ITERATORS, forgetter


def test_only_the_newest_images_and_no_sent_messages_are_kept() -> None:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        streams = boto3.client("dynamodbstreams", region_name=LOCAL_REGION)
        sns = boto3.client("sns", region_name=LOCAL_REGION)
        arn = dynamodb.create_table(
            TableName="things",
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )["TableDescription"]["LatestStreamArn"]
        for number in range(9):
            dynamodb.put_item(TableName="things", Item={"key": {"S": str(number)}})
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.publish(TopicArn=topic, Message="old")
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        place: Any = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        for _ in range(KEPT_ITERATORS + 9):
            streams.get_shard_iterator(**place)
        forget = forgetter(kept_records=2, every=3)

        for _ in range(3):
            forget()
        kept_iterators = len(
            dynamodbstreams_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].shard_iterators
        )
        kept_items = len(Item.instances_tracked)  # type: ignore[attr-defined]

        iterator = streams.get_shard_iterator(**place)["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        sent = sns_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].topics[topic].sent_notifications

    assert ["NewImage" in record["dynamodb"] for record in records] == [False] * 7 + [True] * 2
    assert sent == []
    assert (kept_iterators, kept_items) == (KEPT_ITERATORS, 0)
