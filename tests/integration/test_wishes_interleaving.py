"""A recipient changes what is to happen at the door while others act: one winner, nothing lost."""

import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import TooLateToChange, Unavailable
from chalicelib.domain.ids import DriverId, RouteId, StopId
from chalicelib.domain.routes.edits import Remove
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.versions import Expected
from chalicelib.domain.wishes.wishes import Access, WishesOrder
from chalicelib.services.routes.edit_route import EditOrder
from tests.support.carrier import Carrier, Round
from tests.support.depth import times
from tests.support.interleaving import Interleaving

ALL: Final = list(itertools.product((0, 1), repeat=10))
SCHEDULES: Final = random.Random(20_261_128).sample(ALL, times(quick=2, deep=500))
OFFICE: Final = Actor(Role.DISPATCHER, "key_1")
CODE: Final = WishesOrder(seen=0, access=Access(door_code="4711"))
LAST: Final = 2
Work = Callable[[], Any]


def wishing(van: Round) -> Work:
    token = urlsplit(van.orders[van.ids[LAST][0]]["tracking_url"]).path.rpartition("/")[2]
    use = bootstrap.container().change_wishes
    return lambda: use(token, CODE)


def moving(van: Round) -> Work:
    """Another day, which takes a stop off the running route."""
    token = urlsplit(van.orders[van.ids[LAST][0]]["tracking_url"]).path.rpartition("/")[2]
    carrier, path = van.carrier, f"/v1/shippers/{van.shop.shipper_id}"
    rules = {"offered_days": 9, "offered_weekdays": list(range(1, 8))}
    reply = carrier.call("PATCH", path, rules, token=carrier.admin, headers={"If-Match": "*"})
    assert reply.status == 200
    carrier.rewire()
    day = (carrier.clock.now() + timedelta(days=2)).date().isoformat()
    use = bootstrap.container().choose_day
    return lambda: use(token, day, seen="")


def run(carrier: Carrier, choices: tuple[int, ...], **works: Work) -> dict[str, Any]:
    with Interleaving(choices).on(*carrier.clients()) as schedule:
        return schedule.run(**works)


def types_of(van: Round) -> list[str]:
    """The history, which has no gaps."""
    events = van.shop.events(van.ids[LAST][0])
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    return [event["type"].removeprefix("shipment.") for event in events]


def code_of(shipment: dict[str, Any]) -> str | None:
    code: str | None = (shipment["wishes"] or {}).get("door_code")
    return code


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_the_driver_delivers(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(3).started()
    report = StopReport(StopId(van.stop_ids[LAST]), Step.DELIVER, "first", shared.clock.now())
    driver = Actor(Role.DRIVER, van.driver_id, driver_id=DriverId(van.driver_id), epoch=1)
    work = bootstrap.container().work_stop

    ended = run(shared, choices, a=wishing(van), b=lambda: work(report, actor=driver))

    assert not isinstance(ended["b"], Exception), ended
    types, shipment = types_of(van), van.shop.get(van.ids[LAST][0])
    assert shipment["status"] == "delivered"
    if isinstance(ended["a"], TooLateToChange):
        assert "instructions_changed" not in types
        assert shipment["wishes"] is None
    else:
        assert not isinstance(ended["a"], Exception), ended
        assert types.index("instructions_changed") < types.index("delivered")
        assert shipment["wishes"]["door_code"] == "4711"


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_a_dispatcher_takes_it_off_the_plan(
    shared: Carrier, choices: tuple[int, ...]
) -> None:
    van = shared.round(3).started()
    edit = bootstrap.container().edit_route
    order = EditOrder((Remove(stop_id=StopId(van.stop_ids[LAST])),), Expected(None))

    ended = run(
        shared,
        choices,
        a=wishing(van),
        b=lambda: edit(RouteId(van.route_id), order, actor=OFFICE),
    )

    for result in ended.values():
        assert not isinstance(result, Exception) or isinstance(result, Unavailable), ended
    types, shipment = types_of(van), van.shop.get(van.ids[LAST][0])
    assert ("unassigned" in types) == (not isinstance(ended["b"], Exception))
    assert code_of(shipment) == (None if ended["a"] else "4711")


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_another_stop_leaves_the_plan_the_driver_reads_it(
    shared: Carrier, choices: tuple[int, ...]
) -> None:
    van = shared.round(4).started()
    edit = bootstrap.container().edit_route
    order = EditOrder((Remove(stop_id=StopId(van.stop_ids[3])),), Expected(None))

    ended = run(
        shared,
        choices,
        a=wishing(van),
        b=lambda: edit(RouteId(van.route_id), order, actor=OFFICE),
    )

    for result in ended.values():
        assert not isinstance(result, Exception) or isinstance(result, Unavailable), ended
    told = {
        shipment["id"]: code_of(shipment)
        for stop in van.seen()["stops"]
        for shipment in stop["shipments"]
    }
    assert told[van.ids[LAST][0]] == (None if ended["a"] else "4711")


@pytest.mark.parametrize("choices", SCHEDULES)
def test_another_day_while_the_driver_delivers(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(3).started()
    moved = moving(van)
    report = StopReport(StopId(van.stop_ids[LAST]), Step.DELIVER, "first", shared.clock.now())
    driver = Actor(Role.DRIVER, van.driver_id, driver_id=DriverId(van.driver_id), epoch=1)
    work = bootstrap.container().work_stop

    ended = run(shared, choices, a=moved, b=lambda: work(report, actor=driver))

    assert not isinstance(ended["b"], Exception), ended
    types, shipment = types_of(van), van.shop.get(van.ids[LAST][0])
    assert shipment["status"] == "delivered"
    if isinstance(ended["a"], TooLateToChange | Unavailable):
        assert not {"rescheduled", "unassigned"} & {*types}
    else:
        assert not isinstance(ended["a"], Exception), ended
        assert types.index("unassigned") < types.index("rescheduled") < types.index("delivered")


@pytest.mark.parametrize("choices", SCHEDULES)
def test_another_day_while_a_dispatcher_changes_the_plan(
    shared: Carrier, choices: tuple[int, ...]
) -> None:
    van = shared.round(4).started()
    moved = moving(van)
    edit = bootstrap.container().edit_route
    order = EditOrder((Remove(stop_id=StopId(van.stop_ids[3])),), Expected(None))

    ended = run(
        shared, choices, a=moved, b=lambda: edit(RouteId(van.route_id), order, actor=OFFICE)
    )

    for result in ended.values():
        assert not isinstance(result, Exception) or isinstance(result, Unavailable), ended
    seen = {each["id"] for stop in van.seen()["stops"] for each in stop["shipments"]}
    types = types_of(van)
    assert (van.ids[LAST][0] in seen) == isinstance(ended["a"], Unavailable)
    assert ("rescheduled" in types) == ("unassigned" in types) == (ended["a"] is None)
    assert (van.ids[3][0] in seen) == isinstance(ended["b"], Unavailable)
    assert {van.ids[0][0], van.ids[1][0]} <= seen
