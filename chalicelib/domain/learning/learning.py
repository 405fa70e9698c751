"""Learning: the lessons that follow from the departures of a route.

A departure ends a visit, and its arrival ended a leg. The ETAs that earlier departures told for the
stop can then be judged. Nothing is learnt before it has happened.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
"""One number of stops ahead per horizon bin. Its neighbours have the same errors, so skip them."""

ELSEWHERE_M: Final = 1_000.0
"""A van farther away than any geocoding error was not at the stop."""

DepartureKey = tuple[datetime, int]
"""The key of a departure within its route."""


@dataclass(frozen=True, slots=True)
class LearningMark:
    """A mark: how far the departures of a route have been learnt. It expires."""

    route_id: RouteId
    through: DepartureKey
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DepartureLessons:
    """The lessons of one departure; ``mark`` is the route's mark after them."""

    mark: LearningMark
    lessons: tuple[Lesson, ...]

    def is_after(self, marks: Mapping[RouteId, DepartureKey]) -> bool:
        """Whether it is not learnt yet. ``marks`` are the marks of all routes."""
        mark = marks.get(self.mark.route_id)
        return mark is None or self.mark.through > mark

    def pages(self) -> frozenset[int]:
        """All travel pages that these lessons read or change."""
        return frozenset().union(*(lesson.pages() for lesson in self.lessons))


def lessons_by_departure(
    route: Route, departures: Sequence[Departure], *, after: DepartureKey | None
) -> Iterator[DepartureLessons]:
    """The lessons of the departures after a mark (None: of all), in their order."""
    for i, departure in enumerate(departures):
        if after is None or departure.key > after:
            yield DepartureLessons(
                LearningMark(route.id, departure.key, departure.expires_at),
                tuple(_lessons(route, departure, departures[:i])),
            )


def _lessons(route: Route, departure: Departure, before: Sequence[Departure]) -> Iterator[Lesson]:
    index, arrived_at = _index(route, departure), departure.arrived_at
    if index is None or arrived_at is None or not before or _place(route, departure) is None:
        return
    if route.stints:  # each driver teaches by what that driver did
        route = replace(route, driver_id=departure.driver_id)
    stop = route.stops[index]
    yield from _leg(route, index, before[-1], arrived_at)
    for earlier in before:
        if earlier.told_at <= arrived_at:  # a report that came after the arrival told nothing
            yield from _range(stop, earlier, arrived_at)
    # An early driver waits: service begins when the window opens.
    opens_at = arrived_at if stop.window is None else max(arrived_at, stop.window.earliest)
    if opens_at < departure.left_at and not _may_hold_a_break(route, opens_at, departure.left_at):
        yield VisitLesson(visit(stop, route), opens_at, departure.left_at)
    if departure.stood_at is not None:
        yield ParkingLesson(stop.coordinates, departure.stood_at, departure.left_at)


def _index(route: Route, departure: Departure) -> int | None:
    """Where the stop is in the plan; None for the hub, and for a stop that the plan has lost."""
    number = departure.stop_number
    return None if number is None else route.indexes_by_number.get(number)


def _place(route: Route, departure: Departure) -> Coordinates | None:
    """The place that the van left; None when we are not sure that the van was there.

    Some drivers give up on a stop from far away, and some tap through a list. The plan may also
    have lost the stop.
    """
    index, stood_at = _index(route, departure), departure.stood_at
    if departure.stop_number is None:
        return route.hub_coordinates
    if index is None or departure.arrived_at is None:
        return None
    place = route.stops[index].coordinates
    is_elsewhere = stood_at is not None and distance_m(stood_at, place) > ELSEWHERE_M
    return None if is_elsewhere else place


def _leg(
    route: Route, index: int, previous: Departure, arrived_at: datetime
) -> Iterator[LegLesson]:
    came_from, left_at = _index(route, previous), previous.left_at
    place = _place(route, previous)
    if place is None or arrived_at < left_at or _may_hold_a_break(route, left_at, arrived_at):
        return
    stop = route.stops[index]
    is_planned = index == (0 if came_from is None else came_from + 1)
    leg = leg_to(stop, place, route, road_s=stop.road_s if is_planned else None)
    if leg.distance_m <= FASTEST_MPS * (arrived_at - left_at).total_seconds():
        yield LegLesson(leg, left_at, arrived_at)


def _may_hold_a_break(route: Route, since: datetime, until: datetime) -> bool:
    """Whether a planned break may lie in this time, or the van was handed over in it.

    Neither is driving, and nobody tells us when a break is taken.
    """
    if any(since <= stint.until <= until for stint in route.stints):
        return True
    return any(
        min(until, each.latest + timedelta(seconds=each.duration_s)) - max(since, each.earliest)
        >= timedelta(seconds=each.duration_s)
        for each in route.breaks
    )


def _range(stop: Stop, earlier: Departure, arrived_at: datetime) -> Iterator[RangeLesson]:
    told = earlier.etas[stop.number] if stop.number < len(earlier.etas) else None
    if told is None or (stop.window is not None and told.point <= stop.window.earliest):
        return  # the window set this ETA, not the model
    stops_ahead = _stops_ahead(told, earlier.etas, stop.number)
    if stops_ahead in JUDGED_AHEAD:
        yield RangeLesson(told, stops_ahead, earlier.told_at, arrived_at)


def _stops_ahead(told: Eta, etas: Sequence[Eta | None], number: int) -> int:
    """How many stops ahead the stop was, in the order of the ETAs told: 1 for the next stop."""
    return sum(
        eta is not None and (eta.point, i) <= (told.point, number) for i, eta in enumerate(etas)
    )
