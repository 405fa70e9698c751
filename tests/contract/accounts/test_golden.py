"""Accounts that earlier releases have written are read for ever."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters.dynamodb.accounts.signing_keys import DynamoSigningKeys
from chalicelib.domain.accounts.drivers import TakenInvitation
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipperId
from tests.contract.accounts.golden_values import (
    DRIVERS,
    HUBS,
    INVITATIONS,
    KEYS,
    SHIPPERS,
    SIGNING_KEYS,
    WEBHOOKS,
)
from tests.contract.conftest import Stores, on_moto
from tests.support.builders import NOON, seconds
from tests.support.golden import golden_items, golden_versions, put_golden_items


@pytest.fixture(scope="module", params=golden_versions("accounts"))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def written(version: str) -> Iterator[Stores]:
    with on_moto() as stores:
        put_golden_items(version, "accounts")
        yield stores


def test_all_are_read_somewhere_here(version: str) -> None:
    values = {*SHIPPERS, *DRIVERS, *HUBS, *KEYS, *INVITATIONS, *WEBHOOKS, *SIGNING_KEYS}

    assert set(golden_items(version, "accounts")) == values


def test_shippers_are_read(written: Stores) -> None:
    for shipper in SHIPPERS.values():
        assert written.shippers.get(shipper.id) == shipper


def test_drivers_are_read(written: Stores) -> None:
    for driver in DRIVERS.values():
        assert written.drivers.get(driver.id) == driver
    assert written.drivers.page(limit=9, position=None).data == tuple(DRIVERS.values())


def test_hubs_are_read(written: Stores) -> None:
    for hub in HUBS.values():
        assert written.hubs.get(hub.id) == hub


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_read(written: Stores, name: str) -> None:
    assert written.keys.get(KEYS[name].id) == KEYS[name]


def test_an_invitation_is_taken_once(written: Stores) -> None:
    free, taken = INVITATIONS["invitation-untaken"], INVITATIONS["invitation-taken"]

    found = written.invitations.take(free.code_hash, client_hash="phone", now=NOON)

    assert found == TakenInvitation(free, NOON)
    with pytest.raises(NotFound):
        written.invitations.take(taken.code_hash, client_hash="phone", now=NOON)


def test_a_client_that_took_an_invitation_gets_it_again_for_a_minute(written: Stores) -> None:
    taken = INVITATIONS["invitation-taken-at"]

    again = written.invitations.take(taken.code_hash, client_hash="ef" * 32, now=NOON + seconds(60))

    assert again == TakenInvitation(taken, NOON)


def test_webhooks_are_read(written: Stores) -> None:
    assert written.endpoints.of_shipper(ShipperId("shr_1")) == tuple(WEBHOOKS.values())


@pytest.mark.usefixtures("written")
def test_signing_keys_are_read() -> None:
    assert DynamoSigningKeys()() == (SIGNING_KEYS["signing"],)
