"""The movement of a van: from corner to corner, with red lights, and with a phone's errors."""

import bisect
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.geography import EARTH_RADIUS_M, Coordinates, distance_m
from local.demo.streets import Streets

SLOWEST_MPS: Final = 20 / 3.6
FASTEST_MPS: Final = 35 / 3.6
RED_LIGHT_EVERY_M: Final = 450.0
NOISE_M: Final = 4.0
"""Standard deviation of a phone's error, north and east."""
DRIFT: Final = 0.85
"""The share of the error that stays from one fix to the next. A phone's error changes slowly."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A drive: the corners, and when the van is at each (a wait is the same corner twice)."""

    times_s: Sequence[float]
    places: Sequence[Coordinates]

    @property
    def duration_s(self) -> float:
        return self.times_s[-1]

    def at(self, elapsed_s: float) -> tuple[Coordinates, float, float | None]:
        """The van's place, its speed in m/s, and its heading in degrees (None while it stands)."""
        index = min(max(bisect.bisect_right(self.times_s, elapsed_s), 1), len(self.times_s) - 1)
        start, end = self.places[index - 1], self.places[index]
        span_s = self.times_s[index] - self.times_s[index - 1]
        length_m = distance_m(start, end)
        if elapsed_s >= self.duration_s or span_s <= 0 or length_m == 0:
            return end, 0.0, None
        share = (elapsed_s - self.times_s[index - 1]) / span_s
        place = Coordinates(
            start.lat_deg + (end.lat_deg - start.lat_deg) * share,
            start.lon_deg + (end.lon_deg - start.lon_deg) * share,
        )
        return place, length_m / span_s, bearing_deg(start, end)


def leg(
    streets: Streets, start: int, end: int, chance: random.Random, *, jam_s: float = 0.0
) -> Leg:
    """The drive between two corners. The van stands for `jam_s` in the middle of it."""
    path = streets.path(start, end)
    pace_mps = chance.uniform(SLOWEST_MPS, FASTEST_MPS)
    clock_s, times_s, places = 0.0, [0.0], [streets.corners[path[0]]]

    def wait(seconds: float) -> None:
        times_s.append(times_s[-1] + seconds)
        places.append(places[-1])

    for index, (a, b) in enumerate(itertools.pairwise(path)):
        length_m = distance_m(streets.corners[a], streets.corners[b])
        clock_s = times_s[-1] + length_m / min(pace_mps * chance.uniform(0.85, 1.1), FASTEST_MPS)
        times_s.append(clock_s)
        places.append(streets.corners[b])
        if chance.random() < length_m / RED_LIGHT_EVERY_M:
            wait(chance.uniform(10, 35))
        if jam_s and index == len(path) // 2:
            wait(jam_s)
    if len(times_s) == 1:  # next door: the van only moves a little
        wait(5.0)
    return Leg(times_s, places)


def phone_errors(chance: random.Random) -> Iterator[tuple[float, float]]:
    """The errors of consecutive fixes, in metres east and north."""
    step_m = NOISE_M * math.sqrt(1 - DRIFT**2)
    east_m = north_m = 0.0
    while True:
        east_m = DRIFT * east_m + chance.gauss(0, step_m)
        north_m = DRIFT * north_m + chance.gauss(0, step_m)
        yield east_m, north_m


def moved(place: Coordinates, east_m: float, north_m: float) -> Coordinates:
    """A place some metres away (exact enough for metres, not for kilometres)."""
    lat_deg = place.lat_deg + math.degrees(north_m / EARTH_RADIUS_M)
    shrink = math.cos(math.radians(place.lat_deg))
    return Coordinates(lat_deg, place.lon_deg + math.degrees(east_m / EARTH_RADIUS_M / shrink))


def bearing_deg(start: Coordinates, end: Coordinates) -> float:
    """The direction from one place to a near one, clockwise from north.

    >>> round(bearing_deg(Coordinates(60.0, 25.0), Coordinates(60.0, 25.01)))
    90
    """
    east = (end.lon_deg - start.lon_deg) * math.cos(math.radians(start.lat_deg))
    return math.degrees(math.atan2(east, end.lat_deg - start.lat_deg)) % 360
