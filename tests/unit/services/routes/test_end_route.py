"""A route is ended by hand: what has no outcome is free, the driver too."""

import pytest

from chalicelib.domain.errors import NotFound, RouteOver, Unavailable
from chalicelib.domain.ids import RouteId
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from tests.support.depots import Depot, delivered_by
from tests.support.fakes.contested import cut_off, goes_well


def test_a_planned_route_is_cancelled_and_all_of_it_can_be_planned_again() -> None:
    depot = Depot()
    route = depot.plan(1, 2)
    depot.load(2)

    ended = depot.cancel(route.id)

    assert (ended.route.status, ended.freed) == (RouteStatus.CANCELLED, ("shp_0001", "shp_0002"))
    assert depot.live().planned == ()
    assert [depot.carrier.shipment(n).status for n in (1, 2)] == [Status.CREATED, Status.ACCEPTED]
    assert depot.carrier.told(1) == []
    depot.plan_of(1, 2, driver=2)
    with pytest.raises(RouteOver):
        depot.start(route)


def test_a_route_under_way_is_cancelled() -> None:
    depot = Depot()
    route = depot.started(1, 2, 3)
    depot.report(route.stops[0].id)

    ended = depot.cancel(route.id)

    assert ended.freed == ("shp_0002", "shp_0003")
    assert depot.carrier.told(2)[-1] is EventType.UNASSIGNED
    assert not depot.live().is_on_shift
    assert delivered_by(depot.route(route.id)) == ["shp_0001"]
    assert depot.carrier.shipment(1).status is Status.DELIVERED


def test_one_open_stop_no_longer_blocks_the_driver() -> None:
    depot = Depot()
    route = depot.started(1, 2)
    depot.report(route.stops[0].id, Step.FAIL)

    ended = depot.complete(route.id)

    assert (ended.route.status, ended.route.completed_at) == (RouteStatus.COMPLETED, depot.now)
    following = depot.plan_of(1, 2)
    depot.load(1, 2)
    depot.start(following)
    assert depot.live().route_id == following.id
    assert depot.carrier.shipment(1).status is Status.OUT_FOR_DELIVERY


def test_the_next_route_is_the_drivers_in_its_turn() -> None:
    depot = Depot()
    route, following = depot.plan(1), depot.plan(2)

    depot.cancel(route.id)

    assert depot.sheet().route.id == following.id


def test_a_repeat_is_harmless() -> None:
    depot = Depot()
    route = depot.started(1, 2)
    depot.complete(route.id)
    before = depot.carrier.told(1)

    again = depot.complete(route.id)

    assert (again.route, again.freed) == (depot.route(route.id), ())
    assert depot.carrier.told(1) == before


def test_what_was_cut_off_is_finished_by_the_repeat() -> None:
    depot = Depot()
    route = depot.started(1, 2)
    depot.carrier.journal.before = [goes_well, cut_off]
    with pytest.raises(Unavailable):
        depot.complete(route.id)
    assert depot.route(route.id).status is RouteStatus.ACTIVE

    depot.complete(route.id)

    assert depot.route(route.id).status is RouteStatus.COMPLETED
    assert depot.carrier.told(1).count(EventType.UNASSIGNED) == 1


def test_what_is_over_or_never_began_is_refused() -> None:
    depot = Depot()
    planned, done = depot.plan(1), depot.plan(2, driver=2)
    depot.cancel(done.id)

    with pytest.raises(RouteOver):
        depot.complete(planned.id)
    with pytest.raises(RouteOver):
        depot.complete(done.id)
    with pytest.raises(NotFound):
        depot.cancel(RouteId("rte_none"))
