"""What the departures of a route teach, and from when on: nothing before it has happened.

A departure ends a visit, and its arrival ended a leg; what had been told of the stop with earlier
departures can then be judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.forecasts import leg_to, visit
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.learned.lessons import (
    LegLesson,
    Lesson,
    ParkingLesson,
    RangeLesson,
    VisitLesson,
)
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import RouteId
from chalicelib.domain.routes.routes import FASTEST_MPS, Route, Stop

JUDGED_AHEAD: Final = frozenset({1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192})
"""One for each bin of the horizon: neighbours of one route are wrong together and teach no more."""

ELSEWHERE_M: Final = 1_000.0
"""Who stands farther from an address than it may lie wrong on the map was not there."""

DepartureKey = tuple[datetime, int]
"""Of a departure within its route."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """How far the departures of a route have been learnt; the mark itself expires."""

    route_id: RouteId
    through: DepartureKey
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Teaching:
    """What one departure teaches; ``learnt`` is the mark once it has been learnt."""

    learnt: Learnt
    lessons: tuple[Lesson, ...]

    def is_after(self, marks: Mapping[RouteId, DepartureKey]) -> bool:
        """Whether it is not learnt yet, as the marks of all routes say."""
        mark = marks.get(self.learnt.route_id)
        return mark is None or self.learnt.through > mark

    def pages(self) -> frozenset[int]:
        """All pages that it takes."""
        return frozenset().union(*(lesson.pages() for lesson in self.lessons))


def teachings(
    route: Route, departures: Sequence[Departure], *, after: DepartureKey | None
) -> Iterator[Teaching]:
    """What the departures after a mark teach (None: all), in their order."""
    for i, departure in enumerate(departures):
        if after is None or departure.key > after:
            yield Teaching(
                Learnt(route.id, departure.key, departure.expires_at),
                tuple(_lessons(route, departure, departures[:i])),
            )


def _lessons(route: Route, departure: Departure, before: Sequence[Departure]) -> Iterator[Lesson]:
    index, arrived_at = departure.stop_index, departure.arrived_at
    if index is None or arrived_at is None or not before or _place(route, departure) is None:
        return
    stop = route.stops[index]
    yield from _leg(route, index, before[-1], arrived_at)
    for earlier in before:
        if earlier.told_at <= arrived_at:  # what an offline phone brings late foretold nothing
            yield from _range(stop, index, earlier, arrived_at)
    # An early driver waits: service begins when the window opens.
    opens_at = arrived_at if stop.window is None else max(arrived_at, stop.window.earliest)
    if opens_at < departure.left_at and not _may_hold_a_break(route, opens_at, departure.left_at):
        yield VisitLesson(visit(stop, route), opens_at, departure.left_at)
    if departure.stood_at is not None:
        yield ParkingLesson(stop.coordinates, departure.stood_at, departure.left_at)


def _place(route: Route, departure: Departure) -> Coordinates | None:
    """Where the van left from; None where nobody knows that it was there.

    Drivers give up on stops from afar, and some tap through a list; a plan may have lost a stop.
    """
    index, stood_at = departure.stop_index, departure.stood_at
    if index is None:
        return route.hub_coordinates
    if index >= len(route.stops) or departure.arrived_at is None:
        return None
    place = route.stops[index].coordinates
    is_elsewhere = stood_at is not None and distance_m(stood_at, place) > ELSEWHERE_M
    return None if is_elsewhere else place


def _leg(
    route: Route, index: int, previous: Departure, arrived_at: datetime
) -> Iterator[LegLesson]:
    came_from, left_at = previous.stop_index, previous.left_at
    place = _place(route, previous)
    if place is None or arrived_at < left_at or _may_hold_a_break(route, left_at, arrived_at):
        return
    stop = route.stops[index]
    is_planned = index == (0 if came_from is None else came_from + 1)
    leg = leg_to(stop, place, route, road_s=stop.road_s if is_planned else None)
    if leg.distance_m <= FASTEST_MPS * (arrived_at - left_at).total_seconds():
        yield LegLesson(leg, left_at, arrived_at)


def _may_hold_a_break(route: Route, since: datetime, until: datetime) -> bool:
    """Whether a break of the plan fits in: nobody says when one is taken, and it is no driving."""
    return any(
        min(until, rest.latest + timedelta(seconds=rest.duration_s)) - max(since, rest.earliest)
        >= timedelta(seconds=rest.duration_s)
        for rest in route.breaks
    )


def _range(
    stop: Stop, index: int, earlier: Departure, arrived_at: datetime
) -> Iterator[RangeLesson]:
    told = earlier.etas[index] if index < len(earlier.etas) else None
    if told is None or (stop.window is not None and told.point <= stop.window.earliest):
        return  # that ETA was the window's, not ours
    stops_ahead = _stops_ahead(told, earlier.etas, index)
    if stops_ahead in JUDGED_AHEAD:
        yield RangeLesson(told, stops_ahead, earlier.told_at, arrived_at)


def _stops_ahead(told: Eta, etas: Sequence[Eta | None], index: int) -> int:
    """1 for the stop that was to be next, in the order in which they were told."""
    return sum(
        eta is not None and (eta.point, i) <= (told.point, index) for i, eta in enumerate(etas)
    )
