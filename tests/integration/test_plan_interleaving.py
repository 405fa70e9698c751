"""Drivers report what plans have lost while the office works on these plans: no call comes first.

Whatever the order, what was handed over is delivered, and no other van drives there for it.
"""

import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import (
    AlreadyAssigned,
    IllegalTransition,
    Invalid,
    NotPlannable,
    OnRoute,
)
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.edits import Assign, Remove, Reorder
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.versions import Expected
from chalicelib.services.driving.ingest_positions import FixBatch
from chalicelib.services.routes.edit_route import EditOrder
from chalicelib.services.routes.move_stop import MoveOrder
from tests.support.builders import HELSINKI, north_of
from tests.support.carrier import Carrier, Round
from tests.support.depth import times
from tests.support.interleaving import Interleaving

ALL: Final = list(itertools.product((0, 1), repeat=10))
SCHEDULES: Final = random.Random(20_261_127).sample(ALL, times(quick=3, deep=200))
ANY: Final = Expected(None)
OFFICE: Final = Actor(Role.DISPATCHER, "key_1")


def run(carrier: Carrier, choices: tuple[int, ...], **works: Callable[[], Any]) -> dict[str, Any]:
    with Interleaving(choices).on(*carrier.clients()) as schedule:
        return schedule.run(**works)


def report(van: Round, stop_id: str, step: Step = Step.DELIVER) -> Callable[[], Any]:
    said = StopReport(StopId(stop_id), step, f"late-{stop_id}", van.carrier.clock.now())
    actor = Actor(Role.DRIVER, van.driver_id, driver_id=DriverId(van.driver_id), epoch=1)
    return lambda: bootstrap.container().work_stop(said, actor=actor)


def planned(carrier: Carrier, *shipment_ids: str) -> Route:
    """A route of another driver that has these by now."""
    order = NewRoute(
        driver_id=DriverId(carrier.driver()[0]),
        hub_id=HubId(carrier.hub_id),
        service_day=carrier.clock.now().date(),
        starts_at=carrier.clock.now(),
        visits=tuple(PlannedVisit((ShipmentId(each),)) for each in shipment_ids),
    )
    return bootstrap.container().plan_route(order, actor=OFFICE)


def taken_off(carrier: Carrier) -> tuple[Round, str, str]:
    """A van on the road, one of its stops, and the shipment that was taken off there."""
    van = carrier.round(2).started()
    order = EditOrder((Remove(StopId(van.stop_ids[1])),), ANY)
    bootstrap.container().edit_route(RouteId(van.route_id), order, actor=OFFICE)
    return van, van.stop_ids[1], van.ids[1][0]


def handed_over(van: Round) -> Callable[[], Any]:
    """Another driver takes the van over."""
    driver_id, _ = van.carrier.driver()
    order = EditOrder((Assign(DriverId(driver_id)),), ANY)
    edit = bootstrap.container().edit_route
    return lambda: edit(RouteId(van.route_id), order, actor=OFFICE)


def assert_one_driver(van: Round) -> None:
    """Plan, live states and shipments say the same, whatever came first."""
    adapters = bootstrap.container().adapters
    route = adapters.routes.get(RouteId(van.route_id))
    live, former = (
        adapters.fleet.live(route.driver_id),
        adapters.fleet.live(DriverId(van.driver_id)),
    )
    assert route.driver_id != van.driver_id
    assert (live.route_id, live.plan_version) == (route.id, route.plan_version)
    assert len(live.progress) == len(route.stops)
    assert former.ended_at is not None
    for (shipment_id,) in van.ids:
        events = van.shop.events(shipment_id)
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        shipment = adapters.shipments.get(ShipmentId(shipment_id))
        assert shipment.assignment is not None
        is_over = shipment.status is Status.DELIVERED
        assert is_over or shipment.assignment.driver_id == route.driver_id


def assert_one_truth(van: Round, shipment_id: str, other: Route) -> None:
    """It is delivered, its history has no gap, and no open plan has it."""
    events = van.shop.events(shipment_id)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert van.shop.get(shipment_id)["status"] == "delivered"
    stored = bootstrap.container().adapters.routes.get(other.id)
    listed = [key for stop in stored.stops for key in stop.shipment_ids]
    assert shipment_id not in listed or not stored.status.is_open
    live = bootstrap.container().adapters.fleet.live(other.driver_id)
    if stored.status is RouteStatus.ACTIVE:
        assert (live.route_id, live.plan_version) == (stored.id, stored.plan_version)
    assert (stored.id in live.planned) == (stored.status is RouteStatus.PLANNED)


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_the_route_that_has_it_by_now_is_edited(
    shared: Carrier, choices: tuple[int, ...]
) -> None:
    van, stop_id, gone = taken_off(shared)
    more = [van.shop.shipment(stop=i)["id"] for i in (3, 4)]
    other = planned(shared, gone, *more)
    order = EditOrder((Reorder(tuple(stop.id for stop in reversed(other.stops))),), ANY)
    edit = bootstrap.container().edit_route

    ended = run(
        shared,
        choices,
        a=report(van, stop_id),
        b=lambda: edit(other.id, order, actor=OFFICE),
    )

    assert not isinstance(ended["a"], Exception), ended
    assert not isinstance(ended["b"], Exception) or isinstance(ended["b"], Invalid), ended
    assert_one_truth(van, gone, other)


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_the_route_that_has_it_by_now_starts(
    shared: Carrier, choices: tuple[int, ...]
) -> None:
    van, stop_id, gone = taken_off(shared)
    more = van.shop.shipment(stop=3)
    other = planned(shared, gone, more["id"])
    token = shared.session(other.driver_id)
    codes = [parcel["barcode"] for parcel in more["parcels"]]
    scans = [
        {"action_id": f"scan-{i}", "barcode": code, "scanned_at": shared.clock.now().isoformat()}
        for i, code in enumerate(codes)
    ]
    assert shared.call("POST", "/v1/driver/scans", {"scans": scans}, token=token).status == 200
    start = bootstrap.container().start_route

    ended = run(shared, choices, a=report(van, stop_id), b=lambda: start(other.id, actor=OFFICE))

    assert not isinstance(ended["a"], Exception), ended
    assert not isinstance(ended["b"], Exception), ended
    assert_one_truth(van, gone, other)


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_it_is_moved_to_another_route(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(2).started()
    (gone,), stop_id = van.ids[1], van.stop_ids[1]
    other = planned(shared, van.shop.shipment(stop=3)["id"])
    source = bootstrap.container().adapters.routes.get(RouteId(van.route_id))
    order = MoveOrder(StopId(stop_id), source.plan_version, other.id, other.plan_version)
    move = bootstrap.container().move_stop

    ended = run(
        shared,
        choices,
        a=report(van, stop_id),
        b=lambda: move(source.id, order, actor=OFFICE),
    )

    assert not isinstance(ended["a"], Exception), ended
    assert not isinstance(ended["b"], Exception) or isinstance(ended["b"], Invalid), ended
    assert_one_truth(van, gone, other)


@pytest.mark.parametrize("choices", SCHEDULES)
def test_a_hand_over_while_the_driver_reports(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(2).started()

    ended = run(shared, choices, a=report(van, van.stop_ids[0]), b=handed_over(van))

    assert not isinstance(ended["a"], Exception), ended
    assert not isinstance(ended["b"], Exception), ended
    assert van.shop.get(van.ids[0][0])["status"] == "delivered"
    assert_one_driver(van)


@pytest.mark.parametrize("choices", SCHEDULES)
def test_a_hand_over_while_fixes_come(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(2).started()
    shared.clock.advance(timedelta(minutes=5))
    sent = Fix(shared.clock.now(), north_of(HELSINKI, -300.0), 8.0)
    batch = FixBatch(DriverId(van.driver_id), 1, (sent,))
    ingest = bootstrap.container().ingest_positions

    ended = run(shared, choices, a=lambda: ingest(batch), b=handed_over(van))

    assert not isinstance(ended["a"], Exception), ended
    assert not isinstance(ended["b"], Exception), ended
    assert_one_driver(van)
    live = bootstrap.container().adapters.fleet.live(DriverId(van.route()["driver_id"]))
    assert [fix.recorded_at for fix in live.recent] == [sent.recorded_at]
    assert len(van.track()) == 1


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_it_is_planned_again(shared: Carrier, choices: tuple[int, ...]) -> None:
    van, stop_id, gone = taken_off(shared)
    more = van.shop.shipment(stop=3)["id"]

    ended = run(shared, choices, a=report(van, stop_id), b=lambda: planned(shared, gone, more))

    assert not isinstance(ended["a"], Exception), ended
    if isinstance(ended["b"], Exception):
        assert isinstance(ended["b"], NotPlannable | AlreadyAssigned), ended
        assert van.shop.get(gone)["status"] == "delivered"
    else:
        assert_one_truth(van, gone, ended["b"])


@pytest.mark.parametrize("choices", SCHEDULES)
@pytest.mark.parametrize("how", ["retry", "return"])
def test_while_the_office_takes_it_back(
    shared: Carrier, choices: tuple[int, ...], how: str
) -> None:
    van = shared.round(1).started()
    (shipment_id,) = van.ids[0]
    assert van.work(0, "fail", van.action(reason="not_home")).status == 200
    retry, give_up = bootstrap.container().retry_shipment, bootstrap.container().return_shipment

    def take_back() -> Any:
        if how == "retry":
            return retry(ShipmentId(shipment_id), lambda shipment: shipment, actor=OFFICE)
        return give_up.begin(ShipmentId(shipment_id), reason=None, actor=OFFICE)

    ended = run(shared, choices, a=report(van, van.stop_ids[0]), b=take_back)

    assert not isinstance(ended["a"], Exception), ended
    assert not isinstance(ended["b"], Exception) or isinstance(
        ended["b"], IllegalTransition | OnRoute
    ), ended
    types = van.shop.event_types(shipment_id)
    is_kept = "superseded" in types
    status = van.shop.get(shipment_id)["status"]
    assert is_kept or "delivered" in types
    assert status == ("returning" if "returning" in types else "delivered"), types
