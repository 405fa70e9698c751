"""Edits, fixes, scans and reports in any order leave every parcel with one owner, on one stop."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.errors import DomainError, Unavailable
from chalicelib.domain.ids import RouteId, ShipmentId, StopId
from chalicelib.domain.routes.edits import Add, ChangeStop, Move, Operation, Remove, Reorder
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.custody import has_aboard
from chalicelib.domain.shipments.lifecycle import Step
from tests.support.builders import HELSINKI, minutes, north_of
from tests.support.depots import DRIVER, OTHER, Depot
from tests.support.depth import times

SHIPMENTS = 9
ON_ROUTE = 5
STEPS = 14


@dataclass
class History:
    """A day at a depot in which anything may happen next."""

    chance: Random
    depot: Depot = field(default_factory=lambda: Depot(apart_m=400.0))
    stop_ids: list[StopId] = field(default_factory=list)
    owners: dict[tuple[RouteId, int], StopId] = field(default_factory=dict)
    refusals: int = 0

    def begin(self) -> None:
        self.depot.ship(*range(1, SHIPMENTS + 1))
        self.depot.plan_of(*range(1, ON_ROUTE + 1))
        if self.chance.random() < 0.8:
            self.depot.load(*range(1, ON_ROUTE + 1))
            self.depot.start(next(iter(self.depot.carrier.routes.routes.values())))

    def route(self) -> Route:
        return self.chance.choice(list(self.depot.carrier.routes.routes.values()))

    def happens(self) -> None:
        """One thing, which may be refused. A fault is none of ours to make."""
        for route in self.depot.carrier.routes.routes.values():
            self.stop_ids += [stop.id for stop in route.stops if stop.id not in self.stop_ids]
        often = [self.edit, self.edit, self.edit, self.drive, self.report, self.report]
        rarely = [self.scan, self.plan, self.end, self.leave, self.take_back, self.move]
        rarely += [self.hand_over, self.hand_over, self.late]
        what: Callable[[], object] = self.chance.choice([*often, *rarely])
        try:
            what()
        except Unavailable:
            raise
        except DomainError:
            self.refusals += 1

    def edit(self) -> None:
        route, chance = self.route(), self.chance
        ids = [stop.id for stop in route.stops] or [StopId("stp_none")]
        live = self.depot.carrier.fleet.live(route.driver_id)
        ahead = [route.stops[i].id for i in live.remaining()] if live.route_id == route.id else ids
        new = ShipmentId(f"shp_{chance.randrange(1, SHIPMENTS + 1):04d}")
        operations: list[Operation] = [
            Remove(chance.choice(ids)),
            Add((new,), before=chance.choice([None, *ids])),
            Move(chance.choice(ids), chance.choice([None, *ids])),
            Reorder(tuple(chance.sample(ahead, k=len(ahead)))),
            ChangeStop(chance.choice(ids), service_time_s=300.0),
        ]
        self.depot.edit(route.id, chance.choice(operations))

    def drive(self) -> None:
        place = north_of(HELSINKI, 400.0 * self.chance.randrange(1, SHIPMENTS + 1))
        driver = self.chance.choice([1, 1, 2])
        for _ in range(3):
            self.depot.drive(place, after=minutes(2), driver=driver)

    def late(self) -> None:
        """A phone that had no network sends what it has saved."""
        place = north_of(HELSINKI, 400.0 * self.chance.randrange(1, SHIPMENTS + 1))
        first = self.depot.now - minutes(self.chance.randrange(2, 40))
        fixes = [Fix(first + minutes(i), place, 8.0) for i in range(3)]
        self.depot.send(*fixes, driver=self.chance.choice([1, 2]))

    def hand_over(self) -> None:
        self.depot.hand_over(self.route(), self.chance.choice([1, 2]))

    def report(self) -> None:
        step = self.chance.choice([Step.DELIVER, Step.DELIVER, Step.FAIL, Step.ARRIVE])
        ago = minutes(self.chance.randrange(0, 30))
        stop_id, actor = self.chance.choice(self.stop_ids), self.chance.choice([DRIVER, OTHER])
        self.depot.report(stop_id, step, at=self.depot.now - ago, actor=actor)

    def number(self) -> int:
        return self.chance.randrange(1, SHIPMENTS + 1)

    def scan(self) -> None:
        self.depot.load(self.number())

    def plan(self) -> None:
        self.depot.plan_of(*{self.number(), self.number()}, driver=2)

    def leave(self) -> None:
        """The other driver loads all of a route and leaves."""
        for route in self.depot.carrier.routes.routes.values():
            if route.driver_id == OTHER.driver_id and route.status is RouteStatus.PLANNED:
                numbers = [int(key.removeprefix("shp_")) for key in route.listed]
                self.depot.load(*numbers, actor=OTHER)
                self.depot.start(route, OTHER)

    def move(self) -> None:
        source, target = self.route(), self.route()
        ids = [stop.id for stop in source.stops] or [StopId("stp_none")]
        self.depot.move(source.id, self.chance.choice(ids), target.id)

    def take_back(self) -> None:
        self.chance.choice([self.depot.retry, self.depot.give_up])(self.number())

    def end(self) -> None:
        route = self.route()
        self.chance.choice([self.depot.cancel, self.depot.complete])(route.id)

    def holds(self) -> None:
        """What must be true at any time."""
        carrier = self.depot.carrier
        stops_of: dict[ShipmentId, list[tuple[RouteId, int, StopId]]] = {}
        for route in carrier.routes.routes.values():
            for stop in (*route.stops, *route.taken_off):
                owner = self.owners.setdefault((route.id, stop.number), stop.id)
                assert owner == stop.id, "a number is used again"
            assert len(set(route.numbers)) == len(route.stops)
            told = carrier.route_history.histories[route.id]
            assert sorted(told) == list(range(1, route.plan_version + 1)), "a gap in the events"
            if route.status.is_open:
                for stop in route.stops:
                    for key in stop.shipment_ids:
                        stops_of.setdefault(key, []).append((route.id, stop.number, stop.id))
                self._is_on_the_sheet(route)
        for number in range(1, SHIPMENTS + 1):
            shipment = carrier.shipment(number)
            assigned = shipment.assignment
            found = stops_of.get(shipment.id, [])
            assert len(found) <= 1, "on two stops at once"
            for place in found:
                assert assigned is not None
                assert (assigned.route_id, assigned.stop_number, assigned.stop_id) == place
            if assigned and carrier.routes.get(assigned.route_id).status.is_open:
                assert found
            history = carrier.shipments.histories[shipment.id]
            assert sorted(history) == list(range(1, shipment.seq + 1)), "a gap in the events"
            assert assigned or not has_aboard(shipment), "aboard a van that nobody knows"
        for driver in (1, 2):
            self._live_follows_the_plan(driver)
        self._each_van_has_one_driver()

    def _each_van_has_one_driver(self) -> None:
        routes = self.depot.carrier.routes.routes.values()
        driven = {(r.id, r.driver_id) for r in routes if r.status is RouteStatus.ACTIVE}
        lives = [self.depot.live(driver) for driver in (1, 2)]
        assert {(live.route_id, live.driver_id) for live in lives if live.is_on_shift} == driven

    def _is_on_the_sheet(self, route: Route) -> None:
        sheet = self.depot.carrier.routes.run_sheet(route.id, 1, self.depot.now)
        assert sheet.manifest is not None
        assert tuple(entry.shipment_id for entry in sheet.manifest.entries) == route.listed

    def _live_follows_the_plan(self, driver: int) -> None:
        live = self.depot.live(driver)
        if live.route_id is None:
            return
        route = self.depot.route(live.route_id)
        if route.driver_id != live.driver_id:
            assert not live.is_on_shift, "two drivers of one van"
            return
        assert live.plan_version == route.plan_version
        assert len(live.progress) == len(live.etas) == len(route.stops)
        assert [live.number_of(i) for i in range(len(route.stops))] == list(route.numbers)
        for i in live.remaining():
            if live.is_on_shift and live.progress[i].arrived_at is None:
                assert live.etas[i] is not None, "a stop ahead without an ETA"
        with suppress(DomainError):
            self.depot.sheet(OTHER if driver == 2 else DRIVER)


@settings(
    max_examples=times(quick=40, deep=2_000),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.randoms(use_true_random=False))
def test_any_history_leaves_each_parcel_with_one_owner(chance: Random) -> None:
    history = History(chance)
    history.begin()
    for _ in range(STEPS):
        history.happens()
        history.holds()
