"""What DynamoDB's failures become in our words, through PynamoDB and the SDK's own retries."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from moto import mock_aws
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import GetError, PutError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unavailable
from tests.support import faults
from tests.support.faults import Action, Faults, json_error


class Thing(Model):
    class Meta:  # noqa: D106 - PynamoDB's
        table_name = "things"
        region = "us-east-1"
        max_retry_attempts = 2

    k = UnicodeAttribute(hash_key=True)
    n = NumberAttribute(default=0)


@pytest.fixture(scope="module")
def table() -> Iterator[None]:
    with mock_aws():
        Thing._connection = None
        Thing.create_table(billing_mode="PAY_PER_REQUEST")
        yield
    Thing._connection = None


@pytest.fixture(autouse=True)
def quick(table: None, monkeypatch: pytest.MonkeyPatch) -> None:
    faults.never_wait(monkeypatch)


def client() -> Any:
    return Thing._get_connection().connection.client


def put() -> None:
    Thing("x").save()


def get() -> None:
    Thing.get("x")


def count() -> None:
    Thing.count("x")


def put_new() -> None:
    Thing("taken").save()
    Thing("taken").save(condition=Thing.k.does_not_exist())


def transact() -> None:
    with TransactWrite(connection=Thing._get_connection().connection) as transaction:
        transaction.save(Thing("y"))


def transact_new() -> None:
    Thing("taken").save()
    with TransactWrite(connection=Thing._get_connection().connection) as transaction:
        transaction.save(Thing("z"))
        transaction.save(Thing("taken"), condition=Thing.k.does_not_exist())


def cancelled(*codes: str) -> Action:
    reasons = [{"Code": code, "Message": "injected"} for code in codes]
    return json_error("TransactionCanceledException", CancellationReasons=reasons)


PASSING = {
    "throttle": faults.THROTTLE,
    "request limit": json_error("RequestLimitExceeded"),
    "throttling": json_error("ThrottlingException"),
    "500": faults.DYNAMODB_500,
    "503": json_error("ServiceUnavailable", 503),
    "reset": faults.RESET,
    "connect": faults.CONNECT_TIMEOUT,
    "read": faults.READ_TIMEOUT,
}


@pytest.mark.parametrize("action", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("call", [put, transact, get, count])
def test_what_passes_is_unavailable(call: Callable[[], Any], action: Action) -> None:
    with (
        Faults(outage={"dynamodb": action}).on(client()) as injected,
        pytest.raises(Unavailable) as refusal,
        translated(),
    ):
        call()

    assert 1 <= sum(injected.calls.values()) <= 3  # a client that fails too often stops retrying
    assert refusal.value.data == {"dependency": "dynamodb"}
    assert refusal.value.__cause__ is not None


def test_s14_there_are_three_attempts_in_all() -> None:
    Thing._connection = None  # a client with all its retries left
    with (
        Faults(outage={"dynamodb": faults.THROTTLE}).on(client()) as injected,
        pytest.raises(Unavailable),
        translated(),
    ):
        put()

    assert injected.calls["dynamodb", "PutItem"] == 3


@pytest.mark.parametrize("call", [put_new, transact_new])
def test_a_condition_that_fails_means_somebody_was_faster(call: Callable[[], None]) -> None:
    with pytest.raises(ConcurrentUpdate) as refusal, translated():
        call()

    assert refusal.value.__cause__ is not None


def test_a_condition_on_what_is_missing_has_its_own_name() -> None:
    with pytest.raises(NotFound), translated(missing=NotFound):
        Thing("nothing").delete(condition=Thing.k.exists())


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (faults.TRANSACTION_CONFLICT, ConcurrentUpdate),
        (cancelled("None", "TransactionConflict"), ConcurrentUpdate),
        (cancelled("ThrottlingError", "ConditionalCheckFailed"), ConcurrentUpdate),
        (cancelled("None", "ThrottlingError"), Unavailable),
        (cancelled("ProvisionedThroughputExceeded", "None"), Unavailable),
        (json_error("TransactionInProgressException"), Unavailable),
    ],
    ids=["conflict", "second", "both", "throttled", "exceeded", "in progress"],
)
def test_a_cancelled_transaction_is_read_by_its_reasons(
    action: Action, error: type[Exception]
) -> None:
    with (
        Faults(outage={"dynamodb": action}).on(client()),
        pytest.raises(error),
        translated(),
    ):
        transact()


def test_an_update_during_a_transaction_collides() -> None:
    action = json_error("TransactionConflictException")
    with (
        Faults(outage={"dynamodb": action}).on(client()),
        pytest.raises(ConcurrentUpdate),
        translated(missing=NotFound),
    ):
        put()


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_a_mistake_of_ours_stays_what_it_is(code: str) -> None:
    with (
        Faults(outage={"dynamodb": json_error(code)}).on(client()),
        pytest.raises(PutError),
        translated(),
    ):
        put()


def test_missing_credentials_are_a_mistake_of_ours() -> None:
    with (
        Faults(outage={"dynamodb": faults.raises(NoCredentialsError)}).on(client()),
        pytest.raises(GetError),
        translated(),
    ):
        get()


def test_an_item_that_is_not_there_stays_pynamodbs_own() -> None:
    with pytest.raises(Thing.DoesNotExist), translated():
        Thing.get("nothing")
