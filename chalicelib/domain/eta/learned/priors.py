"""Priors: how far each kind of key may be from zero before anything is learnt.

The id of a key says where its belief is stored: page << 20 | kind << 16 | 16 bits of a hash that is
the same on every machine.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from chalicelib.domain.eta.learned.places import SHELF_BIT, Shelf, fingerprint

RECENT_S: Final = 5_400.0


class Kind(IntEnum):
    """The kinds of keys; the numbers are part of the stored format."""

    HOUR = 0
    DRIVER = 1
    CUSTOMER = 2
    BEARING = 3
    ORIGIN = 4
    DESTINATION = 5
    ORIGIN_BEARING = 6
    DESTINATION_BEARING = 7
    PAIR = 8
    ZONE_PAIR = 9
    PAIR_560 = 10
    PAIR_560_SHIFTED = 11
    PAIR_250 = 12
    PAIR_RECENT = 13
    AREA_RECENT = 14
    DRIVER_NOISE = 15


class DwellKind(IntEnum):
    """The kinds of keys of a visit, on shelves of their own; part of the stored format too."""

    HOUR = 0
    DRIVER = 1
    PARCELS = 2
    AREA = 3
    BLOCK = 4
    ADDRESS = 5
    PARKING_NORTH = 6
    PARKING_EAST = 7


Key = tuple[int, float, float, float, int | None]
"""Id, weight in this leg, prior variance, decay in seconds (0 = none), parent that must be known.

This is a plain tuple because a chain of 150 stops unpacks three thousand of them in two
milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Prior:
    """The prior variance of a key, in log time.

    ``engine`` applies when a routing engine's seconds are the base, ``plain`` otherwise. A belief
    with ``decay_s`` > 0 fades in that time.
    """

    plain: float
    engine: float
    decay_s: float = 0.0


PRIORS: Final[dict[Kind, Prior]] = {
    # Four times smaller than for independent keys. The keys of one leg share one innovation, but a
    # diagonal filter ignores that, so larger priors overshoot (ratio 0.49 v 0.48).
    Kind.HOUR: Prior(0.0025, 0.0025),
    Kind.DRIVER: Prior(0.01, 0.03),
    Kind.CUSTOMER: Prior(0.005, 0.005),
    Kind.BEARING: Prior(0.0025, 0.0025),
    Kind.ORIGIN: Prior(0.0075, 0.03),
    Kind.DESTINATION: Prior(0.0075, 0.03),
    Kind.ORIGIN_BEARING: Prior(0.005, 0.005),
    Kind.DESTINATION_BEARING: Prior(0.005, 0.005),
    Kind.PAIR: Prior(0.0075, 0.04),
    Kind.ZONE_PAIR: Prior(0.0075, 0.03),
    Kind.PAIR_560: Prior(0.005, 0.005),
    Kind.PAIR_560_SHIFTED: Prior(0.005, 0.005),
    Kind.PAIR_250: Prior(0.005, 0.005),
    Kind.PAIR_RECENT: Prior(0.005, 0.005, RECENT_S),
    Kind.AREA_RECENT: Prior(0.00075, 0.00075, RECENT_S),
    Kind.DRIVER_NOISE: Prior(0.04, 0.04),
}


DWELL_TAUS: Final[dict[DwellKind, float]] = {
    DwellKind.HOUR: 0.005,
    DwellKind.DRIVER: 0.04,
    DwellKind.PARCELS: 0.01,
    DwellKind.AREA: 0.01,
    DwellKind.BLOCK: 0.03,
    DwellKind.ADDRESS: 0.06,
    DwellKind.PARKING_NORTH: 0.04,
    DwellKind.PARKING_EAST: 0.04,
}

DWELL_BIT: Final = 20 + SHELF_BIT
PLAIN_TAUS: Final = tuple(PRIORS[kind].plain for kind in Kind)
ENGINE_TAUS: Final = tuple(PRIORS[kind].engine for kind in Kind)
DECAYS_S: Final = tuple(PRIORS[kind].decay_s for kind in Kind)


def key_id(page: int, kind: int, *parts: int) -> int:
    """The id of a key."""
    return page << 20 | kind << 16 | fingerprint(parts) & 0xFFFF


def tau_of(id_: int) -> float:
    """The prior variance of a key."""
    kind = id_ >> 16 & 15
    if id_ >> DWELL_BIT >= Shelf.DWELL_SHARED:
        return DWELL_TAUS[DwellKind(kind)]
    return PLAIN_TAUS[kind]


def decay_of(id_: int) -> float:
    """The seconds in which the belief of a key fades; 0 for never."""
    return 0.0 if id_ >> DWELL_BIT >= Shelf.DWELL_SHARED else DECAYS_S[id_ >> 16 & 15]
