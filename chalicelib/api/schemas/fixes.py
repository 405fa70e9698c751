"""Fixes as phones send them: the one place where an item of a batch is read.

A phone repeats a refused batch for ever, so no item refuses the others. What is no place or no time
gets a verdict. A measure that cannot be is unknown. Other fields are ignored.
"""

import math
from datetime import datetime
from typing import Annotated, Final

from pydantic import ConfigDict, Field, PlainValidator

from chalicelib.api.schemas.values import Latitude, Longitude
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import Reason, UnreadableFix
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import read_instant
from chalicelib.edge.schemas import Schema, Time

FULL_TURN_DEG: Final = 360.0
MOST_HEADING_DEG: Final = 361.0
"""A rounding error beyond a full turn. Above this it is a code for an unknown heading."""
MOCKED: Final = (True, 1, "true")


class FixIn(Schema):
    """One fix. −1, or any other value that cannot be, means that a measure is unknown.

    Fields that are not listed here are ignored. ``mock`` marks a place that an app made up.
    """

    model_config = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": False})

    recorded_at: Time
    lat_deg: Latitude
    lon_deg: Longitude
    accuracy_m: Annotated[float, Field(ge=-1)] | None = None
    speed_mps: Annotated[float, Field(ge=-1)] | None = None
    heading_deg: Annotated[float, Field(ge=-1, le=MOST_HEADING_DEG)] | None = None
    battery_ratio: Annotated[float, Field(ge=-1, le=1)] | None = None
    mock: bool | None = None


def read_fix(item: object) -> Fix | UnreadableFix:
    """The fix that an item of a batch says, or why it says none.

    >>> read_fix({"recorded_at": "2026-11-23T12:00:00Z", "lat_deg": 91.5, "lon_deg": 24.9})
    UnreadableFix(reasons=(<Reason.NO_PLACE: 'no_place'>,))
    """
    if not isinstance(item, dict):
        return UnreadableFix((Reason.NO_PLACE, Reason.NO_TIME))
    place, recorded_at = _place(item), _time(item.get("recorded_at"))
    if place is None or recorded_at is None:
        lacks = ((place, Reason.NO_PLACE), (recorded_at, Reason.NO_TIME))
        return UnreadableFix(tuple(reason for value, reason in lacks if value is None))
    heading_deg = _measure(item.get("heading_deg"), most=MOST_HEADING_DEG)
    return Fix(
        recorded_at=recorded_at,
        coordinates=place,
        accuracy_m=_measure(item.get("accuracy_m")),
        speed_mps=_measure(item.get("speed_mps")),
        heading_deg=None if heading_deg is None else heading_deg % FULL_TURN_DEG,
        battery_ratio=_measure(item.get("battery_ratio"), most=1.0),
        is_mock=item.get("mock") in MOCKED,
    )


FixItem = Annotated[Fix | UnreadableFix, PlainValidator(read_fix, json_schema_input_type=FixIn)]
"""An item of a batch. Reading it never fails."""


def _place(item: dict[object, object]) -> Coordinates | None:
    lat_deg, lon_deg = _number(item.get("lat_deg")), _number(item.get("lon_deg"))
    if lat_deg is None or lon_deg is None:
        return None
    try:
        return Coordinates(lat_deg, lon_deg)
    except ValueError:
        return None


def _time(value: object) -> datetime | None:
    """A time in RFC 3339 of any year; screening judges the year."""
    if not isinstance(value, str):
        return None
    try:
        return read_instant(value.strip())
    except ValueError:
        return None


def _measure(value: object, *, most: float = math.inf) -> float | None:
    """A measure; None where it is below zero, above the most that can be, or no number."""
    number = _number(value)
    return None if number is None or not 0.0 <= number <= most else number


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
