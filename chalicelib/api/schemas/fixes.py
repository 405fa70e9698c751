"""Fixes as phones send them: the one place where an item of a batch is read.

A phone repeats a refused batch for ever, so no item refuses the others. What is no place or no time
gets a verdict. A measure that cannot be is unknown. Other fields are ignored.
"""

from datetime import datetime
from typing import Annotated, Final

from pydantic import ConfigDict, Field, PlainValidator

from chalicelib.api.schemas.measures import MOST_HEADING_DEG, fix_of, number, place_at
from chalicelib.api.schemas.values import Latitude, Longitude
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import Reason, UnreadableFix
from chalicelib.domain.instants import read_instant
from chalicelib.edge.schemas import Schema, Time

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
    place = place_at(number(item.get("lat_deg")), number(item.get("lon_deg")))
    recorded_at = _time(item.get("recorded_at"))
    return fix_of(
        place,
        recorded_at,
        accuracy_m=number(item.get("accuracy_m")),
        speed_mps=number(item.get("speed_mps")),
        heading_deg=number(item.get("heading_deg")),
        battery_ratio=number(item.get("battery_ratio")),
        is_mock=item.get("mock") in MOCKED,
    )


FixItem = Annotated[Fix | UnreadableFix, PlainValidator(read_fix, json_schema_input_type=FixIn)]
"""An item of a batch. Reading it never fails."""


def _time(value: object) -> datetime | None:
    """A time in RFC 3339 of any year; screening judges the year."""
    if not isinstance(value, str):
        return None
    try:
        return read_instant(value.strip())
    except ValueError:
        return None
