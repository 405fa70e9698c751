"""The small values of the API, shared by all of its schemas: cleaned, strict, bounded, closed."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Annotated, Final, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, WithJsonSchema

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import read_day, read_instant, read_moment
from chalicelib.domain.shipments.places import is_nowhere, is_swapped
from chalicelib.edge.cleaning import cleaned, is_blank
from chalicelib.edge.problems import Unfit
from chalicelib.edge.schemas import ID_PATTERN, ID_WORDS, Out, Time, written_as
from chalicelib.edge.sentences import misfit, refused

MIN_YEAR: Final = 2000
MAX_YEAR: Final = 2090
"""An ETA waits for its window, and is kept in 31 bits of seconds (68 years) from the start."""
MAX_LINE_CHARS: Final = 200
MAX_TEXT_CHARS: Final = 2_000
LONGEST_FORM: Final = 4
"""How many times longer than what is kept a text may come: letters with their marks apart, what is
taken off. More is not even cleaned."""
A = TypeVar("A", bound=date)


def _cleaned(value: object, most: int) -> object:
    if not isinstance(value, str) or len(value) > LONGEST_FORM * most:
        return value
    try:
        return cleaned(value)
    except ValueError as exc:
        raise refused(code="not_text", words=str(exc)) from exc


def _visible(value: object) -> object:
    if isinstance(value, str) and is_blank(value):
        words = 'Write at least one letter or digit, like "Aino Virtanen".'
        raise refused(code="blank", words=words)
    return value


def _text_or_nothing(value: object) -> object:
    return "" if value is None else _cleaned(value, MAX_TEXT_CHARS)


def _line_or_nothing(value: object) -> object:
    return "" if value is None or (isinstance(value, str) and is_blank(value)) else _line(value)


def _text(value: object) -> object:
    return _visible(_cleaned(value, MAX_TEXT_CHARS))


def _line(value: object) -> object:
    text = _visible(_cleaned(value, MAX_LINE_CHARS))
    if isinstance(text, str):
        text = text.replace("\t", " ")
        if "\n" in text:
            raise refused(code="line_end", words="Write this on one line, without a line end.")
    return text


def _reader(read: Callable[[str], A], *, of_any_year: bool = False) -> BeforeValidator:
    """Reads a time or a day from text; what is no text is none, however plausible as a number."""

    def checked(value: object) -> date:
        if isinstance(value, date):
            return value
        try:
            found = read(value.strip() if isinstance(value, str) else "")
        except ValueError as exc:
            raise refused(code="invalid_time", words=str(exc)) from exc
        if not of_any_year and not MIN_YEAR <= found.year <= MAX_YEAR:
            words = f"The year must be from {MIN_YEAR} to {MAX_YEAR}."
            raise refused(code="out_of_range", words=words)
        return found

    return BeforeValidator(checked)


Line = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_LINE_CHARS), BeforeValidator(_line)
]
"""One line of a person's text."""

Text = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_TEXT_CHARS), BeforeValidator(_text)
]
"""A person's text."""

TextOrNothing = Annotated[
    str, StringConstraints(max_length=MAX_TEXT_CHARS), BeforeValidator(_text_or_nothing)
]
"""An entry of a list of texts, in which an empty one or null counts as left out."""

LineOrNothing = Annotated[
    str, StringConstraints(max_length=MAX_LINE_CHARS), BeforeValidator(_line_or_nothing)
]
"""A line by its name, where an empty one or null counts as left out."""

Instant = Annotated[datetime, _reader(read_instant)]
"""RFC 3339 with an offset; kept in UTC."""

DeviceTime = Annotated[datetime, _reader(read_instant, of_any_year=True)]
"""The same of any year: a phone's clock may be wrong by decades."""

Day = Annotated[date, _reader(read_day)]
"""A day like 2026-11-28."""

Moment = Annotated[
    datetime | date,
    _reader(read_moment),
    WithJsonSchema(
        {
            "type": "string",
            "description": "RFC 3339. Without an offset it is local time at the address; a day "
            "alone is the whole day there.",
            "examples": ["2026-11-28T18:00:00+02:00", "2026-11-28T18:00", "2026-11-28"],
        }
    ),
]
"""An instant in UTC, or a local time or a day at a place that another field names."""

Id = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN),
    written_as(ID_PATTERN, "invalid_id", ID_WORDS),
]
"""A type prefix and a ULID."""

_ACTION_ID: Final = r"^[A-Za-z0-9_.:-]{1,64}$"
ActionId = Annotated[
    str,
    StringConstraints(pattern=_ACTION_ID),
    written_as(
        _ACTION_ID,
        "invalid_action_id",
        "An action_id has 1 to 64 letters (a to z), digits, dots, colons, hyphens and underscores, "
        "like scan-17.",
    ),
]
"""A client's own name for an action: a repeat of the action has the same."""

Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]


def require_place(place: Coordinates, countries: Iterable[str]) -> None:
    """Raises a ValidationError for coordinates that no door has, or that are exchanged."""
    if is_nowhere(place):
        words = "0, 0 lies in the sea and is what a failed address search answers. Search again."
        raise misfit(("lat_deg",), "no_place", words)
    if is_swapped(place, countries):
        words = "lat_deg and lon_deg are exchanged: Helsinki has lat_deg 60.17, lon_deg 24.94."
        raise misfit(("lat_deg",), "swapped_coordinates", words)


def require_place_of_change(place: Coordinates, countries: Iterable[str]) -> None:
    """The same for a change whose other half is already there. Raises Unfit."""
    try:
        require_place(place, countries)
    except ValidationError as exc:
        raise Unfit(exc) from exc


class RangeOut(Out):
    """From earliest to latest."""

    earliest: Time
    latest: Time


class EtaOut(Out):
    """A point and a range."""

    point: Time
    earliest: Time
    latest: Time


class ExternalStatusOut(Out):
    """AfterShip's words."""

    status: str
    sub_status: str
