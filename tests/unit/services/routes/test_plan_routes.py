"""A plan and its roads: asked once, believed where they can be, and never in the way."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.forecasts import Forecaster
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Manifest
from chalicelib.domain.errors import (
    AlreadyAssigned,
    ConcurrentUpdate,
    Invalid,
    NotPlannable,
    Unavailable,
)
from chalicelib.domain.eta.model import FactoryPrior
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.journal.changes import (
    Change,
    LiveChange,
    ManifestChange,
    PlanningClosed,
    RouteChange,
)
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Break, Route
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import counted
from chalicelib.services.routes.plan_routes import PlanRoute
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_assignment,
    make_driver,
    make_hub,
    make_route,
    make_shipment,
    minutes,
    north_of,
    seconds,
)
from tests.support.fakes.accounts import InMemoryHubs
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.ids import CountingIds
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.road_networks import InMemoryRoadNetwork
from tests.support.fakes.routes import InMemoryRoutes

STOPS = 3
DISPATCHER = Actor(Role.DISPATCHER, "key_1")


@dataclass
class Office:
    """A dispatcher with a driver, a hub and three shipments a kilometre apart."""

    roads: InMemoryRoadNetwork = field(default_factory=InMemoryRoadNetwork)
    fleet: InMemoryFleet = field(default_factory=InMemoryFleet)
    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)

    def __post_init__(self) -> None:
        self.journal = InMemoryJournal(routes=self.routes, fleet=self.fleet)
        self.shipments = self.journal.shipments
        self.hubs = InMemoryHubs()
        self.hubs.put(make_hub())
        self.journal.commit(LiveChange(Live(make_driver().id, version=1), None))
        for number in range(1, STOPS + 1):
            shipment = make_shipment(number)
            place = north_of(HELSINKI, 1_000.0 * number)
            address = replace(shipment.address, coordinates=place)
            self.shipments.shipments[shipment.id] = replace(shipment, address=address)
        self.drivers = self.journal.drivers
        self.drivers.put(make_driver())
        self.plan = PlanRoute(
            hubs=self.hubs,
            drivers=self.drivers,
            fleet=self.fleet,
            routes=self.routes,
            shipments=self.shipments,
            journal=self.journal,
            road_network=self.roads,
            clock=ManualClock(),
            ids=CountingIds(),
            forecasts=Forecaster(FactoryPrior()),
        )

    def order(self, *more: ShipmentId, breaks: Sequence[Break] = ()) -> Route:
        ids = (*self.shipments.shipments, *more)
        order = NewRoute(
            driver_id=make_driver().id,
            hub_id=make_hub().id,
            service_day=NOON.date(),
            starts_at=NOON,
            visits=tuple(PlannedVisit((shipment_id,)) for shipment_id in ids),
            breaks=tuple(breaks),
        )
        return self.plan(order, actor=DISPATCHER)


def test_the_road_network_is_asked_once_from_the_hub_on() -> None:
    office = Office()

    route = office.order()

    assert office.roads.asked == [route.places]
    assert route.places[0] == make_hub().coordinates
    assert [stop.road_s for stop in route.stops[1:]] == [100.0, 100.0]
    assert office.routes.get(route.id) == route


def test_the_plan_goes_by_what_the_road_network_said() -> None:
    def gap_s(way: Callable[[Coordinates, Coordinates], float | None]) -> float:
        first, second, _ = Office(InMemoryRoadNetwork(way)).order().stops
        assert first.planned is not None
        assert second.planned is not None
        return (second.planned.point - first.planned.point).total_seconds()

    assert gap_s(lambda *_: 1_000.0) > gap_s(lambda *_: 500.0) + 900


def test_where_it_knows_no_way_the_great_circle_is_taken() -> None:
    some = Office(InMemoryRoadNetwork(lambda a, _: None if a == make_hub().coordinates else 100.0))
    none = Office(InMemoryRoadNetwork(lambda *_: None))

    assert [stop.road_s for stop in some.order().stops] == [None, 100.0, 100.0]
    assert all(stop.planned is not None and stop.road_s is None for stop in none.order().stops)


@pytest.mark.usefixtures("nothing_counted_yet")
def test_without_an_answer_the_plan_is_made_all_the_same_and_somebody_can_know(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    fault = Unavailable(dependency="road network")
    fault.__cause__ = TimeoutError()
    office = Office(InMemoryRoadNetwork(faults=[fault]))
    without = Office(InMemoryRoadNetwork(lambda *_: None)).order()
    capsys.readouterr()

    with counted():
        route = office.order()

    assert len(office.roads.asked) == 1  # not asked again
    assert [stop.planned for stop in route.stops] == [stop.planned for stop in without.stops]
    assert office.routes.get(route.id) == route
    (log,) = caplog.records
    assert (log.levelname, log.message) == ("WARNING", "road network failed over")
    assert (vars(log)["route_id"], vars(log)["cause"]) == (route.id, "TimeoutError")
    written = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(written)["road_network_failovers"] == [1.0]


@pytest.mark.usefixtures("nothing_counted_yet")
def test_a_good_plan_counts_no_failover(capsys: pytest.CaptureFixture[str]) -> None:
    with counted():
        Office().order()

    assert "failover" not in capsys.readouterr().out


def test_nobody_is_asked_about_a_route_that_is_refused() -> None:
    office = Office()
    gone = office.shipments.shipments.popitem()[0]

    with pytest.raises(Invalid):
        office.order(gone)

    assert office.roads.asked == []


def test_a_shipment_that_cannot_be_planned_leaves_no_route() -> None:
    office = Office()
    first = next(iter(office.shipments.shipments.values()))
    office.shipments.shipments[first.id] = replace(first, status=Status.DELIVERED)

    with pytest.raises(NotPlannable):
        office.order()

    assert office.routes.routes == {}


def test_breaks_are_planned_in_their_order_and_put_off_what_comes_after() -> None:
    office = Office()
    lunch, tea = Break(NOON, NOON, 1_800), Break(NOON - minutes(30), NOON + minutes(90), 600)

    with_breaks, without = office.order(breaks=(lunch, tea)), Office().order()

    assert with_breaks.breaks == (tea, lunch)
    assert office.routes.get(with_breaks.id).breaks == (tea, lunch)
    planned = [
        (a.planned.point - b.planned.point).total_seconds() // 10 * 10
        for a, b in zip(with_breaks.stops, without.stops, strict=True)
        if a.planned is not None and b.planned is not None
    ]
    assert planned == [1_800, 2_400, 2_400]  # lunch must begin at noon, tea may wait


@pytest.mark.parametrize(
    ("rest", "pointer"),
    [
        (Break(NOON, NOON - seconds(1), 60), "/breaks/1/latest"),
        (Break(NOON, NOON, 0), "/breaks/1/duration_s"),
        (Break(NOON, NOON, 4 * 3_600 + 1), "/breaks/1/duration_s"),
        (Break(NOON - timedelta(days=1), NOON, 60), "/breaks/1/earliest"),
        (Break(NOON, NOON + timedelta(hours=24), 60), "/breaks/1/latest"),
        (Break(NOON - minutes(60), NOON - minutes(30), 60), "/breaks/1/latest"),
    ],
    ids=["inverted", "too short", "too long", "yesterday", "tomorrow", "before the start"],
)
def test_an_impossible_break_is_refused(rest: Break, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        Office().order(breaks=(Break(NOON, NOON, 60), rest))

    assert f"'{pointer}'" in str(refused.value.data)


def test_a_route_has_at_most_five_breaks() -> None:
    Office().order(breaks=[Break(NOON, NOON, 60)] * 5)

    with pytest.raises(Invalid):
        Office().order(breaks=[Break(NOON, NOON, 60)] * 6)


def test_a_manifest_of_what_was_claimed_is_written_with_the_plan() -> None:
    office = Office()
    last = list(office.shipments.shipments.values())[-1]
    office.shipments.shipments[last.id] = replace(last, status=Status.ATTEMPT_FAILED)

    route = office.order()

    sheet = office.routes.run_sheet(route.id, 1, NOON)
    assert sheet.manifest is not None
    assert [entry.shipment_id for entry in sheet.manifest.entries] == [
        shipment_id for stop in route.stops for shipment_id in stop.shipment_ids
    ]
    assert [entry.status for entry in sheet.manifest.entries] == [
        Status.CREATED,
        Status.CREATED,
        Status.ACCEPTED,
    ]


def test_what_a_planning_that_never_ended_has_claimed_is_free_and_stays_lost_to_it() -> None:
    office = Office()
    slow = [RouteId("rte_slow"), RouteId("rte_slow"), None]
    for shipment, route_id in zip(list(office.shipments.shipments.values()), slow, strict=True):
        claim = None if route_id is None else make_assignment(route_id=route_id)
        office.shipments.shipments[shipment.id] = replace(shipment, assignment=claim)

    route = office.order()

    late = make_route(1, id=RouteId("rte_slow"))
    manifest = Manifest(late.id, (), NOON)
    with pytest.raises(ConcurrentUpdate):
        office.journal.commit(RouteChange(late, None), ManifestChange(manifest, None))
    assert office.routes.get(route.id) == route
    assert {s.assignment.route_id for s in office.shipments.shipments.values() if s.assignment} == {
        route.id
    }


def test_a_shipment_of_a_route_that_is_open_is_not_taken_over() -> None:
    office = Office()
    first = office.order()

    with pytest.raises(AlreadyAssigned):
        office.order()

    assert list(office.routes.routes) == [first.id]


@dataclass
class Overtaken(InMemoryJournal):
    """Just before a route is written, another planning closes it; it may take its shipments too."""

    taken_by: RouteId | None = None

    def commit(self, *changes: Change) -> None:
        for change in changes:
            if isinstance(change, RouteChange) and change.expected_plan_version is None:
                self._overtake(change.after)
        super().commit(*changes)

    def _overtake(self, route: Route) -> None:
        super().commit(PlanningClosed(route.id, NOON))
        for key, shipment in self.shipments.shipments.items():
            if self.taken_by is not None:
                claim = make_assignment(route_id=self.taken_by)
                self.shipments.shipments[key] = replace(shipment, assignment=claim)


@pytest.mark.parametrize(
    ("taken_by", "refusal"), [(RouteId("rte_2"), AlreadyAssigned), (None, Unavailable)]
)
def test_a_planning_that_was_overtaken_writes_no_route(
    taken_by: RouteId | None, refusal: type[Exception]
) -> None:
    office = Office()
    journal = Overtaken(office.shipments, office.routes, office.fleet, taken_by=taken_by)
    office.plan = replace(office.plan, journal=journal)

    with pytest.raises(refusal):
        office.order()

    assert office.routes.routes == {}
