"""What is written at once says what moto says in its own way."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.template import LOCAL_REGION
from local.cloud.answers import cheap_answers

ITEM = {
    "p": {"S": "pää"},
    "n": {"N": "-12.5"},
    "b": {"B": b"\x00\xff"},
    "l": {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"x": {"B": b"\x01"}}}]},
    "s": {"BS": [b"\x02", b"\x03"]},
}
KEY = {"p": ITEM["p"]}


def open_table() -> Any:
    client = boto3.client("dynamodb", region_name=LOCAL_REGION)
    client.create_table(
        TableName="drawers",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return client


@pytest.fixture(params=[nullcontext, cheap_answers])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    with mock_aws(), request.param():
        yield open_table()


def test_an_item_comes_back_as_it_was(dynamodb: Any) -> None:
    put = dynamodb.put_item(TableName="drawers", Item=ITEM)

    got = dynamodb.get_item(TableName="drawers", Key=KEY)
    found = dynamodb.query(
        TableName="drawers",
        KeyConditionExpression="p = :p",
        ExpressionAttributeValues={":p": ITEM["p"]},
    )
    many = dynamodb.batch_get_item(RequestItems={"drawers": {"Keys": [KEY]}})
    updated = dynamodb.update_item(
        TableName="drawers",
        Key=KEY,
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )

    assert "Attributes" not in put
    assert got["Item"] == ITEM
    assert (found["Items"], found["Count"]) == ([ITEM], 1)
    assert many["Responses"] == {"drawers": [ITEM]}
    assert updated["Attributes"] == ITEM | {"n": {"N": "1"}}


def test_nothing_is_nothing(dynamodb: Any) -> None:
    assert "Item" not in dynamodb.get_item(TableName="drawers", Key=KEY)


def test_a_table_is_described_with_its_times(dynamodb: Any) -> None:
    described = dynamodb.describe_table(TableName="drawers")["Table"]

    assert described["TableName"] == "drawers"
    assert described["CreationDateTime"].year > 2000


def test_a_refusal_is_a_refusal(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="drawers", Item=ITEM)

    with pytest.raises(ClientError, match="conditional"):
        dynamodb.put_item(
            TableName="drawers", Item=ITEM, ConditionExpression="attribute_not_exists(p)"
        )


def records() -> list[Any]:
    """All of the stream, without what is made up anew each time."""
    streams = boto3.client("dynamodbstreams", region_name=LOCAL_REGION)
    (stream,) = streams.list_streams(TableName="drawers")["Streams"]
    arn = stream["StreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    found = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    for record in found:
        record.pop("eventID")
        assert record["dynamodb"].pop("ApproximateCreationDateTime").tzinfo is not None
        assert record["dynamodb"].pop("SizeBytes") > 0  # that of a text with the time in it
    return list(found)


def test_records_of_a_stream_are_those_of_moto() -> None:
    told = []
    for way in (nullcontext, cheap_answers):
        with mock_aws(), way():
            open_table().put_item(TableName="drawers", Item=ITEM)
            told.append(records())

    assert told[0] == told[1]
    assert len(told[0]) == 1


def test_blocks_may_lie_in_each_other() -> None:
    with mock_aws(), cheap_answers():
        with cheap_answers():
            inner = open_table()
        inner.put_item(TableName="drawers", Item=ITEM)

        assert inner.get_item(TableName="drawers", Key=KEY)["Item"] == ITEM
    with mock_aws():
        assert open_table().list_tables()["TableNames"] == ["drawers"]
