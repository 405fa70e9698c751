"""What earlier releases have written into the ledger is read for ever."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb.ledger.repository import DynamoLedger
from chalicelib.domain.journal.claims import Claim
from tests.contract.conftest import Stores, on_moto
from tests.contract.ledger.golden_values import (
    CLAIMED,
    DONE,
    KEEP_S,
    LEASE_S,
    RELEASED,
    REMEMBERED,
    TAKEN_OVER,
)
from tests.support.builders import NOON, seconds
from tests.support.golden import golden_items, golden_versions, put_golden_items


@pytest.fixture(params=golden_versions("ledger"))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def written(version: str) -> Iterator[Stores]:
    with on_moto() as stores:
        put_golden_items(version, "ledger")
        yield stores


def claim(key: str, after: timedelta) -> Claim:
    return DynamoLedger().claim(
        key, owner="another", now=NOON + after, lease_s=LEASE_S, keep_s=KEEP_S
    )


def test_all_are_read_somewhere_here(version: str) -> None:
    assert set(golden_items(version, "ledger")) == {
        *REMEMBERED,
        CLAIMED,
        TAKEN_OVER,
        RELEASED,
        DONE,
    }


def test_a_remembered_request_is_recalled(written: Stores) -> None:
    for remembered in REMEMBERED.values():
        assert written.requests.recall(remembered.key, NOON) == remembered


@pytest.mark.usefixtures("written")
def test_a_claim_is_held_until_its_lease_ends() -> None:
    assert claim(CLAIMED, seconds(LEASE_S - 1)) == Claim(granted=False, done=False)
    assert claim(CLAIMED, seconds(LEASE_S)) == Claim(granted=True, done=False, maybe_duplicate=True)
    assert claim(TAKEN_OVER, seconds(300 + LEASE_S - 1)) == Claim(granted=False, done=False)


@pytest.mark.usefixtures("written")
def test_what_was_released_or_done_is_known() -> None:
    assert claim(RELEASED, seconds(1)) == Claim(granted=True, done=False)
    assert claim(DONE, seconds(1)) == Claim(granted=False, done=True)
