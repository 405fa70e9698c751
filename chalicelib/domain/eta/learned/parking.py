"""Parking points: where vans really stop for a door, as a running mean of confirmed stops.

A door is usually 10–40 m from where one can park. The offset is stored as two beliefs, in hundreds
of metres. They are kept and forgotten like all others.
"""

import math
from typing import Final

from chalicelib.domain.eta.learned.beliefs import Beliefs
from chalicelib.domain.eta.learned.dwell import address_key
from chalicelib.domain.eta.learned.places import KM_PER_DEGREE
from chalicelib.domain.eta.learned.priors import DWELL_TAUS, DwellKind
from chalicelib.domain.geography import MAX_LAT_DEG, Coordinates

UNIT_M: Final = 100.0
NOISE: Final = 0.01
"""Variance of one confirmed stop: 10 m standard deviation from the usual one, GPS included."""
FARTHEST: Final = 1.5
"""A place more than 150 m from the door is no parking point."""
KNOWN: Final = 0.0045
"""The point is known below this variance. Two confirmed stops are enough."""


def parking_point(beliefs: Beliefs, door: Coordinates) -> Coordinates | None:
    """The place where vans stop for this door; None until two visits agree on it."""
    north = beliefs.known.get(address_key(door, DwellKind.PARKING_NORTH))
    east = beliefs.known.get(address_key(door, DwellKind.PARKING_EAST))
    if north is None or east is None or max(north[1], east[1]) > KNOWN:
        return None
    return _moved(door, north[0] * UNIT_M, east[0] * UNIT_M)


def learn_parking(beliefs: Beliefs, door: Coordinates, stopped: Coordinates, at_s: float) -> None:
    """Learn where the van stood when a visit to this door was confirmed."""
    north, east = _offset_m(door, stopped)
    if math.hypot(north, east) > FARTHEST * UNIT_M:
        return
    for kind, seen in (
        (DwellKind.PARKING_NORTH, north / UNIT_M),
        (DwellKind.PARKING_EAST, east / UNIT_M),
    ):
        id_, tau = address_key(door, kind), DWELL_TAUS[kind]
        mean, variance, _ = beliefs.known.get(id_, (0.0, tau, at_s))
        total = variance + NOISE
        beliefs.absorb([(id_, 1.0, tau, 0.0, None)], seen - mean, total, at_s)


def _offset_m(door: Coordinates, stopped: Coordinates) -> tuple[float, float]:
    east_deg = (stopped.lon_deg - door.lon_deg + 180.0) % 360.0 - 180.0
    north_m = (stopped.lat_deg - door.lat_deg) * KM_PER_DEGREE * 1_000.0
    return north_m, east_deg * KM_PER_DEGREE * 1_000.0 * _shrink(door)


def _moved(door: Coordinates, north_m: float, east_m: float) -> Coordinates:
    lat_deg = door.lat_deg + north_m / KM_PER_DEGREE / 1_000.0
    lon_deg = door.lon_deg + east_m / KM_PER_DEGREE / 1_000.0 / _shrink(door)
    return Coordinates(
        max(-MAX_LAT_DEG, min(MAX_LAT_DEG, lat_deg)), (lon_deg + 180.0) % 360.0 - 180.0
    )


def _shrink(door: Coordinates) -> float:
    return max(0.01, math.cos(math.radians(door.lat_deg)))
