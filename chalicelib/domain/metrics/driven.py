"""The driving of a route, as its facts are counted from it: departures, ways, and ETAs told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.jumps import teleports
from chalicelib.domain.eta.accuracy import Horizon
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import distance_m
from chalicelib.domain.ids import DriverId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route

STANDING_M: Final = 25.0
"""Fixes of a van that stands scatter. A step counts when the van is this far from the last place
that counted. Phones between houses are often off by as much."""
SHARP_M: Final = 100.0
"""Fixes of a worse accuracy add no way: they come from cell towers, and lie off the road."""


@dataclass(frozen=True, slots=True)
class Driven:
    """What is known of the driving: departures in their order, and metres by driver.

    ``arrivals`` are the times that ETAs are judged by, ``shown`` the ETAs as recipients read them
    at each horizon before.
    """

    departures: Sequence[Departure] = ()
    arrivals: Mapping[StopId, datetime] = field(default_factory=dict)
    shown: Mapping[StopId, Mapping[Horizon, Eta]] = field(default_factory=dict)
    distance_m: Mapping[DriverId, int] = field(default_factory=dict)

    def arrived_at(self, stop_number: int) -> datetime | None:
        """When the van first reached a stop; None when it did not, or nobody knows."""
        own = (each for each in self.departures if each.stop_number == stop_number)
        first = next(own, None)
        return None if first is None else first.arrived_at


def stints_of(route: Route, until: datetime) -> list[tuple[DriverId, Range]]:
    """Who drove the route when, in order. Empty before the start."""
    if route.started_at is None:
        return []
    found: list[tuple[DriverId, Range]] = []
    since = route.started_at
    for stint in route.stints:
        if stint.until > since:
            found.append((stint.driver_id, Range(since, stint.until)))
            since = stint.until
    return [*found, (route.driver_id, Range(since, max(since, until)))]


def way_m(fixes: Sequence[Fix], policy: Policy) -> float:
    """The length of the cleaned track in metres: straight lines, without jumps and scatter.

    ``fixes`` are in device order.
    """
    sharp = [fix for fix in fixes if (fix.accuracy_m or 0.0) <= SHARP_M]
    jumps = teleports(sharp, policy)
    total_m, last = 0.0, None
    for fix in sharp:
        if fix in jumps:
            continue
        if last is None:
            last = fix
            continue
        step_m = distance_m(last.coordinates, fix.coordinates)
        if step_m >= STANDING_M:
            total_m += step_m
            last = fix
    return total_m


def duty_of(departures: Sequence[Departure], driver_id: DriverId) -> timedelta:
    """From the first departure, or taking the van over, until the last one of this driver."""
    total = timedelta()
    for before, after in pairwise(departures):
        if after.driver_id == driver_id:
            total += max(after.left_at - before.left_at, timedelta())
    return total
