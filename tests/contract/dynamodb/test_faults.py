"""The fault injector: what the SDK makes of each fault, and what has happened then."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from moto import mock_aws

from tests.support import faults
from tests.support.aws import SESSION
from tests.support.faults import Action, Crash, Faults

TABLE = "fragile"
ATTEMPTS = 3


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    faults.never_wait(monkeypatch)
    with mock_aws():
        config = Config(retries={"total_max_attempts": ATTEMPTS, "mode": "standard"})
        dynamodb = SESSION.client("dynamodb", config=config)
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        )
        yield dynamodb


def put(client: Any, key: str = "x", **more: str) -> None:
    client.put_item(TableName=TABLE, Item={"k": {"S": key}}, **more)


def stored(client: Any) -> int:
    return int(client.scan(TableName=TABLE)["Count"])


def first(action: Action, operation: str = "PutItem") -> Faults:
    return Faults(plan={("dynamodb", operation, 1): action})


@pytest.mark.parametrize(
    "action",
    [faults.THROTTLE, faults.DYNAMODB_500, faults.RESET, faults.ack_lost],
    ids=["throttle", "500", "reset", "ack_lost"],
)
def test_the_sdk_repeats_what_passes(client: Any, action: Action) -> None:
    with first(action).on(client) as injected:
        put(client)

    assert injected.calls["dynamodb", "PutItem"] == 2
    assert injected.log == [("dynamodb", "PutItem", 1)]
    assert stored(client) == 1


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (faults.THROTTLE, ClientError),
        (faults.DYNAMODB_500, ClientError),
        (faults.RESET, ConnectionClosedError),
        (faults.CONNECT_TIMEOUT, ConnectTimeoutError),
        (faults.READ_TIMEOUT, ReadTimeoutError),
    ],
    ids=["throttle", "500", "reset", "connect", "read"],
)
def test_what_does_not_pass_raises_its_own_exception(
    client: Any, action: Action, error: type[Exception]
) -> None:
    with Faults(outage={"dynamodb": action}).on(client) as injected, pytest.raises(error):
        put(client)

    assert injected.calls["dynamodb", "PutItem"] == ATTEMPTS
    assert stored(client) == 0


def test_a_lost_answer_makes_the_sdk_fail_its_own_condition(client: Any) -> None:
    with first(faults.ack_lost).on(client), pytest.raises(ClientError, match="conditional"):
        put(client, ConditionExpression="attribute_not_exists(k)")

    assert stored(client) == 1


@pytest.mark.parametrize(("action", "count"), [(faults.crash_before, 0), (faults.crash_after, 1)])
def test_a_crash_passes_every_handler(client: Any, action: Action, count: int) -> None:
    def guarded() -> None:
        try:
            put(client)
        except Exception as exc:
            raise AssertionError from exc

    with first(action).on(client), pytest.raises(Crash):
        guarded()

    assert stored(client) == count


def test_a_transaction_conflict_is_not_repeated_by_the_sdk(client: Any) -> None:
    put_x = {"Put": {"TableName": TABLE, "Item": {"k": {"S": "x"}}}}
    fault = first(faults.TRANSACTION_CONFLICT, "TransactWriteItems")
    with fault.on(client) as injected, pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=[put_x])

    assert injected.calls["dynamodb", "TransactWriteItems"] == 1
    (reason,) = refused.value.response["CancellationReasons"]
    assert reason["Code"] == "TransactionConflict"


def test_a_batch_may_be_done_in_part(client: Any) -> None:
    writes = [{"PutRequest": {"Item": {"k": {"S": key}}}} for key in "abc"]
    with first(faults.partial_batch(1), "BatchWriteItem").on(client):
        answer = client.batch_write_item(RequestItems={TABLE: writes})

    assert answer["UnprocessedItems"][TABLE] == writes[1:]
    assert stored(client) == 1


def test_a_batch_may_not_be_done_at_all(client: Any) -> None:
    writes = [{"PutRequest": {"Item": {"k": {"S": "a"}}}}]
    with first(faults.partial_batch(0), "BatchWriteItem").on(client):
        client.batch_write_item(RequestItems={TABLE: writes})

    assert stored(client) == 0


def test_only_the_planned_call_is_hit(client: Any) -> None:
    plan = {("dynamodb", "PutItem", 2): faults.crash_before}
    with Faults(plan=plan).on(client) as injected:
        put(client, "a")
        with pytest.raises(Crash):
            put(client, "b")
        put(client, "c")

    assert injected.log == [("dynamodb", "PutItem", 2)]
    assert stored(client) == 2


def test_an_outage_ends_when_it_is_taken_away(client: Any) -> None:
    with Faults(outage={"dynamodb": faults.DYNAMODB_500}).on(client) as injected:
        with pytest.raises(ClientError):
            put(client)
        injected.outage.clear()
        put(client)

    assert stored(client) == 1


def test_the_same_seed_plays_the_same_game(client: Any) -> None:
    def play(seed: int) -> list[faults.Call]:
        menu = {"dynamodb": (faults.THROTTLE, faults.RESET)}
        with Faults(menu=menu, rate=0.2, seed=seed).on(client) as injected:
            for key in "abcdefgh":
                put(client, key)
        return injected.log

    assert play(7) == play(7) != []


def test_sns_fails_in_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    faults.never_wait(monkeypatch)
    with mock_aws():
        sns = SESSION.client("sns")
        topic = sns.create_topic(Name="topic")["TopicArn"]

        with (
            Faults(outage={"sns": faults.SNS_503}).on(sns),
            pytest.raises(ClientError, match="ServiceUnavailable"),
        ):
            sns.publish(TopicArn=topic, Message="news")


def test_after_the_block_moto_answers_again(client: Any) -> None:
    with Faults(outage={"dynamodb": faults.crash_before}).on(client):
        pass
    put(client)

    assert stored(client) == 1
