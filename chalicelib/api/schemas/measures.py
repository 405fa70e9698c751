"""What a device measured, as far as it can be: read alike from every kind of report.

A value that cannot be (−1, NaN, a battery of 255 %) is unknown. No place or no time is a verdict.
"""

import math
from datetime import datetime
from typing import Final

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import Reason, UnreadableFix
from chalicelib.domain.geography import Coordinates

FULL_TURN_DEG: Final = 360.0
MOST_HEADING_DEG: Final = 361.0
"""A rounding error beyond a full turn. Above this it is a code for an unknown heading."""


def fix_of(
    place: Coordinates | None,
    recorded_at: datetime | None,
    *,
    accuracy_m: float | None,
    speed_mps: float | None,
    heading_deg: float | None,
    battery_ratio: float | None,
    is_mock: bool = False,
) -> Fix | UnreadableFix:
    """The fix of these measures, or why there is none."""
    if place is None or recorded_at is None:
        lacks = ((place, Reason.NO_PLACE), (recorded_at, Reason.NO_TIME))
        return UnreadableFix(tuple(reason for value, reason in lacks if value is None))
    turned = _measure(heading_deg, most=MOST_HEADING_DEG)
    return Fix(
        recorded_at=recorded_at,
        coordinates=place,
        accuracy_m=_measure(accuracy_m),
        speed_mps=_measure(speed_mps),
        heading_deg=None if turned is None else turned % FULL_TURN_DEG,
        battery_ratio=_measure(battery_ratio, most=1.0),
        is_mock=is_mock,
    )


def place_at(lat_deg: float | None, lon_deg: float | None) -> Coordinates | None:
    """The place; None where it is none on Earth."""
    if lat_deg is None or lon_deg is None:
        return None
    try:
        return Coordinates(lat_deg, lon_deg)
    except ValueError:
        return None


def number(value: object) -> float | None:
    """A finite number; None for all else, also for a text and for true.

    >>> number(7), number("7"), number(float("nan"))
    (7.0, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def number_or_text(value: object) -> float | None:
    """The same, also written as a text, as in a query.

    >>> number_or_text(" 59.9 "), number_or_text("1_000"), number_or_text("%LAT")
    (59.9, None, None)
    """
    if not isinstance(value, str) or "_" in value:
        return number(value)
    try:
        return number(float(value))
    except ValueError:
        return None


def _measure(value: float | None, *, most: float = math.inf) -> float | None:
    """A measure; None where it is below zero, or above the most that can be."""
    return None if value is None or not 0.0 <= value <= most else value
