"""What a leg has in common with other legs: the keys under which travel time is learnt.

Each key is one idea (the hour, the driver, the cell, the pair of cells …) with a prior variance of
its own. A key is one number that says where it is stored: the page, the kind, and 16 bits of a
portable hash of what identifies it, so a stored state means the same on every machine.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.eta.places import (
    Shelf,
    area_page,
    fingerprint,
    grid_km,
    group_page,
    number_of,
    pairs_page,
)
from chalicelib.domain.eta.priors import DECAYS_S, ENGINE_TAUS, PLAIN_TAUS, Key, Kind, key_id
from chalicelib.domain.geography import Coordinates

MIN_BASE: Final = 0.05
"""Kilometres, or minutes of a routing engine: below it a logarithm says nothing about a way."""
MIN_SHORT: Final = 0.1
BEND: Final = 1.1
"""Log kilometres (3 km) above which the curve may bend: traffic flows faster on long ways."""
ENGINE_BEND: Final = 4.1
"""Log minutes (an hour) above which engine seconds bend: long hauls have fewer stops per hour."""
LAST_BIN: Final = 12
BINS: Final = 2 * (LAST_BIN + 1)


Opened = tuple[int, float, int | None]
"""Id, weight and parent of a key, before its prior is looked up."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A leg as the model sees it. A place is coordinates, or the code of a hub that has none.

    What is not known (None) is not learnt from.
    ``local`` is the time of departure in the zone of the place, ``km`` the great-circle distance,
    ``base_s`` a routing engine's answer.
    """

    driver: str | None
    local: datetime
    km: float
    origin: Coordinates | str | None
    destination: Coordinates | str | None
    base_s: float | None = None
    customer: str | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Traits:
    """All that the model needs of a leg, computed once when it is planned.

    ``inputs`` are those of the curve, ``offset`` is added to its answer.
    """

    inputs: tuple[float, float, float]
    offset: float
    has_engine: bool
    bin: int
    noise_key: int | None
    keys: tuple[Key, ...]


def traits(trip: Trip) -> Traits:
    """The traits of a leg."""
    base_s = trip.base_s
    has_engine = base_s is not None
    base = trip.km if base_s is None else base_s / 60.0
    log_base = math.log(max(base, MIN_BASE))
    opened = hour_keys(trip.local)
    noise_key = None
    if trip.driver is not None:
        page, driver = group_page(Shelf.NAMES, trip.driver), number_of(trip.driver)
        opened.append((key_id(page, Kind.DRIVER, driver), 1.0, None))
        noise_key = key_id(page, Kind.DRIVER_NOISE, driver)
    if trip.customer is not None:
        page = group_page(Shelf.NAMES, trip.customer)
        opened.append((key_id(page, Kind.CUSTOMER, number_of(trip.customer)), 1.0, None))
    match trip.origin, trip.destination:
        case Coordinates() as origin, Coordinates() as destination:
            opened += _cell_keys(origin, destination, log_base, has_engine=has_engine)
        case str() as origin_code, str() as destination_code:
            opened += _hub_keys(origin_code, destination_code, trip.service)
        case _:
            pass
    taus = ENGINE_TAUS if has_engine else PLAIN_TAUS
    return Traits(
        inputs=(1.0, log_base, max(0.0, log_base - (ENGINE_BEND if has_engine else BEND))),
        # Below 50 m the way is a walk: it shrinks towards zero in proportion, as in the prior.
        offset=0.0 if base >= MIN_BASE else math.log(max(base / MIN_BASE, MIN_SHORT)),
        has_engine=has_engine,
        bin=distance_bin(log_base, has_engine=has_engine),
        noise_key=noise_key,
        keys=tuple(
            (id_, weight, taus[id_ >> 16 & 15], DECAYS_S[id_ >> 16 & 15], parent)
            for id_, weight, parent in opened
        ),
    )


def distance_bin(log_base: float, *, has_engine: bool) -> int:
    """Width 0.6 in the log of km: 0 to 12; of an engine's minutes, 0.7 further up: 13 to 25."""
    found = math.floor((log_base - (0.7 if has_engine else 0.0) + 1.3) / 0.6)
    return min(LAST_BIN, max(0, found)) + (LAST_BIN + 1 if has_engine else 0)


def hour_keys(local: datetime, shelf: Shelf = Shelf.SHARED) -> list[Opened]:
    """The hour blended with the nearer neighbour, by class of day (weekday, Saturday, Sunday)."""
    page = group_page(shelf)
    day = max(0, local.weekday() - 4)
    off = (local.minute * 60 + local.second) / 3_600.0 - 0.5
    neighbour = (local.hour + (1 if off > 0 else -1)) % 24
    return [
        (key_id(page, Kind.HOUR, day, local.hour), 1.0 - abs(off), None),
        (key_id(page, Kind.HOUR, day, neighbour), abs(off), None),
    ]


def _hub_keys(origin: str, destination: str, service: str) -> list[Opened]:
    start, end = group_page(Shelf.HUBS, origin), group_page(Shelf.HUBS, destination)
    o, d = number_of(origin), number_of(destination)
    # The first letters of a hub's code name its zone (UN/LOCODE and postal codes are made so).
    zones = number_of(origin[:6]), number_of(destination[:6])
    return [
        (key_id(start, Kind.ORIGIN, o), 1.0, None),
        (key_id(end, Kind.DESTINATION, d), 1.0, None),
        (key_id(group_page(Shelf.HUBS, destination[:6]), Kind.ZONE_PAIR, *zones), 1.0, None),
        (key_id(end, Kind.PAIR, o, d), 1.0, None),
        (key_id(group_page(Shelf.SHARED), Kind.AREA_RECENT, number_of(service)), 1.0, None),
    ]


def _cell_keys(
    origin: Coordinates, destination: Coordinates, log_base: float, *, has_engine: bool
) -> list[Opened]:
    floor = math.floor
    # What is left over a road network's seconds is not what is left over a distance.
    over = (1,) if has_engine else ()
    ay, ax = grid_km(origin)
    by, bx = grid_km(destination)
    shared, start, end = group_page(Shelf.SHARED), area_page(ay, ax), area_page(by, bx)
    reach = min(3, max(0, floor((log_base + 0.5) / 0.8)))
    sector = floor((math.atan2(by - ay, bx - ax) + math.pi) * (8.0 / math.pi)) % 16
    o, d = (floor(ay), floor(ax)), (floor(by), floor(bx))
    pair = (floor(ay / 1.5), floor(ax / 1.5), floor(by / 1.5), floor(bx / 1.5))
    # Pairs lie with their destination: on the road the origin changes with every fix, the stop not.
    pages = pairs_page(by, bx, fingerprint(pair))
    ay2, ax2, by2, bx2 = ay * 1.8, ax * 1.8, by * 1.8, bx * 1.8
    fine = (floor(ay2), floor(ax2), floor(by2), floor(bx2))
    shifted = (floor(ay2 + 0.5), floor(ax2 + 0.5), floor(by2 + 0.5), floor(bx2 + 0.5))
    finest = (floor(ay * 4), floor(ax * 4), floor(by * 4), floor(bx * 4))
    middle = (floor((ay + by) / 6.2), floor((ax + bx) / 6.2))
    parent = key_id(pages, Kind.PAIR, *pair, *over)
    return [
        (key_id(shared, Kind.BEARING, sector, reach, *over), 1.0, None),
        (key_id(start, Kind.ORIGIN, *o, *over), 1.0, None),
        (key_id(end, Kind.DESTINATION, *d, *over), 1.0, None),
        (key_id(start, Kind.ORIGIN_BEARING, *o, sector >> 1, reach, *over), 1.0, None),
        (key_id(end, Kind.DESTINATION_BEARING, *d, sector >> 1, reach, *over), 1.0, None),
        (parent, 1.0, None),
        (key_id(pages, Kind.PAIR_560, *fine, *over), 1.0, parent),
        (key_id(pages, Kind.PAIR_560_SHIFTED, *shifted, *over), 1.0, parent),
        (key_id(pages, Kind.PAIR_250, *finest, *over), 1.0, parent),
        (key_id(pages, Kind.PAIR_RECENT, *fine, *over), 1.0, parent),
        (key_id(shared, Kind.AREA_RECENT, *middle, *over), 1.0, None),
    ]
