"""Where in the model a place lies: the kilometre grid, and the pages that hold what is known there.

A page number says what the page is about, so it can be computed from a place or a name without
looking anything up: four bits of shelf, then an area of 6 km (or a group of names), then a share.
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
"""The pairs that end in one area are shared out over so many pages; more would lie half empty."""
GROUPS: Final = 16
"""So many pages for drivers and customers: about thirty drivers each for a fleet of 500."""
QUARTER_KM: Final = 1.5
"""Addresses lie close together: their pages are about a quarter of a town, 1.5 km."""
FACTOR: Final = 0x9E3779B97F4A7C15
"""2⁶⁴ over the golden ratio: the multiplier of a Fibonacci hash."""
SHIFT: Final = 29


class Shelf(IntEnum):
    """What a page is about; the numbers are part of the stored format."""

    MODEL = 0
    """Curves, noise and ranges: what all predictions use."""
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
    """Kilometres north and east, the width true in the middle of each degree of latitude."""
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
    """The page of the group of names that this one is in; without a name the shelf's only page."""
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
    """All pages that a leg from or to this place, or a visit to it, may use for being there."""
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
