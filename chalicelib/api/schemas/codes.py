"""Codes of countries, languages and time zones, checked against lists that others keep.

Countries and their zones are the tables of the IANA time zone database, which the package
``tzdata`` brings with each of its releases.
"""

import re
from functools import cache
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import BeforeValidator, StringConstraints

from chalicelib.edge.cleaning import without_invisible
from chalicelib.edge.schemas import LONGEST_CODE
from chalicelib.edge.sentences import refused

USER_ASSIGNED: Final = frozenset({"XK"})
"""Kosovo. ISO 3166 has no code for it; the EU, carriers and phone books use this one."""
MEANT: Final = {"UK": "GB", "EL": "GR"}
"""Codes of everyday life and of the EU, and the ISO codes for what they mean."""
LOCALE_WORDS: Final = "Write a language with or without a country, like fi or fi-FI."
_LOCALE: Final = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?"
    r"((?:[-_][A-Za-z0-9]{1,8}){0,4})(?:\.[A-Za-z0-9-]{1,12})?(?:@[A-Za-z]{1,12})?"
)


@cache
def countries() -> frozenset[str]:
    """The codes of all countries: ISO 3166-1 alpha-2."""
    return frozenset(code for code, *_ in _rows("iso3166.tab")) | USER_ASSIGNED


@cache
def zones_of(country: str) -> frozenset[str]:
    """The time zones of a country; none where the tables name none."""
    return frozenset(row[2] for row in _rows("zone.tab") if row[0] == country)


@cache
def countries_of(time_zone: str) -> frozenset[str]:
    """The countries of a time zone by its present name; none for zones of no country."""
    return frozenset(row[0] for row in _rows("zone.tab") if row[2] == time_zone)


@cache
def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    from importlib import resources  # noqa: PLC0415 - only who takes addresses pays for it

    text = resources.files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(tuple(line.split("\t")) for line in lines)


@cache
def _zones() -> dict[str, str]:
    """Every IANA name by its small letters; finding them reads a folder of hundreds of files."""
    return {name.lower(): name for name in available_timezones()}


def _plain(value: str) -> str:
    return without_invisible(value) if len(value) <= LONGEST_CODE else ""


def _country(value: object) -> object:
    if not isinstance(value, str):
        return value
    code = _plain(value).upper()
    if code not in countries():
        hint = f" You may mean {MEANT[code]}." if code in MEANT else ""
        words = f"Write a country as its two letters of ISO 3166, like FI.{hint}"
        raise refused(code="unknown_country", words=words)
    return code


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    name = _zones().get(_plain(value).lower())
    if name is None:
        raise refused(
            code="unknown_time_zone", words="Write an IANA time zone, like Europe/Helsinki."
        )
    return name


def _locale(value: object) -> object:
    """BCP 47 from what programs write: ``en_US.UTF-8`` is ``en-US``."""
    if not isinstance(value, str):
        return value
    found = _LOCALE.fullmatch(_plain(value))
    if found is None:
        raise refused(code="invalid_locale", words=LOCALE_WORDS)
    language, script, region, variants = found.groups(default="")
    parts = [language.lower(), script.title(), region.upper(), variants.strip("-_").lower()]
    return "-".join(part.replace("_", "-") for part in parts if part)


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), BeforeValidator(_country)]
"""ISO 3166-1 alpha-2."""
TimeZone = Annotated[str, StringConstraints(max_length=64), BeforeValidator(_zone)]
"""An IANA name."""
Language = Annotated[str, StringConstraints(min_length=2, max_length=35), BeforeValidator(_locale)]
"""A BCP 47 tag."""
