"""A stop goes from one route to another: both plans in one transaction, custody by scans."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import Invalid, Outdated, RouteOver
from chalicelib.domain.ids import RouteId, ShipmentId, StopId
from chalicelib.domain.journal.changes import LiveChange, RouteChange, ShipmentChange
from chalicelib.domain.routes.events import RouteEventType
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.custody import has_aboard
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.routes.move_stop import MoveOrder, MoveStop
from tests.support.builders import minutes
from tests.support.depots import DISPATCHER, OTHER, Depot, delivered_by


def two_vans_on_the_road() -> tuple[Depot, Route, Route]:
    """Three shipments with the first driver, two with the second."""
    depot = Depot()
    first = depot.started(1, 2, 3)
    second = depot.plan(4, 5, driver=2)
    depot.load(4, 5, actor=OTHER)
    second = depot.start(second, OTHER)
    depot.carrier.clock.go_on(minutes(1))
    return depot, first, second


def test_between_planned_routes_it_is_planned_on_the_other() -> None:
    depot = Depot()
    first, second = depot.plan(1, 2), depot.plan(3, 4, driver=2)

    depot.move(first.id, first.stops[0].id, second.id, before=second.stops[1].id)

    assert delivered_by(depot.route(first.id)) == ["shp_0002"]
    assert delivered_by(depot.route(second.id)) == ["shp_0003", "shp_0001", "shp_0004"]
    moved = depot.carrier.shipment(1)
    assert moved.is_on(second.id)
    assert moved.assignment is not None
    assert moved.assignment.driver_id == second.driver_id
    assert depot.carrier.told(1) == []
    for route_id in (first.id, second.id):
        route = depot.route(route_id)
        sheet = depot.carrier.routes.run_sheet(route_id, 1, depot.now)
        assert sheet.manifest is not None
        assert tuple(entry.shipment_id for entry in sheet.manifest.entries) == route.listed


def test_what_is_aboard_boards_the_other_van_only_when_it_is_scanned_there() -> None:
    depot, first, second = two_vans_on_the_road()
    depot.carrier.journal.tried.clear()

    done = depot.move(first.id, first.stops[1].id, second.id)

    ((*changes,), *_) = depot.carrier.journal.tried
    kinds = [type(change) for change in changes]
    assert (kinds.count(RouteChange), kinds.count(LiveChange)) == (2, 2)
    assert ShipmentChange in kinds
    assert done.to_scan == ("shp_0002",)
    moved = depot.carrier.shipment(2)
    assert (moved.status, has_aboard(moved), moved.promise) == (Status.ACCEPTED, False, None)
    assert depot.carrier.told(2)[-1] is EventType.UNASSIGNED
    assert depot.live(1).remaining() == [0, 1]
    assert depot.live(2).remaining() == [0, 1]

    depot.load(2, actor=OTHER)

    assert depot.carrier.shipment(2).status is Status.OUT_FOR_DELIVERY
    assert depot.live(2).remaining() == [0, 1, 2]
    events = depot.carrier.news(2)
    assert [event.seq for event in events] == list(range(2, depot.carrier.shipment(2).seq + 1))


def test_a_late_delivery_by_the_first_driver_counts_until_the_other_has_it_aboard() -> None:
    depot, first, second = two_vans_on_the_road()
    stop_id = first.stops[1].id
    depot.move(first.id, stop_id, second.id)

    depot.report(stop_id)

    assert depot.carrier.shipment(2).status is Status.DELIVERED
    assert delivered_by(depot.route(second.id)) == ["shp_0004", "shp_0005"]


def test_both_histories_name_the_route_at_the_other_end() -> None:
    depot, first, second = two_vans_on_the_road()

    depot.move(first.id, first.stops[1].id, second.id)

    for route_id, other_id, word in (
        (first.id, second.id, "removed"),
        (second.id, first.id, "added"),
    ):
        (*_, event) = depot.carrier.route_history.histories[route_id].values()
        assert event.type is RouteEventType.CHANGED
        assert event.data["changes"] == ["move_to_route"]
        assert event.data["other_route_id"] == other_id
        assert event.data[word] == ["shp_0002"]


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    depot, first, second = two_vans_on_the_road()
    before = (depot.route(first.id), depot.route(second.id), depot.carrier.shipment(2))
    depot.carrier.journal.tried.clear()

    said = depot.move(first.id, first.stops[1].id, second.id, is_dry_run=True)

    assert (depot.route(first.id), depot.route(second.id), depot.carrier.shipment(2)) == before
    assert depot.carrier.journal.tried == []
    done = depot.move(first.id, first.stops[1].id, second.id)
    assert [e.eta_after for e in said.source.stops] == [e.eta_after for e in done.source.stops]
    assert [e.eta_after for e in said.target.stops] == [e.eta_after for e in done.target.stops]
    assert said.source.told == done.source.told


def test_a_move_between_older_plans_is_refused() -> None:
    depot, first, second = two_vans_on_the_road()
    order = MoveOrder(first.stops[1].id, first.plan_version, second.id, second.plan_version)
    move = depot.carrier.use(MoveStop)
    for stale in (replace(order, plan_version=1), replace(order, to_plan_version=1)):
        with pytest.raises(Outdated):
            move(first.id, stale, actor=DISPATCHER)

    move(first.id, order, actor=DISPATCHER)

    with pytest.raises(Outdated):
        move(first.id, order, actor=DISPATCHER)


def refused(depot: Depot, source: RouteId, stop_id: StopId, target: RouteId, **more: Any) -> Any:
    with pytest.raises(Invalid) as refusal:
        depot.move(source, stop_id, target, **more)
    errors: Any = refusal.value.data["errors"]
    return errors[0]["pointer"], errors[0]["code"]


def test_what_makes_no_sense_is_pointed_at() -> None:
    depot, first, second = two_vans_on_the_road()
    stop_id, unknown = first.stops[1].id, StopId("stp_none")
    depot.report(first.stops[0].id, Step.ARRIVE)

    assert refused(depot, first.id, unknown, second.id) == ("/stop_id", "unknown_stop")
    assert refused(depot, first.id, first.stops[0].id, second.id) == ("/stop_id", "stop_reached")
    assert refused(depot, first.id, stop_id, first.id) == ("/to_route_id", "same_route")
    wrong = refused(depot, first.id, stop_id, second.id, before=unknown)
    assert wrong == ("/before", "unknown_stop")
    other = (ShipmentId("shp_0003"),)
    wrong = refused(depot, first.id, stop_id, second.id, shipment_ids=other)
    assert wrong == ("/shipment_ids/0", "unknown_shipment")
    depot.complete(second.id)
    with pytest.raises(RouteOver):
        depot.move(first.id, stop_id, second.id)
