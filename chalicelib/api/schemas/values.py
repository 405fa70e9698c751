"""The small values of the API, shared by all of its schemas: strict, bounded, closed."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from chalicelib.edge.schemas import ID_PATTERN, Out

MIN_YEAR: Final = 2000
MAX_YEAR: Final = 2090
"""An ETA waits for its window, and is kept in 31 bits of seconds (68 years) from the start."""
BIDI_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _plain(text: str) -> str:
    """NFC without control characters but line ends; bidirectional overrides turn words around."""
    if any(
        unicodedata.category(char) in {"Cc", "Cs", "Cn"} and char not in "\n\t" for char in text
    ):
        msg = "control characters are not allowed"
        raise ValueError(msg)
    return "".join(char for char in unicodedata.normalize("NFC", text) if char not in BIDI_CONTROLS)


def _single_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        msg = "one line only"
        raise ValueError(msg)
    return text


def _within_reach(instant: datetime) -> datetime:
    if not MIN_YEAR <= instant.year <= MAX_YEAR:
        msg = f"a time between {MIN_YEAR} and {MAX_YEAR}"
        raise ValueError(msg)
    return instant.astimezone(UTC)


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_plain),
    AfterValidator(_single_line),
]
"""One line of a person's text."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
    AfterValidator(_plain),
]
"""A person's text."""

Instant = Annotated[AwareDatetime, AfterValidator(_within_reach)]
"""RFC 3339 with an offset; kept in UTC."""

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""A type prefix and a ULID."""

ActionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
"""A client's own name for an action: a repeat of the action has the same."""

Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]


class RangeOut(Out):
    """From earliest to latest."""

    earliest: datetime
    latest: datetime


class EtaOut(Out):
    """A point and a range."""

    point: datetime
    earliest: datetime
    latest: datetime
