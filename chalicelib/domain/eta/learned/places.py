"""Places in the model: the kilometre grid, and the pages that hold the beliefs about a place.

A page number follows from a place or a name, so no lookup is needed. It is made of four bits for
the shelf, then the area of 6 km (or the group of names), then the share.
"""

import math
import zlib
from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from chalicelib.domain.geography import Coordinates

SHELF_BIT: Final = 33
KM_PER_DEGREE: Final = 111.195
AREA_KM: Final = 6.0
SHARES: Final = 5
"""Pages for the pairs that end in one area. With more of them, pages would be half empty."""
GROUPS: Final = 16
"""Pages for drivers and customers: about thirty drivers in each for a fleet of 500."""
QUARTER_KM: Final = 1.5
"""Side of the area of an address page, about a quarter of a town: addresses are close together."""
FACTOR: Final = 0x9E3779B97F4A7C15
"""2⁶⁴ over the golden ratio: the multiplier of a Fibonacci hash."""
SHIFT: Final = 29


class Shelf(IntEnum):
    """The subject of a page. The numbers are part of the stored format."""

    MODEL = 0
    """Curves, noise and ranges. All predictions use them."""
    SHARED = 1
    NAMES = 2
    HUBS = 3
    AREA = 4
    PAIRS = 5
    DWELL_SHARED = 6
    DWELL_NAMES = 7
    ADDRESSES = 8


MODEL_PAGE: Final = int(Shelf.MODEL) << SHELF_BIT | 8_192 << 19 | 16_384 << 4


def grid_km(place: Coordinates) -> tuple[float, float]:
    """Kilometres north and east; the east scale is exact in the middle of each latitude degree."""
    return place.lat_deg * KM_PER_DEGREE, place.lon_deg * _km_per_degree_east(place.lat_deg // 1.0)


def area_page(north_km: float, east_km: float) -> int:
    """The page of the area around a point of the grid."""
    return _page(Shelf.AREA, math.floor(north_km / AREA_KM), math.floor(east_km / AREA_KM), 0)


def quarter_page(north_km: float, east_km: float) -> int:
    """The page of the addresses around a point of the grid."""
    north, east = math.floor(north_km / QUARTER_KM), math.floor(east_km / QUARTER_KM)
    return _page(Shelf.ADDRESSES, north, east, 0)


def pairs_page(north_km: float, east_km: float) -> int:
    """The first of the pages of the pairs that end in this area; the others follow it."""
    return _page(Shelf.PAIRS, math.floor(north_km / AREA_KM), math.floor(east_km / AREA_KM), 0)


@lru_cache(maxsize=4_096)
def group_page(shelf: Shelf, name: str | None = None) -> int:
    """The page of the group that a name belongs to; without a name, the only page of the shelf."""
    return _page(shelf, 0, 0 if name is None else zlib.crc32(name.encode()) % GROUPS, 0)


@lru_cache(maxsize=4_096)
def number_of(name: str) -> int:
    """A number for a name, the same on every machine."""
    return zlib.crc32(name.encode())


def fingerprint(parts: Sequence[int]) -> int:
    """32 bits of a multiplicative hash (Fibonacci hashing, Knuth vol. 3 §6.4)."""
    mixed = 1
    for part in parts:
        mixed = ((mixed ^ (part & 0xFFFFFFFF)) * FACTOR) & 0xFFFFFFFFFFFFFFFF
        mixed ^= mixed >> SHIFT
    return mixed >> 20 & 0xFFFFFFFF


def pages_around(place: Coordinates) -> tuple[int, ...]:
    """All pages about this place that a leg from or to it, or a visit to it, may use."""
    north_km, east_km = grid_km(place)
    north, east = math.floor(north_km / AREA_KM), math.floor(east_km / AREA_KM)
    return (
        _page(Shelf.AREA, north, east, 0),
        *(_page(Shelf.PAIRS, north, east, share) for share in range(SHARES)),
        quarter_page(north_km, east_km),
    )


def page_name(page: int) -> str:
    """The name to store a page under: ``pairs/697/231/5``.

    >>> page_name(area_page(0.0, -0.1))
    'area/0/-1/0'
    """
    shelf = Shelf(page >> SHELF_BIT)
    north, east, share = (page >> 19 & 0x3FFF) - 8_192, (page >> 4 & 0x7FFF) - 16_384, page & 15
    return f"{shelf.name.lower()}/{north}/{east}/{share}"


@lru_cache(maxsize=256)
def _km_per_degree_east(lat_floor_deg: float) -> float:
    return KM_PER_DEGREE * math.cos(math.radians(min(89.5, lat_floor_deg + 0.5)))


def _page(shelf: int, north: int, east: int, share: int) -> int:
    return shelf << SHELF_BIT | (north + 8_192) << 19 | (east + 16_384) << 4 | share
