"""The keys under which travel time is learnt: each is something that a leg shares with other legs.

Examples are the hour, the driver, the cell, the pair of cells. Each kind has its own prior
variance. The id of a key is one number: the page where it is stored, the kind, and 16 bits of a
portable hash. So a stored state means the same on every machine.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.domain.eta.learned.cells import cells_of, hashes
from chalicelib.domain.eta.learned.places import SHARES, Shelf, group_page, number_of
from chalicelib.domain.eta.learned.priors import (
    DECAYS_S,
    ENGINE_TAUS,
    PLAIN_TAUS,
    RECENT_S,
    Key,
    Kind,
    key_id,
)
from chalicelib.domain.geography import Coordinates

MIN_BASE: Final = 0.05
"""Kilometres, or minutes of a routing engine. Below it the logarithm means nothing for a leg."""
MIN_SHORT: Final = 0.1
BEND: Final = 1.1
"""Log kilometres (3 km). Above it the curve may bend, because traffic is faster on long legs."""
ENGINE_BEND: Final = 4.1
"""Log minutes (an hour). Above it engine times bend: long hauls have fewer stops per hour."""
LAST_BIN: Final = 12
BINS: Final = 2 * (LAST_BIN + 1)

# Plain numbers are faster than an enum, and each leg uses them forty times.
HOUR: Final = int(Kind.HOUR)
DRIVER: Final = int(Kind.DRIVER)
CUSTOMER: Final = int(Kind.CUSTOMER)
BEARING: Final = int(Kind.BEARING)
ORIGIN: Final = int(Kind.ORIGIN)
DESTINATION: Final = int(Kind.DESTINATION)
ORIGIN_BEARING: Final = int(Kind.ORIGIN_BEARING)
DESTINATION_BEARING: Final = int(Kind.DESTINATION_BEARING)
PAIR: Final = int(Kind.PAIR)
PAIR_560: Final = int(Kind.PAIR_560)
PAIR_560_SHIFTED: Final = int(Kind.PAIR_560_SHIFTED)
PAIR_250: Final = int(Kind.PAIR_250)
PAIR_RECENT: Final = int(Kind.PAIR_RECENT)
AREA_RECENT: Final = int(Kind.AREA_RECENT)


class Trip(NamedTuple):
    """A leg as the model sees it. A place is coordinates, or a hub's code if it has none.

    ``local`` is the time of departure in the zone of the place, ``km`` the great-circle distance,
    ``base_s`` the seconds of a routing engine. A field that is None is ignored.
    """

    driver: str | None
    local: datetime
    km: float
    origin: Coordinates | str | None
    destination: Coordinates | str | None
    base_s: float | None = None
    customer: str | None = None
    service: str = ""


class Traits(NamedTuple):
    """Everything that the model needs to know about a leg, computed once when it is planned.

    ``inputs`` are the inputs of the curve. ``offset`` is added to its result.
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
    taus = ENGINE_TAUS if has_engine else PLAIN_TAUS
    tau = taus[HOUR]
    (own, weight), (neighbour, other_weight) = hour_weights(trip.local)
    keys: list[Key] = [(own, weight, tau, 0.0, None), (neighbour, other_weight, tau, 0.0, None)]
    noise_key = None
    if trip.driver is not None:
        id_, noise_key = _driver_ids(trip.driver)
        keys.append((id_, 1.0, taus[DRIVER], 0.0, None))
    if trip.customer is not None:
        keys.append((_customer_id(trip.customer), 1.0, taus[CUSTOMER], 0.0, None))
    match trip.origin, trip.destination:
        case Coordinates() as origin, Coordinates() as destination:
            keys += _cell_keys(origin, destination, log_base, taus, has_engine=has_engine)
        case str() as origin_code, str() as destination_code:
            keys += _hub_keys(origin_code, destination_code, trip.service, taus)
        case _:
            pass
    return Traits(
        inputs=(1.0, log_base, max(0.0, log_base - (ENGINE_BEND if has_engine else BEND))),
        # A way below 50 m is a walk: its time shrinks in proportion, as in the prior.
        offset=0.0 if base >= MIN_BASE else math.log(max(base / MIN_BASE, MIN_SHORT)),
        has_engine=has_engine,
        bin=distance_bin(log_base, has_engine=has_engine),
        noise_key=noise_key,
        keys=tuple(keys),
    )


def distance_bin(log_base: float, *, has_engine: bool) -> int:
    """The bin of a distance, 0.6 wide in the log of km: 0 to 12.

    For the log of an engine's minutes the bins start 0.7 higher and are 13 to 25.
    """
    found = math.floor((log_base - (0.7 if has_engine else 0.0) + 1.3) / 0.6)
    return min(LAST_BIN, max(0, found)) + (LAST_BIN + 1 if has_engine else 0)


def hour_weights(local: datetime, shelf: Shelf = Shelf.SHARED) -> tuple[tuple[int, float], ...]:
    """The keys of the hour and its nearer neighbour, with weights that add up to 1.

    Weekdays, Saturdays and Sundays have their own keys.
    """
    hour, day = local.hour, max(0, local.weekday() - 4)
    off = (local.minute * 60 + local.second) / 3_600.0 - 0.5
    neighbour = (hour + (1 if off > 0 else -1)) % 24
    return (
        (_hour_id(shelf, day, hour), 1.0 - abs(off)),
        (_hour_id(shelf, day, neighbour), abs(off)),
    )


@lru_cache(maxsize=512)
def _hour_id(shelf: Shelf, day: int, hour: int) -> int:
    return key_id(group_page(shelf), HOUR, day, hour)


@lru_cache(maxsize=4_096)
def _driver_ids(name: str) -> tuple[int, int]:
    page, driver = group_page(Shelf.NAMES, name), number_of(name)
    return key_id(page, DRIVER, driver), key_id(page, Kind.DRIVER_NOISE, driver)


@lru_cache(maxsize=4_096)
def _customer_id(name: str) -> int:
    return key_id(group_page(Shelf.NAMES, name), CUSTOMER, number_of(name))


def _hub_keys(origin: str, destination: str, service: str, taus: Sequence[float]) -> Iterator[Key]:
    start, end = group_page(Shelf.HUBS, origin), group_page(Shelf.HUBS, destination)
    o, d = number_of(origin), number_of(destination)
    # A hub's code begins with its zone, as UN/LOCODE and postal codes do.
    zones = number_of(origin[:6]), number_of(destination[:6])
    for id_ in (
        key_id(start, Kind.ORIGIN, o),
        key_id(end, Kind.DESTINATION, d),
        key_id(group_page(Shelf.HUBS, destination[:6]), Kind.ZONE_PAIR, *zones),
        key_id(end, Kind.PAIR, o, d),
        key_id(group_page(Shelf.SHARED), Kind.AREA_RECENT, number_of(service)),
    ):
        kind = id_ >> 16 & 15
        yield id_, 1.0, taus[kind], DECAYS_S[kind], None


def _cell_keys(
    origin: Coordinates,
    destination: Coordinates,
    log_base: float,
    taus: Sequence[float],
    *,
    has_engine: bool,
) -> tuple[Key, ...]:
    reach = min(3, max(0, math.floor((log_base + 0.5) / 0.8)))
    b, o, d, ob, db, parent, fine, shifted, finest, recent, area = cell_ids(
        origin.lat_deg,
        origin.lon_deg,
        destination.lat_deg,
        destination.lon_deg,
        reach,
        has_engine,
    )
    return (
        (b, 1.0, taus[BEARING], 0.0, None),
        (o, 1.0, taus[ORIGIN], 0.0, None),
        (d, 1.0, taus[DESTINATION], 0.0, None),
        (ob, 1.0, taus[ORIGIN_BEARING], 0.0, None),
        (db, 1.0, taus[DESTINATION_BEARING], 0.0, None),
        (parent, 1.0, taus[PAIR], 0.0, None),
        (fine, 1.0, taus[PAIR_560], 0.0, parent),
        (shifted, 1.0, taus[PAIR_560_SHIFTED], 0.0, parent),
        (finest, 1.0, taus[PAIR_250], 0.0, parent),
        (recent, 1.0, taus[PAIR_RECENT], RECENT_S, parent),
        (area, 1.0, taus[AREA_RECENT], RECENT_S, None),
    )


@lru_cache(maxsize=4_096)
def cell_ids(  # noqa: PLR0917 - positional plain numbers make the fastest cache key
    from_lat_deg: float,
    from_lon_deg: float,
    to_lat_deg: float,
    to_lon_deg: float,
    reach: int,
    over: bool,  # noqa: FBT001
) -> tuple[int, ...]:
    """The ids of a leg's keys for cells and pairs.

    They are cached: a driver who skips stops makes us ask about the same legs all day.
    """
    start, end = cells_of(from_lat_deg, from_lon_deg), cells_of(to_lat_deg, to_lon_deg)
    (ay, ax), (by, bx) = start[:2], end[:2]
    sector = math.floor((math.atan2(by - ay, bx - ax) + math.pi) * (8.0 / math.pi)) % 16
    # With a road network's seconds as the base, the keys learn something else: other hashes.
    o, d, ob, db, pair, fine, shifted, finest, spread = hashes(start, end, sector, reach, over=over)
    # Pairs lie in the page of the destination: on the road only the origin changes with every fix.
    pairs = end.pairs + spread % SHARES << 20
    from_, to = start.area << 20, end.area << 20
    return (
        _bearing_id(sector, reach, over),
        from_ | ORIGIN << 16 | o,
        to | DESTINATION << 16 | d,
        from_ | ORIGIN_BEARING << 16 | ob,
        to | DESTINATION_BEARING << 16 | db,
        pairs | PAIR << 16 | pair,
        pairs | PAIR_560 << 16 | fine,
        pairs | PAIR_560_SHIFTED << 16 | shifted,
        pairs | PAIR_250 << 16 | finest,
        pairs | PAIR_RECENT << 16 | fine,
        _area_recent_id(math.floor((ay + by) / 6.2), math.floor((ax + bx) / 6.2), over),
    )


@lru_cache(maxsize=256)
def _bearing_id(sector: int, reach: int, over: bool) -> int:  # noqa: FBT001 - as above
    return key_id(group_page(Shelf.SHARED), BEARING, sector, reach, *((1,) if over else ()))


@lru_cache(maxsize=4_096)
def _area_recent_id(north: int, east: int, over: bool) -> int:  # noqa: FBT001 - as above
    return key_id(group_page(Shelf.SHARED), AREA_RECENT, north, east, *((1,) if over else ()))
