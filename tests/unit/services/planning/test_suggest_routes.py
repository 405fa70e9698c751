"""Suggestions: what may go on a van, in which order, when, and why something may not."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.optimizers.built_in import BuiltIn
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.forecasts import Forecaster
from chalicelib.domain.errors import (
    AlreadyAssigned,
    Deactivated,
    Invalid,
    NotFound,
    NotPlannable,
    RouteOver,
    RouteUnderWay,
    Unavailable,
)
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.ids import HubId, RouteId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.planning.problems import Unsuited
from chalicelib.domain.planning.suggestions import (
    AskedVan,
    Failover,
    Optimizer,
    Question,
    Suggestion,
    Unplaceable,
)
from chalicelib.domain.routes.new_routes import PlannedVisit
from chalicelib.domain.routes.routes import Break, Route, RouteStatus
from chalicelib.domain.shipments.addresses import Placement
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.planning.suggest_routes import SuggestRoutes
from tests.support.builders import (
    HUB_PLACE,
    NOON,
    make_assignment,
    make_driver,
    make_hub,
    make_route,
    make_shipment,
    minutes,
    north_of,
)
from tests.support.fakes.accounts import InMemoryHubs
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.ids import CountingIds
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.optimizers import InMemoryOptimizer
from tests.support.fakes.road_networks import InMemoryRoadNetwork
from tests.support.fakes.routes import InMemoryRoutes

DISPATCHER = Actor(Role.DISPATCHER, "key_1")
DAY = NOON.date()


@dataclass
class Board:
    """A hub and shipments north of it, by kilometres."""

    optimizer: Any = field(default_factory=BuiltIn)
    roads: InMemoryRoadNetwork = field(default_factory=lambda: InMemoryRoadNetwork(lambda *_: None))
    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)

    def __post_init__(self) -> None:
        self.journal = InMemoryJournal(routes=self.routes)
        self.shipments = self.journal.shipments
        self.drivers = self.journal.drivers
        self.drivers.put(make_driver())
        self.hubs = InMemoryHubs()
        self.hubs.put(make_hub())
        self.suggest = SuggestRoutes(
            hubs=self.hubs,
            drivers=self.drivers,
            routes=self.routes,
            shipments=self.shipments,
            road_network=self.roads,
            forecasts=Forecaster(FactoryPrior()),
            optimizer=self.optimizer,
            standby=BuiltIn(),
            clock=ManualClock(),
            ids=CountingIds(),
        )

    def ship(self, number: int, km: float, **changes: Any) -> ShipmentId:
        shipment = make_shipment(number)
        address = replace(shipment.address, coordinates=north_of(HUB_PLACE, 1_000.0 * km))
        made = replace(shipment, **({"address": address} | changes))
        self.shipments.shipments[made.id] = made
        return made.id

    def put(self, route: Route) -> None:
        self.routes.routes[route.id] = route

    def ask(self, *vans: AskedVan, **question: Any) -> Suggestion:
        asked = Question(make_hub().id, DAY, vans or (van(),), **question)
        return self.suggest(asked, actor=DISPATCHER)


def van(*visits: ShipmentId, **changes: Any) -> AskedVan:
    planned = tuple(PlannedVisit((each,)) for each in visits)
    asked: dict[str, Any] = {"starts_at": NOON, "visits": planned} | changes
    return AskedVan(**asked)


def order(suggestion: Suggestion, index: int = 0) -> list[str]:
    return [stop.stop.shipment_ids[0] for stop in suggestion.routes[index].stops]


def test_the_stops_of_a_van_are_put_in_order_with_arrivals_before_and_after() -> None:
    board = Board()
    far, near, middle = (board.ship(i, km) for i, km in enumerate((9.0, 1.0, 5.0), 1))

    found = board.ask(van(far, near, middle))

    assert order(found) in ([near, middle, far], [far, middle, near])
    assert found.after.duration_s < found.before.duration_s
    assert found.after.distance_m == pytest.approx(18_000, rel=0.01)
    assert found.before.distance_m == pytest.approx(9_000 + 8_000 + 4_000 + 5_000, rel=0.01)
    etas = [stop.planned for stop in found.routes[0].stops]
    assert all(eta.earliest <= eta.point <= eta.latest for eta in etas)
    assert etas == sorted(etas, key=lambda eta: eta.point)
    assert found.routes[0].back_at > etas[-1].point
    assert found.optimizer is Optimizer.BUILT_IN
    assert found.failover is None


def test_keeping_the_order_only_tells_the_times() -> None:
    board = Board(optimizer=InMemoryOptimizer())
    ids = [board.ship(i, km) for i, km in enumerate((9.0, 1.0, 5.0), 1)]

    found = board.ask(van(*ids), keeps_order=True)

    assert order(found) == ids
    assert found.before == found.after
    assert found.optimizer is None
    assert board.optimizer.asked == []


def test_an_order_that_is_no_better_by_the_roads_is_not_suggested() -> None:
    """The in-memory optimizer turns each order round."""
    board = Board(optimizer=InMemoryOptimizer())
    ids = [board.ship(i, km) for i, km in enumerate((1.0, 2.0, 3.0), 1)]
    board.roads.way = lambda a, b: 60.0 if b.lat_deg > a.lat_deg else 900.0

    found = board.ask(van(*ids))

    assert order(found) == ids
    assert len(board.roads.asked) == 1  # both orders in one question


def test_shipments_of_nobody_go_on_the_vans_that_have_time_for_them() -> None:
    board = Board()
    ids = [board.ship(i, km) for i, km in enumerate((1.0, 2.0, 3.0, -1.0, -2.0, -3.0), 1)]
    ends_at = NOON + minutes(60)

    found = board.ask(van(ends_at=ends_at), van(ends_at=ends_at), shipment_ids=tuple(ids))

    assert sorted([*order(found), *order(found, 1)]) == sorted(ids)
    assert found.unplaced == ()
    assert not any(route.is_over_time for route in found.routes)
    assert found.before.stops == 0
    assert found.after.stops == len(ids)


def test_shipments_of_one_door_are_one_stop_and_their_window_is_kept() -> None:
    board = Board()
    window = Range(NOON + minutes(120), NOON + minutes(150))
    one, other = board.ship(1, 1.0, window=window), board.ship(2, 1.0)

    found = board.ask(shipment_ids=(one, other))

    (stop,) = found.routes[0].stops
    assert stop.stop.shipment_ids == (one, other)
    assert stop.planned.point == window.earliest  # it waits
    assert not stop.breaks_window
    assert found.after.waiting_s > 3_600


def test_a_window_that_breaks_is_marked_and_counted() -> None:
    board = Board()
    late = board.ship(1, 5.0, window=Range(NOON, NOON + minutes(5)))
    tight = board.ship(2, 1.0, window=Range(NOON, NOON + minutes(9)))

    found = board.ask(van(late, tight))

    by_id = {stop.stop.shipment_ids[0]: stop for stop in found.routes[0].stops}
    assert by_id[late].breaks_window
    assert not by_id[tight].breaks_window
    assert by_id[tight].may_break_window
    assert found.after.broken_windows == 1
    assert found.before.broken_windows == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"window": Range(NOON, NOON + minutes(1))}, Unplaceable.WINDOW_OUT_OF_REACH),
        ({"window": Range(NOON + minutes(300), NOON + minutes(330))}, Unplaceable.NO_TIME_LEFT),
        ({"service_day": DAY + timedelta(days=1)}, Unplaceable.ANOTHER_DAY),
        ({"status": Status.DELIVERED}, Unplaceable.NOT_PLANNABLE),
        ({"assignment": make_assignment()}, Unplaceable.ALREADY_ASSIGNED),
    ],
    ids=lambda each: getattr(each, "value", ""),
)
def test_what_cannot_be_on_a_route_is_named_with_its_reason(
    changes: dict[str, Any], reason: Unplaceable
) -> None:
    board = Board()
    board.put(make_route())
    good, bad = board.ship(1, 1.0), board.ship(2, 2.0, **changes)

    found = board.ask(van(ends_at=NOON + minutes(90)), shipment_ids=(good, bad))

    assert order(found) == [good]
    assert [(each.shipment_id, each.reason) for each in found.unplaced] == [(bad, reason)]


def test_an_address_that_nobody_has_placed_is_named() -> None:
    board = Board()
    rough = board.ship(1, 1.0)
    shipment = board.shipments.shipments[rough]
    address = replace(shipment.address, placement=Placement.ROUGH)
    board.shipments.shipments[rough] = replace(shipment, address=address)

    found = board.ask(shipment_ids=(rough,))

    assert [each.reason for each in found.unplaced] == [Unplaceable.NEEDS_PLACING]


def test_a_route_that_was_never_written_holds_nothing() -> None:
    board = Board()
    shipment_id = board.ship(1, 1.0, assignment=make_assignment(route_id=RouteId("rte_gone")))

    assert order(board.ask(shipment_ids=(shipment_id,))) == [shipment_id]


def test_all_of_the_day_means_those_of_no_other_day_and_of_no_nearer_hub() -> None:
    board = Board()
    north = make_hub(2)
    board.hubs.put(replace(north, coordinates=north_of(HUB_PLACE, 20_000.0)))
    today = board.ship(1, 1.0, service_day=DAY)
    any_day = board.ship(2, 2.0)
    board.ship(3, 3.0, service_day=DAY + timedelta(days=1))
    board.ship(4, 15.0)

    found = board.ask(shipment_ids=None)

    assert sorted(order(found)) == sorted([today, any_day])
    assert found.unplaced == ()


def test_a_planned_route_keeps_its_stops_and_gets_more() -> None:
    board = Board()
    route = make_route(2, hub_coordinates=HUB_PLACE, starts_at=NOON)
    board.put(route)
    more = board.ship(7, 1.0)

    found = board.ask(AskedVan(route_id=route.id), shipment_ids=(more,))

    (suggested,) = found.routes
    assert suggested.route_id == route.id
    assert suggested.driver_id == route.driver_id
    ids = {stop.stop_id for stop in suggested.stops}
    assert ids == {*(stop.id for stop in route.stops), None}
    assert suggested.before.stops == 2
    assert suggested.after.stops == 3
    numbers = [stop.stop.number for stop in suggested.stops]
    assert len(set(numbers)) == 3


def test_breaks_are_honoured() -> None:
    board = Board()
    ids = [board.ship(i, i) for i in range(1, 4)]
    rest = Break(NOON + minutes(5), NOON + minutes(20), 1_800)

    with_break = board.ask(van(*ids, breaks=(rest,)))
    without = board.ask(van(*ids))

    assert with_break.after.break_s == 1_800
    assert with_break.after.duration_s == pytest.approx(without.after.duration_s + 1_800)


@pytest.mark.parametrize(
    ("fault", "failover"),
    [
        (Unavailable(dependency="vroom"), Failover.UNAVAILABLE),
        (Unsuited("Too many."), Failover.UNSUITED),
    ],
)
def test_where_the_optimizer_fails_the_built_in_one_answers_and_it_is_said(
    fault: Exception, failover: Failover
) -> None:
    optimizer = InMemoryOptimizer(name=Optimizer.VROOM, faults=[fault])
    board = Board(optimizer=optimizer)
    ids = [board.ship(i, km) for i, km in enumerate((9.0, 1.0), 1)]

    found = board.ask(van(*ids))

    assert found.optimizer is Optimizer.BUILT_IN
    assert found.failover is failover
    assert board.ask(van(*ids)).optimizer is Optimizer.VROOM


def test_a_road_network_that_fails_costs_no_suggestion() -> None:
    board = Board()
    board.roads.faults.append(Unavailable(dependency="road network"))
    shipment_id = board.ship(1, 1.0)

    assert order(board.ask(van(shipment_id))) == [shipment_id]


def test_nothing_at_all_is_an_empty_suggestion() -> None:
    found = Board().ask(van(), shipment_ids=None)

    assert found.routes[0].stops == ()
    assert found.after.duration_s == 0


def refusal(board: Board, *vans: AskedVan, **question: Any) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        board.ask(*vans, **question)
    errors: Any = refused.value.data["errors"]
    (error,) = errors
    return error["pointer"], error["code"]


def test_bad_questions_are_refused_where_they_are_wrong() -> None:
    board = Board()
    one = board.ship(1, 1.0)
    unknown = ShipmentId("shp_unknown")
    route = make_route(1)
    board.put(route)
    by_route = AskedVan(route_id=route.id)

    assert refusal(board, van(unknown)) == ("/vans/0/stops/0/shipment_ids/0", "unknown_shipment")
    assert refusal(board, van(one), van(one))[1] == "repeated_shipment"
    assert refusal(board, van(one), shipment_ids=(one,)) == ("/shipment_ids/0", "repeated_shipment")
    assert refusal(board, shipment_ids=(unknown,)) == ("/shipment_ids/0", "unknown_shipment")
    assert refusal(board, by_route, by_route) == ("/vans/1/route_id", "repeated_route")
    assert refusal(board, van(starts_at=None)) == ("/vans/0/starts_at", "missing")
    assert refusal(board, van(ends_at=NOON)) == ("/vans/0/ends_at", "invalid_range")
    assert refusal(board, van(starts_at=NOON + timedelta(days=3)))[0] == "/vans/0/starts_at"
    rest = Break(NOON, NOON - minutes(1), 60)
    assert refusal(board, van(breaks=(rest,)))[0] == "/vans/0/breaks/0/latest"


def test_more_stops_than_can_be_thought_through_are_refused() -> None:
    board = Board()
    ids = tuple(board.ship(i, i / 10) for i in range(1, 252))

    assert refusal(board, shipment_ids=ids) == ("/shipment_ids", "too_many")
    for i in range(252, 502):
        board.ship(i, i / 10)
    assert refusal(board, shipment_ids=None) == ("/shipment_ids", "too_many")


def test_what_a_plan_would_refuse_a_suggestion_refuses_as_well() -> None:
    board = Board()
    taken = board.ship(1, 1.0, assignment=make_assignment())
    gone = board.ship(2, 2.0, status=Status.DELIVERED)
    board.put(make_route())

    with pytest.raises(AlreadyAssigned):
        board.ask(van(taken))
    with pytest.raises(NotPlannable):
        board.ask(van(gone))
    for status, error in ((RouteStatus.ACTIVE, RouteUnderWay), (RouteStatus.CANCELLED, RouteOver)):
        board.put(make_route(status=status))
        with pytest.raises(error):
            board.ask(AskedVan(route_id=make_route().id))
    board.put(make_route(service_day=DAY + timedelta(days=1)))
    assert refusal(board, AskedVan(route_id=make_route().id)) == ("/vans/0/route_id", "another_day")
    with pytest.raises(NotFound):
        board.suggest(Question(HubId("hub_none"), DAY, (van(),)), actor=DISPATCHER)
    board.hubs.put(replace(make_hub(), deactivated_at=NOON))
    with pytest.raises(Deactivated):
        board.ask(van())
