"""Reports of location apps: what all of them become, and the times that they write."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic import ConfigDict

from chalicelib.api.schemas.measures import number_or_text
from chalicelib.domain.accounts.devices import DeviceApp
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.screening import UnreadableFix
from chalicelib.domain.instants import read_instant

MILLISECONDS_FROM: Final = 2**31
"""A time that is no smaller than this is in milliseconds (Traccar's rule)."""
MPS_PER_KNOT: Final = 1852 / 3600
KMH_PER_MPS: Final = 3.6
PERCENT: Final = 100.0
OPEN: Final = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": False})
"""Of the models that say in the reference what an app sends: other fields are ignored."""


@dataclass(frozen=True, slots=True)
class Report:
    """The fixes of one request in the order of the app; none: it is only a sign of life.

    ``names_device``: it has the id that such an app always sends.
    """

    app: DeviceApp
    fixes: tuple[Fix | UnreadableFix, ...]
    names_device: bool = True


def time_of(value: object, *, absent: datetime) -> datetime | None:
    """A time in seconds or milliseconds since 1970, or in ISO 8601; UTC where it names no zone.

    ``absent`` where there is none at all, None where it cannot be read.

    >>> time_of("1377177267", absent=datetime.min).isoformat()
    '2013-08-22T13:14:27+00:00'
    """
    if value is None or value == "":
        return absent
    seconds = number_or_text(value)
    if seconds is not None:
        return instant_of(seconds / 1000 if seconds >= MILLISECONDS_FROM else seconds)
    if not isinstance(value, str):
        return None
    text = value.strip()
    for candidate in (text, f"{text}Z"):
        try:
            return read_instant(candidate)
        except ValueError:
            continue
    return None


def instant_of(seconds: float) -> datetime | None:
    """The instant so many seconds after 1970; None off the calendar."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def scaled(value: float | None, factor: float) -> float | None:
    """A measure in our unit. −1 stays below zero, which no measure is: it means unknown."""
    return None if value is None else value * factor


def text_of(value: object) -> str:
    """A text, or an empty one for all else."""
    return value if isinstance(value, str) else ""
