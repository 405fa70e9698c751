"""moto forgets old records, messages, places and expired items, and its streams go on as before."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import boto3
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.sns.models import sns_backends

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION
from local.cloud.forgetting import KEPT_ITERATORS, forgetter
from local.cloud.models import unlisted_models

NOON: Final = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_only_the_newest_records_and_no_sent_messages_are_kept() -> None:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        streams = boto3.client("dynamodbstreams", region_name=LOCAL_REGION)
        sns = boto3.client("sns", region_name=LOCAL_REGION)
        arn = _table(dynamodb, "things")
        for number in range(9):
            dynamodb.put_item(TableName="things", Item={"key": {"S": str(number)}})
        topic = sns.create_topic(Name="news")["TopicArn"]
        sns.publish(TopicArn=topic, Message="old")
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        place: Any = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        for _ in range(KEPT_ITERATORS + 9):
            streams.get_shard_iterator(**place)
        forget = forgetter(lambda: NOON, kept_records=2, every=3)

        for _ in range(3):
            forget()
        kept_iterators = len(
            dynamodbstreams_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].shard_iterators
        )

        iterator = streams.get_shard_iterator(**place)["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        sent = sns_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].topics[topic].sent_notifications

    assert [record["dynamodb"]["Keys"] for record in records] == [
        {"key": {"S": "7"}},
        {"key": {"S": "8"}},
    ]
    assert sent == []
    assert kept_iterators == KEPT_ITERATORS


def test_no_model_is_listed_and_so_none_is_kept() -> None:
    with mock_aws(), unlisted_models():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        _table(dynamodb, "things")
        before = len(Item.instances_tracked)  # type: ignore[attr-defined]

        dynamodb.put_item(TableName="things", Item={"key": {"S": "1"}})

        assert len(Item.instances_tracked) == before  # type: ignore[attr-defined]
        assert len(dynamodb.scan(TableName="things")["Items"]) == 1


def test_a_reader_goes_on_after_older_records_are_trimmed() -> None:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        streams = boto3.client("dynamodbstreams", region_name=LOCAL_REGION)
        arn = _table(dynamodb, "things")
        forget = forgetter(lambda: NOON, kept_records=1, every=1)
        for number in range(4):
            dynamodb.put_item(TableName="things", Item={"key": {"S": str(number)}})
        first = _records(streams, arn, ShardIteratorType="TRIM_HORIZON")
        forget()
        dynamodb.put_item(TableName="things", Item={"key": {"S": "new"}})

        after = _records(
            streams,
            arn,
            ShardIteratorType="AFTER_SEQUENCE_NUMBER",
            SequenceNumber=first[-1]["dynamodb"]["SequenceNumber"],
        )

    assert [record["dynamodb"]["Keys"]["key"]["S"] for record in after] == ["new"]


def test_items_are_deleted_when_the_clock_has_passed_their_expiry() -> None:
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        _table(dynamodb, "things")
        now = NOON
        forget = forgetter(lambda: now, every=1)
        dynamodb.update_time_to_live(
            TableName="things",
            TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
        )
        for key, hours in (("soon", 1), ("later", 9)):
            expires_at = int((NOON + timedelta(hours=hours)).timestamp())
            dynamodb.put_item(
                TableName="things",
                Item={"key": {"S": key}, "expires_at": {"N": str(expires_at)}},
            )
        dynamodb.put_item(TableName="things", Item={"key": {"S": "for ever"}})

        kept = []
        for passed in (timedelta(), timedelta(hours=2)):
            now = NOON + passed
            forget()
            kept.append({item["key"]["S"] for item in dynamodb.scan(TableName="things")["Items"]})

    assert kept == [{"soon", "later", "for ever"}, {"later", "for ever"}]


def _table(dynamodb: Any, name: str) -> str:
    """A table with a stream. Returns the stream's ARN."""
    arn: str = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )["TableDescription"]["LatestStreamArn"]
    return arn


def _records(streams: Any, arn: str, **place: str) -> list[Any]:
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, **place)["ShardIterator"]
    records: list[Any] = streams.get_records(ShardIterator=iterator)["Records"]
    return records
