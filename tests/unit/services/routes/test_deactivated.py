"""Nothing is planned for who is gone or from where nobody starts, even at the same moment."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.accounts.drivers import Driver
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Deactivated, DriverHasRoutes
from chalicelib.domain.routes.edits import Assign
from chalicelib.domain.versions import Expected
from chalicelib.services.accounts.change_accounts import ChangeAccounts
from tests.support.builders import NOON, make_driver, make_hub
from tests.support.depots import Depot
from tests.support.fakes.contested import goes_well
from tests.support.in_memory import InMemoryCarrier

BOSS = Actor(Role.ADMIN, "key_boss")


def deactivated(depot: Depot, number: int = 1) -> Any:
    """Deactivate this driver, as somebody else who writes into the same stores."""

    def off(driver: Driver, now: datetime) -> Driver:
        return replace(driver, deactivated_at=now)

    elsewhere = InMemoryCarrier(stores=depot.carrier.stores, ids=depot.carrier.ids)
    change = elsewhere.use(ChangeAccounts)
    return change.driver(make_driver(number).id, off, expected=Expected(None), actor=BOSS)


def test_no_route_is_planned_for_a_deactivated_driver() -> None:
    depot = Depot()
    deactivated(depot)

    with pytest.raises(Deactivated):
        depot.plan(1, 2)

    assert depot.carrier.shipment(1).assignment is None
    assert depot.carrier.routes.routes == {}


def test_no_route_is_planned_from_a_deactivated_hub() -> None:
    depot = Depot()
    depot.carrier.hubs.put(make_hub(deactivated_at=NOON))

    with pytest.raises(Deactivated):
        depot.plan(1)


def test_a_driver_who_is_deactivated_while_a_route_is_planned_does_not_get_it() -> None:
    depot = Depot()
    depot.carrier.journal.before = [goes_well, lambda: deactivated(depot)]

    with pytest.raises(Deactivated):
        depot.plan(1)

    assert depot.carrier.routes.routes == {}
    assert depot.plan_of(1, driver=2).driver_id == "drv_2"  # its claim holds nothing up


def test_a_driver_who_gets_a_route_at_that_moment_is_not_deactivated() -> None:
    depot = Depot()
    elsewhere = Depot(InMemoryCarrier(stores=depot.carrier.stores, ids=depot.carrier.ids))
    planned: list[Any] = []
    rival = InMemoryCarrier(stores=depot.carrier.stores, ids=depot.carrier.ids)
    rival.journal.before = [lambda: planned.append(elsewhere.plan(1))]

    with pytest.raises(DriverHasRoutes) as refused:
        rival.use(ChangeAccounts).driver(
            make_driver().id,
            lambda driver, now: replace(driver, deactivated_at=now),
            expected=Expected(None),
            actor=BOSS,
        )

    assert refused.value.data == {"route_ids": [planned[0].id]}


@pytest.mark.parametrize("is_dry_run", [False, True])
def test_no_route_is_given_to_a_deactivated_driver(*, is_dry_run: bool) -> None:
    depot = Depot()
    route = depot.plan(1)
    deactivated(depot, 2)

    with pytest.raises(Deactivated):
        depot.edit(route.id, Assign(make_driver(2).id), is_dry_run=is_dry_run)

    assert depot.route(route.id) == route


def test_a_driver_who_is_deactivated_while_a_route_is_given_does_not_get_it() -> None:
    depot = Depot()
    route = depot.plan(1)
    depot.carrier.journal.before = [lambda: deactivated(depot, 2)]

    with pytest.raises(Deactivated):
        depot.edit(route.id, Assign(make_driver(2).id))

    assert depot.route(route.id).driver_id == "drv_1"
