"""Requests under their Idempotency-Key, in memory and on DynamoDB: who may write what, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.journal.changes import Remembered, RequestRemembered
from tests.contract.conftest import Stores
from tests.support import faults
from tests.support.aws import dynamodb_clients
from tests.support.builders import NOON, seconds
from tests.support.faults import Faults

ANSWERED = Remembered(
    "request#1", "f1", "shp_1", expires_at=NOON + timedelta(days=1), answer=b"\x00concealed\xff"
)
CLAIMED = replace(ANSWERED, answer=b"", owner="one", lease_until=NOON + seconds(30.001))


def write(stores: Stores, remembered: Remembered, after_s: float = 0) -> None:
    stores.journal.commit(RequestRemembered(remembered, NOON + seconds(after_s)))


@pytest.mark.parametrize("remembered", [ANSWERED, CLAIMED], ids=["answered", "claimed"])
def test_a_request_comes_back(stores: Stores, remembered: Remembered) -> None:
    write(stores, remembered)

    assert stores.requests.recall("request#1", NOON) == remembered
    assert stores.requests.recall("request#2", NOON) is None


@pytest.mark.parametrize("after_s", [0, 86_399])
def test_an_answer_stays_for_its_day(stores: Stores, after_s: float) -> None:
    write(stores, ANSWERED)

    with pytest.raises(ConcurrentUpdate):
        write(stores, replace(ANSWERED, fingerprint="f2"), after_s)
    with pytest.raises(ConcurrentUpdate):
        write(stores, replace(CLAIMED, owner="two"), after_s)

    assert stores.requests.recall("request#1", NOON) == ANSWERED


def test_what_has_expired_is_written_over(stores: Stores) -> None:
    write(stores, ANSWERED)
    later = replace(ANSWERED, fingerprint="f2", expires_at=NOON + timedelta(days=3))

    write(stores, later, after_s=86_401)

    assert stores.requests.recall("request#1", NOON + timedelta(days=2)) == later


def test_a_claim_holds_until_its_lease_ends(stores: Stores) -> None:
    write(stores, CLAIMED)
    other = replace(CLAIMED, owner="two", lease_until=NOON + seconds(90))

    with pytest.raises(ConcurrentUpdate):
        write(stores, other, after_s=30)
    with pytest.raises(ConcurrentUpdate):
        write(stores, ANSWERED, after_s=30)
    write(stores, other, after_s=30.001)

    assert stores.requests.recall("request#1", NOON) == other


def test_the_owner_of_a_claim_writes_its_answer_and_nobody_else_does(stores: Stores) -> None:
    write(stores, CLAIMED)
    done = replace(CLAIMED, answer=b"concealed", lease_until=None)

    with pytest.raises(ConcurrentUpdate):
        write(stores, replace(done, owner="two"), after_s=1)
    write(stores, done, after_s=1)

    assert stores.requests.recall("request#1", NOON) == done
    with pytest.raises(ConcurrentUpdate):
        write(stores, replace(CLAIMED, owner="two"), after_s=3_600)


def test_a_write_whose_answer_is_lost_recognises_itself(
    dynamo: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.never_wait(monkeypatch)
    lost = {("dynamodb", "PutItem", number): faults.ack_lost for number in (1, 3)}

    with Faults(plan=lost).on(*dynamodb_clients()) as injected:
        write(dynamo, CLAIMED)
        write(dynamo, replace(CLAIMED, answer=b"concealed", lease_until=None))

    assert len(injected.log) == 2
    assert dynamo.requests.recall("request#1", NOON) is not None
