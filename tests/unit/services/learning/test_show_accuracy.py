"""Figures of routes on fakes: what is read, and what is put together."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.errors import NotFound
from chalicelib.domain.eta.accuracy import Horizon
from chalicelib.domain.ids import DriverId, HubId, RouteId
from chalicelib.domain.journal.changes import DepartureAdded, RouteChange, TrackEntry
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.services.learning.show_accuracy import ShowAccuracy, pooled
from tests.support.builders import NOON, make_eta, make_fix, make_live, make_route, minutes
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.journal import InMemoryJournal
from tests.support.fakes.routes import InMemoryRoutes

DAY, HUB = date(2026, 11, 23), HubId("hub_1")


@dataclass
class Day:
    """A hub's day, route by route."""

    routes: InMemoryRoutes = field(default_factory=InMemoryRoutes)
    fleet: InMemoryFleet = field(default_factory=InMemoryFleet)
    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        self.journal = InMemoryJournal(routes=self.routes, fleet=self.fleet)

    def drive(self, number: int, *, arrives_min: list[float], told_min: float = 60) -> RouteId:
        """A driven route whose stops were all told, at the start, for one minute after noon."""
        route_id, driver_id = RouteId(f"rte_{number}"), DriverId(f"drv_{number}")
        stops = len(arrives_min)
        etas = tuple(make_eta(NOON + minutes(told_min)) for _ in range(stops))
        route = make_route(
            stops, id=route_id, driver_id=driver_id, status=RouteStatus.COMPLETED, started_at=NOON
        )
        self.journal.commit(RouteChange(route, None))
        places = [None, *range(stops)]
        for place, at_min in zip(places, [0.0, *arrives_min], strict=True):
            at = NOON + minutes(at_min)
            left = Departure(
                route_id=route_id,
                driver_id=driver_id,
                stop_number=place,
                left_at=at,
                told_at=at,
                expires_at=at + timedelta(days=60),
                arrived_at=None if place is None else at,
                etas=etas if place is None else (),
            )
            self.journal.commit(DepartureAdded(left))
        return route_id

    def tell(self, number: int, at_min: float, point_min: float, *, route: int) -> None:
        """A batch of that driver on that route comes in, and a new minute is told."""
        at = NOON + minutes(at_min)
        live = make_live(1, etas=(make_eta(NOON + minutes(point_min)),))
        batch = TrackEntry(
            driver_id=DriverId(f"drv_{number}"),
            route_id=RouteId(f"rte_{route}"),
            fixes=(make_fix(at),),
            live=live,
            told_at=at,
            expires_at=at + timedelta(days=60),
        )
        self.fleet.append_track(batch)

    @property
    def shown(self) -> ShowAccuracy:
        return ShowAccuracy(self.routes, self.fleet, self.clock, Policy())


@pytest.fixture
def day() -> Day:
    return Day()


def test_a_route_is_judged_by_its_own_track_and_departures(day: Day) -> None:
    route_id = day.drive(1, arrives_min=[70])
    day.tell(1, 30, 68, route=1)
    day.tell(1, 31, 99, route=2)

    accuracy = day.shown.of_route(route_id).accuracy

    assert accuracy[Horizon.AT_START].signed_error_s == -600
    assert accuracy[Horizon.MINUTES_30].signed_error_s == -120
    assert accuracy[Horizon.MINUTES_30].count == accuracy[Horizon.NEXT_STOP].count == 1


def test_misses_of_a_day_are_pooled_not_averaged(day: Day) -> None:
    day.drive(1, arrives_min=[60, 60, 60])
    day.drive(2, arrives_min=[100])

    page = day.shown.of_day(DAY, HUB, limit=10, position=None)

    together = pooled(page.data)[Horizon.AT_START]
    assert [each.accuracy[Horizon.AT_START].mean_s for each in page.data] == [0, 2400]
    assert (together.count, together.mean_s, together.covered) == (4, 600, 3)


def test_a_day_is_read_page_by_page(day: Day) -> None:
    for number in range(3):
        day.drive(number, arrives_min=[60])

    first = day.shown.of_day(DAY, HUB, limit=2, position=None)
    second = day.shown.of_day(DAY, HUB, limit=2, position=first.position)

    assert [each.route.id for each in (*first.data, *second.data)] == ["rte_0", "rte_1", "rte_2"]
    assert second.position is None


def test_of_a_route_that_has_not_started_there_is_nothing_to_say(day: Day) -> None:
    day.journal.commit(RouteChange(make_route(3), None))

    found = day.shown.of_route(RouteId("rte_1"))

    assert {each.count for each in found.accuracy.values()} == {0}
    assert (len(found.reached.arrivals), found.reached.unknown) == (0, ())


def test_a_started_route_without_departures_is_no_failure(day: Day) -> None:
    day.journal.commit(RouteChange(make_route(3, status=RouteStatus.ACTIVE), None))

    assert not day.shown.of_route(RouteId("rte_1")).reached.arrivals


def test_what_has_expired_is_not_judged_though_it_may_be_there_for_days(day: Day) -> None:
    route_id = day.drive(1, arrives_min=[70])
    day.tell(1, 30, 68, route=1)
    day.clock.go_on(timedelta(days=60, minutes=31))

    found = day.shown.of_route(route_id)

    assert not found.reached.arrivals
    assert {each.count for each in found.accuracy.values()} == {0}


def test_an_unknown_route_is_not_found(day: Day) -> None:
    with pytest.raises(NotFound):
        day.shown.of_route(RouteId("rte_9"))
