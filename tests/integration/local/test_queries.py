"""A query of one partition answers what moto's own does."""

from typing import Any

import boto3
import pytest

from infra.template import LOCAL_REGION
from local.cloud.aws import moto_in_process
from local.cloud.queries import cheap_queries

KEY = "#p = :p AND #s BETWEEN :a AND :b"


@pytest.fixture
def table() -> Any:
    with moto_in_process():
        dynamodb = boto3.client("dynamodb", region_name=LOCAL_REGION)
        dynamodb.create_table(
            TableName="drawers",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "p", "KeyType": "HASH"},
                {"AttributeName": "s", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("p", "s", "other")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_other",
                    "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        for p in "abc":
            for s in "31542":
                item = {"p": {"S": p}, "s": {"S": s}, "other": {"S": s}}
                dynamodb.put_item(TableName="drawers", Item=item)
        yield dynamodb


def asked(dynamodb: Any, p: str, **options: Any) -> list[str]:
    found = dynamodb.query(
        TableName="drawers",
        KeyConditionExpression=KEY,
        ExpressionAttributeNames={"#p": "p", "#s": "s"},
        ExpressionAttributeValues={":p": {"S": p}, ":a": {"S": "2"}, ":b": {"S": "4"}},
        **options,
    )
    return [item["s"]["S"] for item in found["Items"]]


def test_a_partition_is_read_in_order(table: Any) -> None:
    assert asked(table, "b") == ["2", "3", "4"]
    assert asked(table, "b", ScanIndexForward=False) == ["4", "3", "2"]
    assert asked(table, "b", Limit=2) == ["2", "3"]
    start = {"p": {"S": "b"}, "s": {"S": "2"}}
    assert asked(table, "b", ExclusiveStartKey=start) == ["3", "4"]


def test_of_an_empty_partition_nothing_is_read(table: Any) -> None:
    assert asked(table, "z") == []


def test_an_index_still_sees_the_whole_table(table: Any) -> None:
    found = table.query(
        TableName="drawers",
        IndexName="by_other",
        KeyConditionExpression="other = :s",
        ExpressionAttributeValues={":s": {"S": "5"}},
    )

    assert sorted(item["p"]["S"] for item in found["Items"]) == ["a", "b", "c"]


def test_afterwards_moto_is_as_it_was() -> None:
    from moto.dynamodb.models.table import Table  # noqa: PLC0415 (half a second)

    before = Table.query
    with cheap_queries():
        assert Table.query is not before
    assert Table.query is before


def test_inside_another_block_an_index_is_still_asked_whole(table: Any) -> None:
    with cheap_queries(), cheap_queries():
        found = table.query(
            TableName="drawers",
            IndexName="by_other",
            KeyConditionExpression="other = :s",
            ExpressionAttributeValues={":s": {"S": "5"}},
        )

    assert sorted(item["p"]["S"] for item in found["Items"]) == ["a", "b", "c"]
