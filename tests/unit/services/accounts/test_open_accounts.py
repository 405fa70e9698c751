from datetime import timedelta

import pytest

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import Invalid, NotFound, Unauthorized, Unavailable
from chalicelib.domain.ids import DriverId, KeyId, ShipperId
from chalicelib.services.accounts.authenticate import Authenticate
from chalicelib.services.accounts.open_accounts import OpenAccounts
from tests.support.builders import HUB_PLACE, NOON, minutes
from tests.support.fakes.contested import cut_off
from tests.support.in_memory import InMemoryCarrier


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


@pytest.fixture
def accounts(carrier: InMemoryCarrier) -> OpenAccounts:
    return carrier.use(OpenAccounts)


def test_a_shipper_is_kept_as_it_was_told(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    shipper = accounts.shipper("Kirjakauppa", sms_name="Kirjat", support_contact="a@example.com")

    wanted = Shipper(shipper.id, "Kirjakauppa", NOON, "Kirjat", "a@example.com")
    assert shipper == wanted
    assert carrier.shippers.get(shipper.id) == wanted
    assert shipper.id.startswith("shr_")


def test_a_hub_is_kept_as_it_was_told(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    hub = accounts.hub("Pasila", coordinates=HUB_PLACE, time_zone="Europe/Helsinki")

    wanted = Hub(hub.id, "Pasila", HUB_PLACE, "Europe/Helsinki", NOON)
    assert hub == wanted
    assert carrier.hubs.get(hub.id) == wanted
    assert hub.id.startswith("hub_")


def test_two_accounts_of_the_same_name_are_two(accounts: OpenAccounts) -> None:
    assert accounts.shipper("Kirjakauppa").id != accounts.shipper("Kirjakauppa").id


def test_a_driver_begins_off_shift_with_a_live_state_of_the_same_epoch(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    driver = accounts.driver("Matti", team="north")

    assert driver == Driver(driver.id, "Matti", NOON, team="north")
    assert carrier.drivers.get(driver.id) == driver
    assert carrier.fleet.live(driver.id) == Live(driver.id, version=1, epoch=driver.epoch)
    assert len(carrier.journal.tried) == 1  # both or neither


def test_a_driver_that_could_not_be_written_is_not_there_at_all(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    carrier.journal.before = [cut_off]

    with pytest.raises(Unavailable):
        accounts.driver("Matti")

    assert carrier.drivers.by_id == {}
    assert carrier.fleet.lives == {}


def test_a_shippers_key_opens_the_door_for_its_shipper(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    shipper = accounts.shipper("Kirjakauppa")

    issued = accounts.key(Role.SHIPPER, label="web shop", shipper_id=shipper.id)

    assert (issued.key.label, issued.key.created_at) == ("web shop", NOON)
    actor = carrier.use(Authenticate)(issued.text)
    assert actor == Actor(Role.SHIPPER, issued.key.id, shipper_id=shipper.id)


def test_a_key_with_an_end_ends_then(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    issued = accounts.key(Role.ADMIN, label="console", expires_at=NOON + minutes(1))
    authenticate = carrier.use(Authenticate)

    assert authenticate(issued.text).role is Role.ADMIN
    carrier.clock.go_on(minutes(1))
    with pytest.raises(Unauthorized):
        authenticate(issued.text)


def test_no_secret_is_kept(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    accounts.driver("Matti")
    (driver_id,) = carrier.drivers.by_id

    key = accounts.key(Role.ADMIN, label="console")
    invitation = accounts.invitation(driver_id)

    kept = f"{carrier.keys} {carrier.invitations}"
    assert key.text.removeprefix("ds_live_").partition("_")[2] not in kept
    assert invitation.code not in kept


def test_every_key_has_a_long_secret_of_its_own(accounts: OpenAccounts) -> None:
    secrets = {
        accounts.key(Role.ADMIN, label="console").text.split("_", maxsplit=3)[3] for _ in range(9)
    }

    assert len(secrets) == 9
    assert min(map(len, secrets)) >= 43  # 32 bytes in base64


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SHIPPER])
def test_a_key_of_nobody_but_a_shipper_has_a_shipper(
    carrier: InMemoryCarrier, accounts: OpenAccounts, role: Role
) -> None:
    shipper = accounts.shipper("Kirjakauppa")

    with pytest.raises(Invalid) as refused:
        accounts.key(role, label="odd", shipper_id=shipper.id)

    assert "'/shipper_id'" in str(refused.value.data)
    assert carrier.keys.by_id == {}


def test_a_shippers_key_needs_its_shipper(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    with pytest.raises(Invalid):
        accounts.key(Role.SHIPPER, label="web shop")

    assert carrier.keys.by_id == {}


def test_nobody_gets_a_key_for_an_unknown_shipper(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    with pytest.raises(NotFound):
        accounts.key(Role.SHIPPER, label="web shop", shipper_id=ShipperId("shr_9"))

    assert carrier.keys.by_id == {}


def test_an_invitation_lets_its_driver_in_for_15_minutes(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    driver = accounts.driver("Matti")

    issued = accounts.invitation(driver.id)

    assert issued.invitation.driver_id == driver.id
    assert issued.invitation.expires_at == NOON + timedelta(minutes=15)
    assert (
        carrier.use(Authenticate).begin_session(issued.code, client="phone").driver_id == driver.id
    )


def test_nobody_invites_an_unknown_driver(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    with pytest.raises(NotFound):
        accounts.invitation(DriverId("drv_9"))

    assert carrier.invitations.by_hash == {}


def test_a_revoked_key_is_refused_and_the_other_one_is_not(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    old, new = (accounts.key(Role.ADMIN, label=label) for label in ("old", "new"))
    authenticate = carrier.use(Authenticate)

    revoked = accounts.revoke_key(old.key.id)

    assert revoked.revoked_at == NOON
    assert authenticate(new.text).id == new.key.id
    with pytest.raises(Unauthorized):
        authenticate(old.text)


def test_revoking_again_keeps_the_time_of_the_first(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    key = accounts.key(Role.ADMIN, label="console").key
    accounts.revoke_key(key.id)
    carrier.clock.go_on(minutes(5))

    assert accounts.revoke_key(key.id).revoked_at == NOON


def test_an_unknown_key_cannot_be_revoked(accounts: OpenAccounts) -> None:
    with pytest.raises(NotFound):
        accounts.revoke_key(KeyId("key_9"))
