from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.accounts.audit import FieldChange
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import Deactivated, Invalid, Unavailable
from chalicelib.domain.ids import HubId, TeamId
from chalicelib.services.accounts.open_accounts import OpenAccounts
from tests.support.builders import HUB_PLACE, NOON, make_hub, make_team
from tests.support.fakes.contested import cut_off
from tests.support.in_memory import InMemoryCarrier

BOSS = Actor(Role.ADMIN, "key_boss")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


@pytest.fixture
def accounts(carrier: InMemoryCarrier) -> OpenAccounts:
    return carrier.use(OpenAccounts)


def test_a_shipper_is_kept_as_it_was_told(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    shipper = accounts.shipper(
        "Kirjakauppa", actor=BOSS, sms_name="Kirjat", support_contact="a@example.com"
    )

    wanted = Shipper(shipper.id, "Kirjakauppa", NOON, "Kirjat", "a@example.com")
    assert shipper == wanted
    assert carrier.shippers.get(shipper.id) == wanted
    assert shipper.id.startswith("shr_")


def test_a_hub_is_kept_as_it_was_told(carrier: InMemoryCarrier, accounts: OpenAccounts) -> None:
    hub = accounts.hub("Pasila", actor=BOSS, coordinates=HUB_PLACE, time_zone="Europe/Helsinki")

    wanted = Hub(hub.id, "Pasila", HUB_PLACE, "Europe/Helsinki", NOON)
    assert hub == wanted
    assert carrier.hubs.get(hub.id) == wanted
    assert hub.id.startswith("hub_")


def test_a_team_and_its_vehicle_are_kept_as_they_were_told(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    carrier.hubs.put(make_hub())

    team = accounts.team("North", actor=BOSS, hub_id=HubId("hub_1"))
    vehicle = accounts.vehicle("Van 7", actor=BOSS, plate="ABC-123", team_id=team.id)

    assert carrier.teams.get(team.id) == Team(team.id, "North", NOON, HubId("hub_1"))
    assert carrier.vehicles.get(vehicle.id) == Vehicle(
        vehicle.id, "Van 7", NOON, "ABC-123", team.id
    )


def test_two_accounts_of_the_same_name_are_two(accounts: OpenAccounts) -> None:
    one, other = (accounts.shipper("Kirjakauppa", actor=BOSS) for _ in range(2))

    assert one.id != other.id


def test_a_driver_begins_off_shift_with_a_live_state_of_the_same_epoch(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    carrier.teams.put(make_team())

    driver = accounts.driver("Matti", actor=BOSS, team_id=TeamId("tem_1"))

    assert driver == Driver(driver.id, "Matti", NOON, team_id=TeamId("tem_1"))
    assert carrier.drivers.get(driver.id) == driver
    assert carrier.fleet.live(driver.id) == Live(driver.id, version=1, epoch=driver.epoch)
    assert len(carrier.journal.tried) == 1  # all or nothing


def test_a_driver_that_could_not_be_written_is_not_there_at_all(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    carrier.journal.before = [cut_off]

    with pytest.raises(Unavailable):
        accounts.driver("Matti", actor=BOSS)

    assert carrier.drivers.by_id == {}
    assert carrier.fleet.lives == {}
    assert carrier.audit.entries == []


@pytest.mark.parametrize(
    ("opened", "pointer"),
    [
        (lambda accounts: accounts.team("N", actor=BOSS, hub_id="hub_9"), "/hub_id"),
        (lambda accounts: accounts.vehicle("V", actor=BOSS, team_id="tem_9"), "/team_id"),
        (lambda accounts: accounts.driver("D", actor=BOSS, team_id="tem_9"), "/team_id"),
    ],
    ids=["team", "vehicle", "driver"],
)
def test_nothing_belongs_to_what_is_not_there(
    carrier: InMemoryCarrier,
    accounts: OpenAccounts,
    opened: Callable[[OpenAccounts], Any],
    pointer: str,
) -> None:
    with pytest.raises(Invalid) as refused:
        opened(accounts)

    assert [error["pointer"] for error in refused.value.data["errors"]] == [pointer]  # type: ignore[attr-defined]
    assert carrier.journal.tried == []


def test_nothing_new_belongs_to_what_is_not_in_use(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    carrier.hubs.put(make_hub(deactivated_at=NOON))
    carrier.teams.put(make_team(deactivated_at=NOON))

    with pytest.raises(Deactivated):
        accounts.team("North", actor=BOSS, hub_id=HubId("hub_1"))
    with pytest.raises(Deactivated):
        accounts.driver("Matti", actor=BOSS, team_id=TeamId("tem_1"))


def test_the_audit_says_who_opened_what_with_which_fields(
    carrier: InMemoryCarrier, accounts: OpenAccounts
) -> None:
    carrier.clock.go_on(timedelta(minutes=5))

    hub = accounts.hub("Pasila", actor=BOSS, coordinates=HUB_PLACE, time_zone="Europe/Helsinki")

    (entry,) = carrier.audit.entries
    assert (entry.actor_id, entry.actor_role, entry.action) == (BOSS.id, Role.ADMIN, "hub.created")
    assert (entry.account_id, entry.at) == (hub.id, NOON + timedelta(minutes=5))
    assert entry.changes == (
        FieldChange("name", None, "Pasila"),
        FieldChange("is_active", None, after=True),
        FieldChange("lat_deg", None, HUB_PLACE.lat_deg),
        FieldChange("lon_deg", None, HUB_PLACE.lon_deg),
        FieldChange("time_zone", None, "Europe/Helsinki"),
    )
