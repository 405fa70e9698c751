from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.accounts.audit import FieldChange
from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import (
    Deactivated,
    DriverHasRoutes,
    Invalid,
    NotFound,
    Outdated,
    Unauthorized,
    Unavailable,
)
from chalicelib.domain.ids import HubId, RouteId, TeamId
from chalicelib.domain.versions import Expected
from chalicelib.services.accounts.authenticate import Authenticate
from chalicelib.services.accounts.change_accounts import ChangeAccounts
from chalicelib.services.accounts.invite_drivers import InviteDrivers
from chalicelib.services.accounts.issue_keys import IssueKeys
from chalicelib.services.driving.shifts import live_of
from tests.support.builders import (
    NOON,
    make_driver,
    make_hub,
    make_shipper,
    make_team,
    make_vehicle,
    minutes,
)
from tests.support.fakes.contested import cut_off
from tests.support.in_memory import InMemoryCarrier

BOSS = Actor(Role.ADMIN, "key_boss")
MATTI = make_driver().id
ANY = Expected(None)
ONE = Expected(frozenset({1}))


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.hubs.put(make_hub())
    carrier.teams.put(make_team())
    carrier.vehicles.put(make_vehicle())
    carrier.shippers.put(make_shipper())
    carrier.has(Live(MATTI, version=1))
    return carrier


@pytest.fixture
def change(carrier: InMemoryCarrier) -> ChangeAccounts:
    return carrier.use(ChangeAccounts)


def to(**fields: Any) -> Any:
    """A change to these fields."""
    return lambda account, _: replace(account, **fields)


def off(driver: Driver, now: datetime) -> Driver:
    return replace(driver, deactivated_at=now)


def on(driver: Driver, _: datetime) -> Driver:
    return replace(driver, deactivated_at=None)


def test_a_change_is_kept_with_the_next_version_and_noted(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    after = change.hub(HubId("hub_1"), to(name="Vuosaari"), expected=ONE, actor=BOSS)

    assert after == make_hub(name="Vuosaari", version=2)
    assert carrier.hubs.get(HubId("hub_1")) == after
    (entry,) = carrier.audit.entries
    assert (entry.actor_id, entry.action, entry.account_id) == (BOSS.id, "hub.changed", "hub_1")
    assert entry.changes == (FieldChange("name", "Pasila", "Vuosaari"),)


def test_every_kind_of_account_changes(carrier: InMemoryCarrier, change: ChangeAccounts) -> None:
    named = to(name="New name")
    hub_id, team_id = HubId("hub_1"), TeamId("tem_1")

    change.team(team_id, to(hub_id=hub_id), expected=ONE, actor=BOSS)
    change.vehicle(make_vehicle().id, to(team_id=team_id), expected=ONE, actor=BOSS)
    change.driver(MATTI, to(team_id=team_id), expected=ONE, actor=BOSS)
    change.shipper(make_shipper().id, named, expected=ONE, actor=BOSS)

    assert carrier.teams.get(team_id) == make_team(hub_id=hub_id, version=2)
    assert carrier.vehicles.get("veh_1") == make_vehicle(team_id=team_id, version=2)
    assert carrier.drivers.get(MATTI) == make_driver(team_id=team_id, version=2)
    assert carrier.shippers.get(make_shipper().id) == make_shipper(name="New name", version=2)
    assert [entry.action for entry in carrier.audit.entries] == [
        "team.changed",
        "vehicle.changed",
        "driver.changed",
        "shipper.changed",
    ]


def test_a_change_of_an_earlier_version_is_refused(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    change.hub(HubId("hub_1"), to(name="Vuosaari"), expected=ONE, actor=BOSS)

    with pytest.raises(Outdated):
        change.hub(HubId("hub_1"), to(name="Espoo"), expected=ONE, actor=BOSS)

    assert carrier.hubs.get(HubId("hub_1")).name == "Vuosaari"


def test_of_two_changes_at_once_one_is_outdated(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    rival = InMemoryCarrier(stores=carrier.stores, ids=carrier.ids).use(ChangeAccounts)
    carrier.journal.before = [
        lambda: rival.hub(HubId("hub_1"), to(name="Espoo"), expected=ONE, actor=BOSS)
    ]

    with pytest.raises(Outdated):
        change.hub(HubId("hub_1"), to(name="Vuosaari"), expected=ONE, actor=BOSS)

    assert carrier.hubs.get(HubId("hub_1")).name == "Espoo"
    assert len(carrier.audit.entries) == 1


def test_whoever_expects_no_version_changes_what_is_there_now(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    rival = InMemoryCarrier(stores=carrier.stores, ids=carrier.ids).use(ChangeAccounts)
    zone = to(time_zone="Europe/Tallinn")
    carrier.journal.before = [
        lambda: rival.hub(HubId("hub_1"), to(name="Espoo"), expected=ANY, actor=BOSS)
    ]

    after = change.hub(HubId("hub_1"), zone, expected=ANY, actor=BOSS)

    assert after == make_hub(name="Espoo", time_zone="Europe/Tallinn", version=3)


def test_a_change_that_changes_nothing_writes_nothing(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    after = change.hub(HubId("hub_1"), to(name="Pasila"), expected=ONE, actor=BOSS)

    assert after == make_hub()
    assert carrier.journal.tried == []


def test_a_change_that_could_not_be_written_is_not_in_the_audit(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    carrier.journal.before = [cut_off]

    with pytest.raises(Unavailable):
        change.hub(HubId("hub_1"), to(name="Vuosaari"), expected=ONE, actor=BOSS)

    assert (carrier.hubs.get(HubId("hub_1")), carrier.audit.entries) == (make_hub(), [])


def test_what_is_not_there_is_not_found(change: ChangeAccounts) -> None:
    with pytest.raises(NotFound):
        change.hub(HubId("hub_9"), to(name="Vuosaari"), expected=ANY, actor=BOSS)


def test_nothing_moves_into_a_team_or_hub_that_is_not_there_or_not_in_use(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    carrier.teams.put(make_team(2, deactivated_at=NOON))
    unknown, unused = to(team_id=TeamId("tem_9")), to(team_id=TeamId("tem_2"))

    with pytest.raises(Invalid):
        change.driver(MATTI, unknown, expected=ANY, actor=BOSS)
    with pytest.raises(Deactivated):
        change.vehicle(make_vehicle().id, unused, expected=ANY, actor=BOSS)
    with pytest.raises(Invalid):
        change.team(TeamId("tem_1"), to(hub_id=HubId("hub_9")), expected=ANY, actor=BOSS)


def test_who_is_in_a_team_stays_there_when_it_is_deactivated(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    change.driver(MATTI, to(team_id=TeamId("tem_1")), expected=ANY, actor=BOSS)
    change.team(TeamId("tem_1"), to(deactivated_at=NOON), expected=ANY, actor=BOSS)

    after = change.driver(MATTI, to(name="Matti K."), expected=ANY, actor=BOSS)

    assert (after.name, after.team_id) == ("Matti K.", "tem_1")
    assert [entry.action for entry in carrier.audit.entries][1] == "team.deactivated"


class TestDeactivation:
    def signed_in(self, carrier: InMemoryCarrier) -> str:
        code = carrier.use(InviteDrivers)(MATTI, actor=BOSS).code
        return carrier.use(Authenticate).begin_session(code, client="phone").token

    def test_a_deactivated_driver_is_signed_out_at_once(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        actor = carrier.use(Authenticate)(self.signed_in(carrier))
        assert live_of(carrier.fleet, actor).driver_id == MATTI

        after = change.driver(MATTI, off, expected=ANY, actor=BOSS)

        assert (after.is_active, after.deactivated_at, after.epoch) == (False, NOON, 2)
        with pytest.raises(Unauthorized):
            live_of(carrier.fleet, actor)

    def test_nor_does_an_open_invitation_let_one_in(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        code = carrier.use(InviteDrivers)(MATTI, actor=BOSS).code
        change.driver(MATTI, off, expected=ANY, actor=BOSS)

        with pytest.raises(NotFound):
            carrier.use(Authenticate).begin_session(code, client="phone")

    def test_a_driver_who_is_active_again_signs_in_anew(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        change.driver(MATTI, off, expected=ANY, actor=BOSS)
        carrier.clock.go_on(minutes(1))

        change.driver(MATTI, on, expected=ANY, actor=BOSS)

        actor = carrier.use(Authenticate)(self.signed_in(carrier))
        assert live_of(carrier.fleet, actor).epoch == 2
        assert [entry.action for entry in carrier.audit.entries][:2] == [
            "driver.deactivated",
            "driver.activated",
        ]

    @pytest.mark.parametrize(
        "routes", [{"route_id": RouteId("rte_1")}, {"planned": (RouteId("rte_1"),)}]
    )
    def test_a_driver_with_routes_is_not_deactivated(
        self, carrier: InMemoryCarrier, change: ChangeAccounts, routes: dict[str, Any]
    ) -> None:
        carrier.has(Live(MATTI, version=2, **routes))

        with pytest.raises(DriverHasRoutes) as refused:
            change.driver(MATTI, off, expected=ANY, actor=BOSS)

        assert refused.value.data == {"route_ids": ["rte_1"]}
        assert carrier.drivers.get(MATTI).is_active

    def test_a_driver_whose_route_has_ended_is(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        carrier.has(Live(MATTI, version=2, route_id=RouteId("rte_1"), ended_at=NOON))

        assert not change.driver(MATTI, off, expected=ANY, actor=BOSS).is_active

    def test_a_deactivated_hub_is_noted_as_such(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        def closed(hub: Hub, now: datetime) -> Hub:
            return replace(hub, deactivated_at=now)

        change.hub(HubId("hub_1"), closed, expected=ANY, actor=BOSS)

        (entry,) = carrier.audit.entries
        assert entry.action == "hub.deactivated"
        assert entry.changes == (FieldChange("is_active", before=True, after=False),)


class TestSignOut:
    def test_all_tokens_of_the_driver_end(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        codes = [carrier.use(InviteDrivers)(MATTI, actor=BOSS).code for _ in range(2)]
        authenticate = carrier.use(Authenticate)
        tokens = [authenticate.begin_session(code, client="phone").token for code in codes]
        carrier.clock.go_on(minutes(1))

        driver = change.sign_out(MATTI, actor=BOSS)

        assert (driver.epoch, driver.signed_out_at) == (2, NOON + minutes(1))
        assert carrier.audit.entries[-1].action == "driver.signed_out"
        for token in tokens:
            with pytest.raises(Unauthorized):
                live_of(carrier.fleet, authenticate(token))

    def test_a_code_that_was_taken_before_gives_no_new_token(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        """The thief repeats the request within the minute in which a lost answer is told again."""
        code = carrier.use(InviteDrivers)(MATTI, actor=BOSS).code
        authenticate = carrier.use(Authenticate)
        authenticate.begin_session(code, client="phone")

        change.sign_out(MATTI, actor=BOSS)

        with pytest.raises(NotFound):
            authenticate.begin_session(code, client="phone")

    def test_the_driver_signs_in_anew_with_a_new_code(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        change.sign_out(MATTI, actor=BOSS)
        carrier.clock.go_on(minutes(1))

        code = carrier.use(InviteDrivers)(MATTI, actor=BOSS).code
        token = carrier.use(Authenticate).begin_session(code, client="phone").token

        assert live_of(carrier.fleet, carrier.use(Authenticate)(token)).driver_id == MATTI

    def test_a_fix_that_comes_in_between_is_not_lost(
        self, carrier: InMemoryCarrier, change: ChangeAccounts
    ) -> None:
        later = Live(MATTI, version=2, route_id=RouteId("rte_1"))
        carrier.journal.before = [lambda: carrier.has(later)]

        change.sign_out(MATTI, actor=BOSS)

        assert carrier.fleet.live(MATTI) == replace(later, version=3, epoch=2)

    def test_nobody_signs_out_an_unknown_driver(self, change: ChangeAccounts) -> None:
        with pytest.raises(NotFound):
            change.sign_out(make_driver(9).id, actor=BOSS)


def test_the_keys_of_a_deactivated_shipper_are_refused(
    carrier: InMemoryCarrier, change: ChangeAccounts
) -> None:
    shipper_id = make_shipper().id
    key = carrier.use(IssueKeys)(Role.SHIPPER, label="x", actor=BOSS, shipper_id=shipper_id).text
    authenticate = carrier.use(Authenticate)
    assert authenticate(key).shipper_id == shipper_id

    change.shipper(shipper_id, to(deactivated_at=NOON), expected=ANY, actor=BOSS)
    with pytest.raises(Unauthorized):
        authenticate(key)
    change.shipper(shipper_id, to(deactivated_at=None), expected=ANY, actor=BOSS)

    assert authenticate(key).shipper_id == shipper_id
