"""The capacity meter on real requests, by boto3 and by PynamoDB, at the boundaries of a unit."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from local.cloud.capacity import CapacityMeter, Charge
from tests.support.aws import SESSION

TABLE = "metered"


class Metered(Model):
    class Meta:  # noqa: D106 - PynamoDB's
        table_name = TABLE
        region = "us-east-1"

    k = UnicodeAttribute(hash_key=True)
    s = UnicodeAttribute(range_key=True)
    v = BinaryAttribute(legacy_encoding=False, null=True)
    n = NumberAttribute(null=True)


def index(name: str, key: str, projection: dict[str, Any]) -> Any:
    schema = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": schema, "Projection": projection}


@pytest.fixture
def client() -> Iterator[Any]:
    """A table whose items weigh 4 bytes (k, s and their values) and what the test adds."""
    with mock_aws():
        dynamodb = SESSION.client("dynamodb")
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "k", "KeyType": "HASH"},
                {"AttributeName": "s", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("k", "s", "a", "b")
            ],
            GlobalSecondaryIndexes=[
                index("by_a", "a", {"ProjectionType": "ALL"}),
                index("by_b", "b", {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["c"]}),
            ],
        )
        Metered._connection = None
        yield dynamodb
        Metered._connection = None


@pytest.fixture
def meter(client: Any) -> Iterator[CapacityMeter]:
    with CapacityMeter().watching(client, client) as watching:
        yield watching


def item(size_bytes: int, s: str = "1", **more: str) -> dict[str, Any]:
    """An item of that size, without `more`."""
    named = {name: {"S": value} for name, value in more.items()}
    return {"k": {"S": "x"}, "s": {"S": s}, "v": {"S": "x" * (size_bytes - 5)}} | named


def put(client: Any, size_bytes: int, s: str = "1", **more: str) -> None:
    client.put_item(TableName=TABLE, Item=item(size_bytes, s, **more))


KEY = {"k": {"S": "x"}, "s": {"S": "1"}}


class TestWrites:
    def test_a_put_costs_every_started_kilobyte(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 1024, "1")
        put(client, 1025, "2")

        assert [charge.write_units for charge in meter.charges] == [1, 2]
        assert meter.calls == {"PutItem": 2}
        assert (meter.call_count, meter.write_units, meter.read_units) == (2, 3, 0)

    def test_overwriting_a_large_item_costs_the_large_one(
        self, client: Any, meter: CapacityMeter
    ) -> None:
        put(client, 3000)
        put(client, 100)

        assert [charge.write_units for charge in meter.charges] == [3, 3]

    def test_an_update_costs_the_whole_item(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 1020)
        client.update_item(
            TableName=TABLE,
            Key=KEY,
            UpdateExpression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": "1234567"}},
        )

        assert [charge.write_units for charge in meter.charges] == [1, 2]

    def test_a_delete_costs_what_it_deletes(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 2049)
        client.delete_item(TableName=TABLE, Key=KEY)
        client.delete_item(TableName=TABLE, Key=KEY)

        assert [charge.write_units for charge in meter.charges] == [3, 3, 1]

    def test_a_transaction_costs_twice_and_a_check_too(
        self, client: Any, meter: CapacityMeter
    ) -> None:
        put(client, 1500, "9")
        meter.reset()

        check = {
            "TableName": TABLE,
            "Key": KEY | {"s": {"S": "9"}},
            "ConditionExpression": "attribute_exists(k)",
        }
        client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": TABLE, "Item": item(1024)}},
                {"Put": {"TableName": TABLE, "Item": item(1025, "2")}},
                {"ConditionCheck": check},
            ]
        )

        assert meter.charges == [Charge("TransactWriteItems", 2 * (1 + 2 + 2))]

    def test_a_batch_costs_each_item(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 1025, "3")
        meter.reset()

        client.batch_write_item(
            RequestItems={
                TABLE: [
                    {"PutRequest": {"Item": item(100, "1")}},
                    {"PutRequest": {"Item": item(1025, "2")}},
                    {"DeleteRequest": {"Key": KEY | {"s": {"S": "3"}}}},
                ]
            }
        )

        assert meter.charges == [Charge("BatchWriteItem", 1 + 2 + 2)]

    def test_a_failed_condition_costs_a_write_and_another_error_nothing(
        self, client: Any, meter: CapacityMeter
    ) -> None:
        put(client, 1025)
        meter.reset()

        with pytest.raises(ClientError, match="conditional"):
            client.put_item(
                TableName=TABLE, Item=item(10), ConditionExpression="attribute_not_exists(k)"
            )
        with pytest.raises(ClientError, match="Validation"):
            client.update_item(TableName=TABLE, Key=KEY, UpdateExpression="nonsense")

        assert [charge.write_units for charge in meter.charges] == [2, 0]


class TestIndexes:
    def test_an_entry_costs_as_much_again(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 1020, a="1")

        assert meter.write_units == 1 + 1

    def test_with_its_keys_the_entry_may_be_larger_than_a_unit(
        self, client: Any, meter: CapacityMeter
    ) -> None:
        put(client, 1023, a="1")

        assert meter.write_units == 2 + 2

    def test_what_an_index_does_not_keep_costs_nothing_there(
        self, client: Any, meter: CapacityMeter
    ) -> None:
        put(client, 3000, b="1", c="1")
        put(client, 3001, b="1", c="1")
        put(client, 3001, b="1", c="2")

        assert [charge.write_units for charge in meter.charges] == [3 + 1, 3, 3 + 1]

    def test_moving_an_entry_is_two_writes(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 100, a="1")
        put(client, 100, a="2")
        put(client, 100)

        assert [charge.write_units for charge in meter.charges] == [1 + 1, 1 + 2, 1 + 1]


class TestReads:
    @pytest.mark.parametrize(("size_bytes", "units"), [(4096, 1.0), (4097, 2.0)])
    def test_a_get_costs_every_started_4_kb(
        self, client: Any, meter: CapacityMeter, size_bytes: int, units: float
    ) -> None:
        put(client, size_bytes)
        meter.reset()

        client.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True)
        client.get_item(TableName=TABLE, Key=KEY)
        client.get_item(TableName=TABLE, Key=KEY, ProjectionExpression="k")

        assert [charge.read_units for charge in meter.charges] == [units, units / 2, units / 2]
        assert meter.write_units == 0

    def test_finding_nothing_costs_the_least(self, client: Any, meter: CapacityMeter) -> None:
        client.get_item(TableName=TABLE, Key=KEY)

        assert meter.read_units == 0.5

    def test_a_batch_rounds_each_item_up(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 10, "1")
        put(client, 4097, "2")
        meter.reset()
        keys = [KEY | {"s": {"S": s}} for s in ("1", "2", "3")]

        client.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
        client.batch_get_item(RequestItems={TABLE: {"Keys": keys}})

        assert [charge.read_units for charge in meter.charges] == [4.0, 2.0]

    def test_a_transaction_costs_twice(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 4097)
        meter.reset()

        client.transact_get_items(TransactItems=[{"Get": {"TableName": TABLE, "Key": KEY}}])

        assert meter.read_units == 4.0

    def test_a_query_rounds_its_sum_up(self, client: Any, meter: CapacityMeter) -> None:
        put(client, 2048, "1")
        put(client, 2048, "2")
        put(client, 2048, "3")
        meter.reset()
        condition = {
            "KeyConditionExpression": "k = :k AND s < :s",
            "ExpressionAttributeValues": {":k": {"S": "x"}, ":s": {"S": "3"}},
        }

        client.query(TableName=TABLE, ConsistentRead=True, **condition)
        client.query(TableName=TABLE, **condition)

        assert [charge.read_units for charge in meter.charges] == [1.0, 0.5]

    def test_a_filter_saves_nothing(self, client: Any, meter: CapacityMeter) -> None:
        for i in range(3):
            put(client, 4000, str(i))
        meter.reset()

        found = client.query(
            TableName=TABLE,
            KeyConditionExpression="k = :k",
            FilterExpression="#v = :nothing",
            ProjectionExpression="#k",
            ExpressionAttributeNames={"#v": "v", "#k": "k"},
            ExpressionAttributeValues={":k": {"S": "x"}, ":nothing": {"S": "no"}},
        )

        assert found["Count"] == 0
        assert meter.charges == [Charge("Query", read_units=1.5)]


def test_pynamodb_is_metered_the_same(client: Any) -> None:
    pynamodb = Metered._get_connection().connection.client
    with CapacityMeter().watching(pynamodb) as meter:
        Metered("x", "1", v=bytes(1024 - 5)).save()
        Metered("x", "2", v=bytes(1024 - 4)).save()
        Metered("x", "1").update(actions=[Metered.n.set(5)])
        Metered.get("x", "2", consistent_read=True)
        list(Metered.query("x"))
        list(Metered.batch_get([("x", "1"), ("x", "9")]))

    assert [(c.operation, c.write_units, c.read_units) for c in meter.charges] == [
        ("PutItem", 1, 0),
        ("PutItem", 2, 0),
        ("UpdateItem", 2, 0),
        ("GetItem", 0, 1.0),
        ("Query", 0, 0.5),
        ("BatchGetItem", 0, 1.0),
    ]


def test_after_the_block_nobody_is_watched(client: Any) -> None:
    with CapacityMeter().watching(client) as meter:
        pass
    put(client, 100)

    assert meter.call_count == 0


def test_binary_weighs_what_it_is_and_not_its_base64(client: Any, meter: CapacityMeter) -> None:
    body = bytes(1024 - 5)
    client.put_item(TableName=TABLE, Item=KEY | {"v": {"B": body}})

    assert meter.write_units == 1
    assert len(base64.b64encode(body)) > 1024
