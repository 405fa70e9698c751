"""Accounts that earlier releases have written are read for ever."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.adapters.dynamodb.accounts.signing_keys import DynamoSigningKeys
from chalicelib.domain.accounts.drivers import TakenInvitation
from chalicelib.domain.accounts.keys import KeyRing
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.journal.changes import AccountChange
from tests.contract.accounts.golden_values import (
    CLOSED_HUB,
    CLOSED_SHIPPER,
    DEVICE,
    DRIVERS,
    ENTRY,
    GONE_DEVICE,
    GONE_DRIVER,
    HUBS,
    INVITATIONS,
    KEYS,
    OPEN_INVITATION,
    RING,
    RULED_SHIPPER,
    SCOPED_KEY,
    SHIPPERS,
    SIGNING_KEYS,
    TEAM,
    V3,
    VEHICLE,
    WEBHOOKS,
)
from tests.contract.conftest import Stores, on_moto
from tests.support.builders import NOON, seconds
from tests.support.golden import golden_items, golden_versions, put_golden_items


@pytest.fixture(scope="module", params=["v1", "v2"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def written(version: str) -> Iterator[Stores]:
    with on_moto() as stores:
        put_golden_items(version, "accounts")
        yield stores


def test_all_versions_are_read_here() -> None:
    assert golden_versions("accounts") == ["v1", "v2", "v3"]
    assert set(golden_items("v3", "accounts")) == V3


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
        assert replace(written.hubs.get(hub.id), version=1) == hub


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


def test_what_came_with_teams_and_the_audit_is_read() -> None:
    with on_moto() as stores:
        put_golden_items("v3", "accounts")

        assert stores.teams.get(TEAM.id) == TEAM
        assert stores.vehicles.get(VEHICLE.id) == VEHICLE
        assert stores.hubs.get(CLOSED_HUB.id) == CLOSED_HUB
        assert stores.shippers.get(CLOSED_SHIPPER.id) == CLOSED_SHIPPER
        assert stores.shippers.get(RULED_SHIPPER.id) == RULED_SHIPPER
        assert stores.drivers.get(GONE_DRIVER.id) == GONE_DRIVER
        assert stores.keys.get(SCOPED_KEY.id) == SCOPED_KEY
        assert stores.keys.ring(KeyRing(RING.owner, RING.name)) == RING
        assert stores.invitations.get(OPEN_INVITATION.id, NOON) == OPEN_INVITATION
        for device in (DEVICE, GONE_DEVICE):
            assert stores.devices.latest(device.driver_id, device.id) == device
        page = stores.audit.page(account_id=None, limit=9, position=None, now=NOON)
        assert page.data == (ENTRY,)


def test_what_earlier_releases_have_written_is_changed_like_all_else(written: Stores) -> None:
    hub = HUBS["hub"]

    written.journal.commit(AccountChange(replace(hub, name="New", version=2), 1))

    assert written.hubs.get(hub.id).name == "New"
    with pytest.raises(ConcurrentUpdate):
        written.journal.commit(AccountChange(hub, 1))
    written.journal.commit(AccountChange(replace(hub, version=3), 2))
