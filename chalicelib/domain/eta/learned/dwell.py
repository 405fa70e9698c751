"""The learned model of service times: the same filter as for travel, with other keys.

The keys are driver, address, block, area, hour and number of parcels. On a dense route service
matters more than driving: its correlation with the time per stop is 0.80, that of the distance
0.41. The mean per driver helps most.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.domain.eta.estimates import Duration
from chalicelib.domain.eta.learned.beliefs import Beliefs
from chalicelib.domain.eta.learned.curve import Curve, Vector
from chalicelib.domain.eta.learned.keys import hour_weights
from chalicelib.domain.eta.learned.noise import Noise
from chalicelib.domain.eta.learned.places import Shelf, grid_km, group_page, number_of, quarter_page
from chalicelib.domain.eta.learned.priors import DWELL_TAUS, DwellKind, Key, key_id
from chalicelib.domain.geography import Coordinates

TYPICAL_S: Final = 120.0
LOG_TYPICAL: Final = math.log(TYPICAL_S)
LEAST_S: Final = 5.0
CLIP: Final = 2.0
FIRST_VARIANCE: Final = 0.25
BLOCKS_PER_KM: Final = 10
ADDRESS_STEPS: Final = 100_000  # 1e-5 degrees or a metre: coordinates this near are one door
MANY_PARCELS: Final = 6


class DwellTraits(NamedTuple):
    """Everything that the model needs to know about a visit."""

    inputs: Vector
    is_given: bool
    keys: tuple[Key, ...]


def dwell_traits(
    *,
    prior_mu: float,
    parcels: int,
    is_given: bool,
    local: datetime | None = None,
    driver: str | None = None,
    place: Coordinates | None = None,
) -> DwellTraits:
    """The traits of a visit.

    ``prior_mu`` is the log of the seconds that the factory prior expects. ``is_given`` is true when
    they are the shipper's own figure.
    """
    several = min(max(parcels, 1), MANY_PARCELS)
    keys = [_parcels_key(several)]
    if local is not None:
        tau = DWELL_TAUS[DwellKind.HOUR]
        (own, weight), (neighbour, other_weight) = hour_weights(local, Shelf.DWELL_SHARED)
        keys += [(own, weight, tau, 0.0, None), (neighbour, other_weight, tau, 0.0, None)]
    if driver is not None:
        keys.append(_driver_key(driver))
    if place is not None:
        keys += _place_keys(place.lat_deg, place.lon_deg)
    return DwellTraits(
        inputs=(1.0, prior_mu - LOG_TYPICAL, math.log(several)),
        is_given=is_given,
        keys=tuple(keys),
    )


def address_key(place: Coordinates, kind: DwellKind) -> int:
    """The id of a key for one door."""
    return key_id(quarter_page(*grid_km(place)), kind, *_door(place))


def _key(page: int, kind: DwellKind, *parts: int) -> Key:
    return key_id(page, kind, *parts), 1.0, DWELL_TAUS[kind], 0.0, None


@lru_cache(maxsize=MANY_PARCELS)
def _parcels_key(parcels: int) -> Key:
    return _key(group_page(Shelf.DWELL_SHARED), DwellKind.PARCELS, parcels)


@lru_cache(maxsize=4_096)
def _driver_key(name: str) -> Key:
    return _key(group_page(Shelf.DWELL_NAMES, name), DwellKind.DRIVER, number_of(name))


@lru_cache(maxsize=4_096)
def _place_keys(lat_deg: float, lon_deg: float) -> tuple[Key, ...]:
    place = Coordinates(lat_deg, lon_deg)
    north_km, east_km = grid_km(place)
    page = quarter_page(north_km, east_km)
    area = math.floor(north_km), math.floor(east_km)
    block = math.floor(north_km * BLOCKS_PER_KM), math.floor(east_km * BLOCKS_PER_KM)
    return (
        _key(page, DwellKind.AREA, *area),
        _key(page, DwellKind.BLOCK, *block),
        _key(page, DwellKind.ADDRESS, *_door(place)),
    )


def _door(place: Coordinates) -> tuple[int, int]:
    return round(place.lat_deg * ADDRESS_STEPS), round(place.lon_deg * ADDRESS_STEPS)


def _curves() -> list[Curve]:
    return [Curve((LOG_TYPICAL, 1.0, 0.0)), Curve((LOG_TYPICAL, 1.0, 0.0))]


@dataclass(slots=True)
class Dwell:
    """The learned model of service times. Only ``learn`` changes it."""

    beliefs: Beliefs
    curves: list[Curve] = field(default_factory=_curves)
    noise: Noise = field(default_factory=lambda: Noise(2, FIRST_VARIANCE))

    def duration(self, traits: DwellTraits, at_s: float) -> Duration:
        """The duration of a visit that begins at about ``at_s``, in seconds since the epoch."""
        mean, variance = self.beliefs.recall(traits.keys, at_s)
        mu = self.curves[traits.is_given].at(traits.inputs) + mean
        return Duration(mu, variance + self.noise.variances[traits.is_given])

    def learn(self, traits: DwellTraits, took_s: float, at_s: float) -> None:
        """Learn from a visit that took ``took_s`` and ended at ``at_s``."""
        curve = self.curves[traits.is_given]
        mean, explained = self.beliefs.recall(traits.keys, at_s)
        total = explained + self.noise.variances[traits.is_given]
        limit = CLIP * math.sqrt(total)
        surprise = math.log(max(took_s, LEAST_S)) - curve.at(traits.inputs) - mean
        error = max(-limit, min(limit, surprise))
        self.noise.learn(traits.is_given, error * error, explained, 1.0)
        curve.learn(traits.inputs, error, total)
        self.beliefs.absorb(traits.keys, error, total, at_s)
