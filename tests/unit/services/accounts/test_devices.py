"""Phones with location apps: added, recognised by their keys, revoked."""

import pytest

from chalicelib.domain.accounts.devices import REQUESTS_PER_MINUTE, DeviceApp
from chalicelib.domain.accounts.limits import window_of
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Deactivated, NotFound, Unauthorized, Unavailable
from chalicelib.domain.ids import DeviceId, DriverId
from chalicelib.services.accounts.manage_devices import ManageDevices
from chalicelib.services.accounts.recognise_devices import RecogniseDevice
from tests.support.builders import NOON, make_driver, minutes, seconds
from tests.support.in_memory import InMemoryCarrier

DESK = Actor(Role.DISPATCHER, "key_desk")
MATTI = DriverId("drv_01JD8X4Q2M7V9K3N5P6R8T0W1Y")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.drivers.put(make_driver(id=MATTI, epoch=3))
    return carrier


@pytest.fixture
def manage(carrier: InMemoryCarrier) -> ManageDevices:
    return carrier.use(ManageDevices)


@pytest.fixture
def recognise(carrier: InMemoryCarrier) -> RecogniseDevice:
    return carrier.use(RecogniseDevice)


def test_a_key_acts_for_its_driver_and_under_his_present_epoch(
    manage: ManageDevices, recognise: RecogniseDevice
) -> None:
    issued = manage(MATTI, label="Pixel", actor=DESK)

    actor = recognise(issued.key)

    assert actor == Actor(Role.DEVICE, issued.id, driver_id=MATTI, epoch=3)


def test_no_secret_is_kept_and_none_is_in_the_audit(
    carrier: InMemoryCarrier, manage: ManageDevices
) -> None:
    issued = manage(MATTI, label="Pixel", actor=DESK)

    assert issued.key[26:] not in str(carrier.stores)
    (entry,) = carrier.audit.entries
    assert (entry.action, entry.account_id) == ("device.created", issued.id)
    assert issued.device.secret_hash not in str(entry)


def test_no_two_keys_are_alike(manage: ManageDevices) -> None:
    keys = {manage(MATTI, label="Pixel", actor=DESK).key for _ in range(200)}

    assert len(keys) == 200
    assert {len(key) for key in keys} == {50}


@pytest.mark.parametrize("change", ["no key", "", "long", "driver", "secret"])
def test_no_other_text_opens_anything(
    manage: ManageDevices, recognise: RecogniseDevice, change: str
) -> None:
    key = manage(MATTI, label="Pixel", actor=DESK).key
    other = {
        "long": f"{key}A",
        "driver": f"{'0' * 26}{key[26:]}",
        "secret": f"{key[:-1]}{'A' if key[-1] != 'A' else 'B'}",
    }.get(change, change)

    with pytest.raises(Unauthorized):
        recognise(other)


def test_a_revoked_key_opens_nothing_and_a_repeat_changes_nothing(
    carrier: InMemoryCarrier, manage: ManageDevices, recognise: RecogniseDevice
) -> None:
    issued = manage(MATTI, label="Pixel", actor=DESK)

    manage.revoke(MATTI, issued.id, actor=DESK)
    manage.revoke(MATTI, issued.id, actor=DESK)

    with pytest.raises(Unauthorized):
        recognise(issued.key)
    assert [entry.action for entry in carrier.audit.entries] == ["device.created", "device.revoked"]
    assert manage.of_driver(MATTI, limit=9, position=None).data == ()
    with pytest.raises(NotFound):
        manage.revoke(DriverId("drv_other"), issued.id, actor=DESK)
    with pytest.raises(NotFound):
        manage.revoke(MATTI, DeviceId("dev_other"), actor=DESK)


def test_who_does_not_drive_gets_no_phone(carrier: InMemoryCarrier, manage: ManageDevices) -> None:
    gone = make_driver(2, deactivated_at=NOON)
    carrier.drivers.put(gone)

    with pytest.raises(Deactivated):
        manage(gone.id, label="Pixel", actor=DESK)
    with pytest.raises(NotFound):
        manage(DriverId("drv_unknown"), label="Pixel", actor=DESK)
    with pytest.raises(NotFound):
        manage.of_driver(DriverId("drv_unknown"), limit=9, position=None)


def test_a_phone_that_asks_too_often_is_told_to_wait_and_not_that_it_is_wrong(
    carrier: InMemoryCarrier, manage: ManageDevices, recognise: RecogniseDevice
) -> None:
    issued = manage(MATTI, label="Pixel", actor=DESK)
    carrier.clock.at = NOON + seconds(20)
    carrier.counts.counted[issued.id, window_of(carrier.clock.now())] = REQUESTS_PER_MINUTE

    with pytest.raises(Unavailable) as refused:
        recognise(issued.key)
    carrier.clock.go_on(seconds(40))

    assert refused.value.retry_after_s == 40
    assert recognise(issued.key).id == issued.id


def test_that_it_was_heard_from_is_noted_and_fails_no_report(
    carrier: InMemoryCarrier, manage: ManageDevices, recognise: RecogniseDevice
) -> None:
    issued = manage(MATTI, label="Pixel", actor=DESK)
    actor = recognise(issued.key)
    assert issued.device.shows_key(NOON + minutes(60 * 24 - 1))
    assert not issued.device.shows_key(NOON + minutes(60 * 24))

    recognise.note(actor, DeviceApp.OWNTRACKS)
    recognise.note(Actor(Role.DEVICE, "dev_gone", driver_id=MATTI), DeviceApp.OWNTRACKS)

    (seen,) = manage.of_driver(MATTI, limit=9, position=None).data
    assert (seen.last_seen_at, seen.app) == (NOON, DeviceApp.OWNTRACKS)
    assert not seen.shows_key(NOON)
