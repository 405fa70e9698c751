"""Codes of countries, languages and time zones, checked against lists that others keep.

Countries and their zones are the tables of the IANA time zone database, which the package
``tzdata`` brings with each of its releases.
"""

import re
from functools import cache
from typing import Annotated, Final

from pydantic import BeforeValidator, StringConstraints

from chalicelib.edge.cleaning import without_invisible
from chalicelib.edge.schemas import LONGEST_CODE
from chalicelib.edge.sentences import refused

USER_ASSIGNED: Final = frozenset({"XK"})
"""Kosovo. ISO 3166 has no code for it; the EU, carriers and phone books use this one."""
SHORT_CODE: Final = 2
NO_ZONES: Final = frozenset({"Factory", "localtime"})
"""What a computer says that has not been told its zone."""
MEANT: Final = {"UK": "GB", "EL": "GR"}
"""Codes of everyday life and of the EU, and the ISO codes for what they mean."""
LOCALE_WORDS: Final = "Write a language with or without a country, like fi or fi-FI."
_LOCALE: Final = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?"
    r"((?:[-_](?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}|[A-Za-z](?:[-_][A-Za-z0-9]{2,8})+)){0,4})"
    r"(?:\.[A-Za-z0-9-]{1,12})?(?:@[A-Za-z]{1,12})?"
)
_LANGUAGES: Final = (
    " aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv"
    " cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho"
    " hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn"
    " ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb"
    " nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se"
    " sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty"
    " ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)
"""ISO 639-1 with the codes that it has withdrawn, which old programs write (``iw``, ``in``)."""
_THREE_LETTERS: Final = {
    "ara": "ar", "deu": "de", "eng": "en", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de",
    "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl", "por": "pt", "spa": "es", "swe": "sv",
}  # fmt: skip
"""ISO 639-2 of our own languages: BCP 47 takes the shorter code, some programs the longer."""


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
    """Every IANA name by its small letters, whatever this computer has besides."""
    from importlib import resources  # noqa: PLC0415 - only who takes addresses pays for it

    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return {name.lower(): name for name in names if name not in NO_ZONES}


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
    language, region = language.lower(), MEANT.get(region.upper(), region.upper())
    language = _THREE_LETTERS.get(language, language)
    is_known = len(language) > SHORT_CODE or f" {language} " in _LANGUAGES
    if not is_known or (region.isalpha() and region not in countries()):
        raise refused(code="invalid_locale", words=LOCALE_WORDS)
    parts = [language, script.title(), region, variants.strip("-_").lower()]
    return "-".join(part.replace("_", "-") for part in parts if part)


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), BeforeValidator(_country)]
"""ISO 3166-1 alpha-2."""
TimeZone = Annotated[str, StringConstraints(max_length=64), BeforeValidator(_zone)]
"""An IANA name."""
Language = Annotated[str, StringConstraints(min_length=2, max_length=35), BeforeValidator(_locale)]
"""A BCP 47 tag."""
