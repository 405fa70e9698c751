"""What is written at once says what moto says in its own way."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.template import LOCAL_REGION
from local.answers import cheap_answers

ITEM = {
    "p": {"S": "pää"},
    "n": {"N": "-12.5"},
    "b": {"B": b"\x00\xff"},
    "l": {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"x": {"B": b"\x01"}}}]},
    "s": {"BS": [b"\x02", b"\x03"]},
}
KEY = {"p": ITEM["p"]}


@pytest.fixture(params=[nullcontext, cheap_answers])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    with mock_aws(), request.param():
        client = boto3.client("dynamodb", region_name=LOCAL_REGION)
        client.create_table(
            TableName="drawers",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        )
        yield client


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
