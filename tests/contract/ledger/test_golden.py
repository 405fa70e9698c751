"""What earlier releases have written into the ledger is read for ever."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.dynamodb.ledger.places import DynamoPlaces
from chalicelib.adapters.dynamodb.ledger.repository import DynamoLedger
from chalicelib.domain.journal.claims import Claim
from tests.contract.conftest import Stores, on_moto
from tests.contract.ledger.golden_values import (
    CLAIMED,
    DONE,
    FOUND,
    KEEP_S,
    LEASE_S,
    REFERENCE,
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
        for each in golden_versions("ledger"):
            if each <= version:
                put_golden_items(each, "ledger")
        yield stores


def claim(key: str, after: timedelta) -> Claim:
    return DynamoLedger().claim(
        key, owner="another", now=NOON + after, lease_s=LEASE_S, keep_s=KEEP_S
    )


def test_all_are_read_somewhere_here() -> None:
    claims = {CLAIMED, TAKEN_OVER, RELEASED, DONE}

    assert golden_versions("ledger") == ["v1", "v3"]
    assert set(golden_items("v1", "ledger")) == {*REMEMBERED, *claims}
    assert set(golden_items("v3", "ledger")) == {"reference", "place"}


def test_references_and_found_places_are_read(written: Stores, version: str) -> None:
    if version < "v3":
        return
    held = written.references.holders(REFERENCE.shipper_id, [REFERENCE.reference], now=NOON)

    assert held == {REFERENCE.reference: REFERENCE.shipment_id}
    assert DynamoPlaces().recall("place#abc", NOON) == FOUND


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
