"""The nearest stop: the stop that a van is at. The fix and the visit order decide it.

We try the stop under way first, then the next one. Another stop counts only when the van is clearly
at neither of them. So between doors of one house, or between neighbours, the visit order decides
and not the smaller distance. Otherwise the answer would flip with every fix.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.eta.arrival import target
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route

CLEAR: Final = 2.0
"""A van farther than this many radiuses from a door is clearly not at that stop."""
SURE: Final = 1.5
"""A van is at a stop when its distance and the fix's error together are within so many radiuses."""
PARKING_WITHIN_M: Final = 300.0
"""We look up the parking point of a door only when the van is this near."""
M_PER_LAT_DEG: Final = 111_190.0  # rounded down, so that the margin is never too small


def is_vague(fix: Fix, policy: Policy) -> bool:
    """Whether the fix is too inaccurate to say at which door the van is."""
    return (fix.accuracy_m or 0.0) > policy.arrival_radius_m


def is_sure(fix: Fix, way_m: float, policy: Policy) -> bool:
    """Whether the fix is accurate enough, so far from the door, to show the van there."""
    return way_m + (fix.accuracy_m or 0.0) <= SURE * policy.arrival_radius_m


def centre_of(door: Coordinates, model: TravelModel, policy: Policy) -> tuple[Coordinates, float]:
    """The centre and the radius of the circle in which a van is at the door."""
    return target(door, model.parking_point(door), policy.arrival_radius_m)


def stop_at(
    fix: Fix,
    first: Sequence[int],
    others: Iterable[int],
    *,
    route: Route,
    model: TravelModel,
    policy: Policy,
) -> int | None:
    """The index of the stop that the van is at with this fix; None between stops.

    ``first`` are the stop under way and those in turn. ``others`` are all that are not done.
    """
    radius_m = policy.arrival_radius_m
    clear_m = CLEAR * radius_m
    place = fix.coordinates
    doors: list[Coordinates] = []
    for i in first:
        door = route.stops[i].coordinates
        way_m = distance_m(place, door)
        if way_m <= PARKING_WITHIN_M:
            centre, within_m = centre_of(door, model, policy)
            off_m = distance_m(place, centre)
            is_clear = all(distance_m(place, other) > clear_m for other in doors)
            if off_m <= within_m and is_sure(fix, off_m, policy) and is_clear:
                return i
        if way_m <= clear_m:
            return None
        doors.append(door)
    margin_deg = radius_m / M_PER_LAT_DEG
    lat_deg = place.lat_deg
    for i in others:
        door = route.stops[i].coordinates
        if i in first or abs(door.lat_deg - lat_deg) > margin_deg:
            continue
        way_m = distance_m(place, door)
        if way_m <= radius_m and is_sure(fix, way_m, policy):
            return i
    return None
