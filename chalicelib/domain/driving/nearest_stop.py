"""The nearest stop: the stop that a van is at, and since when. Fixes and visit order decide it.

We try the stop under way first, then the next one. Another stop counts only when the van is clearly
at neither of them. So between doors of one house, or between neighbours, the visit order decides
and not the smaller distance. Otherwise the answer would flip with every fix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.arrival import target
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route

CLEAR: Final = 2.0
"""A van farther than this many radiuses from a door is clearly not at that stop."""
PARKING_WITHIN_M: Final = 300.0
"""We look up the parking point of a door only when the van is this near."""
M_PER_LAT_DEG: Final = 111_190.0  # rounded down, so that the margin is never too small

NearestStop = tuple[int, datetime]
"""A stop's index, and since when the van has been there without leaving."""


def nearest_stop(
    live: Live, route: Route, passed: Sequence[Fix], *, model: TravelModel, policy: Policy
) -> NearestStop | None:
    """The stop that the van is at after the fixes it ``passed``; None between stops.

    ``passed`` is in device order. ``live`` is the state before these fixes.
    """
    before = None
    if live.nearest_stop is not None and live.near_since is not None:
        before = live.nearest_stop, live.near_since
    if not passed:
        return before
    circle = _circle(live, route, passed[-1].coordinates, model, policy)
    if circle is None:
        return None
    since = passed[-1].recorded_at
    for fix in reversed(passed):
        if not circle.holds(fix.coordinates):
            break
        since = fix.recorded_at
    else:
        if before is not None and before[0] == circle.stop_index:
            return before
    return circle.stop_index, since


@dataclass(frozen=True, slots=True)
class _Circle:
    """A van inside the circle is at the stop, if it is clearly away from the ``clear_of`` doors."""

    stop_index: int
    centre: Coordinates
    radius_m: float
    clear_of: tuple[Coordinates, ...]
    clear_m: float

    def holds(self, place: Coordinates) -> bool:
        return distance_m(place, self.centre) <= self.radius_m and all(
            distance_m(place, door) > self.clear_m for door in self.clear_of
        )


def _circle(
    live: Live, route: Route, place: Coordinates, model: TravelModel, policy: Policy
) -> _Circle | None:
    """The circle that a place is in: one of the first stops if possible, else any other stop's."""
    radius_m = policy.arrival_radius_m
    clear_m = CLEAR * radius_m
    expected = live.remaining()
    first = expected[: 1 if live.under_way is None else 2]
    doors: tuple[Coordinates, ...] = ()
    for i in first:
        door = route.stops[i].coordinates
        way_m = distance_m(place, door)
        if way_m <= PARKING_WITHIN_M:
            centre, within_m = target(door, model.parking_point(door), radius_m)
            circle = _Circle(i, centre, within_m, doors, clear_m)
            if circle.holds(place):
                return circle
        if way_m <= clear_m:
            return None
        doors = (*doors, door)
    margin_deg = radius_m / M_PER_LAT_DEG
    lat_deg = place.lat_deg
    for i in expected[len(first) :]:
        door = route.stops[i].coordinates
        if abs(door.lat_deg - lat_deg) <= margin_deg and distance_m(place, door) <= radius_m:
            return _Circle(i, door, radius_m, doors, clear_m)
    return None
