"""The grid cells of a place, and hashes of pairs of cells, six of them in one calculation.

A leg has nine keys. Each is a hash of two to five numbers, and most of these numbers are shared. A
wide integer holds six hashes side by side, 128 bits apart, so one multiplication adds a number to
all six. The results equal those of ``fingerprint``, in a fifth of the time. A new plan of 150 stops
spends most of its time on this.
"""

import math
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.domain.eta.learned.places import FACTOR, SHIFT, area_page, grid_km, pairs_page
from chalicelib.domain.geography import Coordinates

PAIR_KM: Final = 1.5
FINE_PER_KM: Final = 1.8
FINEST_PER_KM: Final = 4
PART: Final = 0xFFFFFFFF
"""Numbers are hashed modulo 2³², because south and west are negative."""

LANE: Final = 128
LANES: Final = 6
EACH: Final = sum(1 << LANE * i for i in range(LANES))
LOW: Final = EACH * 0xFFFFFFFFFFFFFFFF
ENDS: Final = 1 | 1 << 5 * LANE
"""The lanes of the two ends of a leg; between them are those of its pairs."""


class Cells(NamedTuple):
    """A place on the grid: its position, its pages, and its cells as numbers to be hashed.

    ``north`` and ``east`` number its cell of one kilometre. ``pair_north`` and ``pair_east`` hold
    four cells in the lanes of the pairs: 1.5 km, 560 m, 560 m shifted by half a cell, and 250 m.
    """

    north_km: float
    east_km: float
    area: int
    pairs: int
    north: int
    east: int
    pair_north: int
    pair_east: int


@lru_cache(maxsize=4_096)
def cells_of(lat_deg: float, lon_deg: float) -> Cells:
    """The cells of a place. They are cached because each stop ends one leg and begins the next."""
    north_km, east_km = grid_km(Coordinates(lat_deg, lon_deg))
    return Cells(
        north_km,
        east_km,
        area_page(north_km, east_km),
        pairs_page(north_km, east_km),
        math.floor(north_km) & PART,
        math.floor(east_km) & PART,
        _pair_lanes(north_km),
        _pair_lanes(east_km),
    )


def hashes(
    origin: Cells, destination: Cells, sector: int, reach: int, *, over: bool
) -> tuple[int, ...]:
    """The hashes of a leg, sixteen bits each.

    In order: origin, destination, origin with bearing, destination with bearing, the four pairs
    of cells from the coarsest on, and the number that selects the page of the pairs. ``over`` gives
    other hashes for legs with a road network's seconds, because their keys mean something else.
    """
    lanes = _mixed(EACH, origin.north | origin.pair_north | destination.north << 5 * LANE)
    ends = lanes = _mixed(lanes, origin.east | origin.pair_east | destination.east << 5 * LANE)
    lanes = _mixed(lanes, destination.pair_north | (sector >> 1) * ENDS)
    lanes = _mixed(lanes, destination.pair_east | reach * ENDS)
    spread = lanes >> LANE + 36 & 0xFFFF
    if over:
        ends, lanes = _mixed(ends, EACH), _mixed(lanes, EACH)
    ends, lanes = ends >> 20, lanes >> 20
    return (
        ends & 0xFFFF,
        ends >> 5 * LANE & 0xFFFF,
        lanes & 0xFFFF,
        lanes >> 5 * LANE & 0xFFFF,
        lanes >> LANE & 0xFFFF,
        lanes >> 2 * LANE & 0xFFFF,
        lanes >> 3 * LANE & 0xFFFF,
        lanes >> 4 * LANE & 0xFFFF,
        spread,
    )


def _mixed(lanes: int, parts: int) -> int:
    """Add one number to the hash in every lane, as ``fingerprint`` does."""
    lanes = (lanes ^ parts) * FACTOR & LOW
    return lanes ^ lanes >> SHIFT & LOW


def _pair_lanes(km: float) -> int:
    floor = math.floor
    fine = km * FINE_PER_KM
    return (
        (floor(km / PAIR_KM) & PART) << LANE
        | (floor(fine) & PART) << 2 * LANE
        | (floor(fine + 0.5) & PART) << 3 * LANE
        | (floor(km * FINEST_PER_KM) & PART) << 4 * LANE
    )
