"""What CLDR knows about a language, as far as our sentences need it.

Babel has CLDR's data; it is read here, when building, and the few hundred bytes that we need are
written beside the sentences. So nothing of Babel runs in a function.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from babel import Locale, localedata

WEEK: Final = range(7)
YEAR: Final = range(1, 13)
UNITS: Final = {"m": "meter", "km": "kilometer", "yd": "yard", "mi": "mile"}
PATTERNS: Final = {"en": "en_GB"}
"""Whose patterns a language follows, where that is another: day before month in plain English."""
REGIONS: Final = {"en": ("US",)}
"""Regions that write dates in another way than their language does here."""
HALF_DAYS_AT_HOME: Final = {"en": False}
"""Where a language without a region has another clock than CLDR says: the safe one of 24 hours."""
AM_MAY_WRAP: Final = frozenset({"en"})
"""Where am and pm are words of their own; in other languages they are a single letter or two."""
CORRECTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "fi": {"weekdays": {6: "sunnuntaina"}},  # the data has it without its ending
    "fr": {"first_day": "1er"},  # CLDR has no form for it
}

_ELEMENT: Final = re.compile(r"'([^']*)'|([a-zA-Z])\2*")
_FIELDS: Final = {
    **dict.fromkeys(("E", "EEE", "EEEE", "ccc", "cccc"), "{weekday}"),
    **dict.fromkeys(("MMM", "MMMM"), "{month}"),
    "d": "{day}",
    "M": "{number}",
    "y": "{year}",
}
_YEAR_AT_THE_END: Final = re.compile(r"([^A-Za-z']*(?:'[^']*'[^A-Za-z']*)?)y+$")


def direction(tag: str) -> str:
    """The direction of the script: ltr or rtl."""
    return Locale.parse(tag).text_direction


def own_name(tag: str) -> str:
    """The name of a language in itself, with a capital: Suomi."""
    name = Locale.parse(tag).get_language_name(tag) or tag
    return name[:1].upper() + name[1:]


def has_half_days(tag: str) -> bool:
    """Whether the clock has am and pm."""
    return HALF_DAYS_AT_HOME.get(tag, _has_half_days(tag))


def other_clock(tag: str) -> list[str]:
    """The regions where the clock is not that of the language."""
    at_home = has_half_days(tag)
    return [region for region in _regions(tag) if _has_half_days(f"{tag}_{region}") != at_home]


def regions(tag: str) -> tuple[str, ...]:
    """The regions that write dates in another way."""
    return REGIONS.get(tag, ())


def names_and_patterns(tag: str) -> dict[str, Any]:
    """Names of days and months, patterns of dates and times: the fields of TimeWords from CLDR."""
    named, written = Locale.parse(tag), Locale.parse(PATTERNS.get(tag, tag))
    halves = written.day_periods["format"]["abbreviated"]
    corrected = CORRECTIONS.get(tag, {})
    weekdays = [named.days["format"]["wide"][day] for day in WEEK]
    for day, name in corrected.get("weekdays", {}).items():
        weekdays[day] = name
    return {
        "weekdays": weekdays,
        "months": [named.months["format"]["wide"][month] for month in YEAR],
        "brief_weekdays": [named.days["stand-alone"]["abbreviated"][day] for day in WEEK],
        "brief_months": [named.months["format"]["abbreviated"][month] for month in YEAR],
        "clock": "%H.%M" if "." in written.time_formats["short"].pattern else "%H:%M",
        "before_half": " " if tag in AM_MAY_WRAP else "\N{NO-BREAK SPACE}",
        "am": _plain(halves["am"]),
        "pm": _plain(halves["pm"]),
        "first_day": corrected.get("first_day", "1"),
        **_dates(written),
    }


def of_region(tag: str, region: str) -> dict[str, str]:
    """The patterns of dates in a region that has its own."""
    found = _dates(Locale.parse(f"{tag}_{region}"))
    return {**found, "after_date": "," if "," in found["date"] else ""}


def numbers(tag: str) -> dict[str, Any]:
    """How numbers and units are written. Digits are 0 to 9 in every language."""
    locale = Locale.parse(tag)
    patterns = locale._data["unit_patterns"]  # noqa: SLF001 - no public way to CLDR's patterns
    return {
        "decimal": locale.number_symbols["latn"]["decimal"],
        "units": {
            short: {
                category: _spaced(pattern.replace("{0}", "{n}"))
                for category, pattern in patterns[f"length-{name}"]["short"].items()
                if category != "per"
            }
            for short, name in UNITS.items()
        },
    }


def _dates(locale: Locale) -> dict[str, str]:
    """Patterns of dates; the year is what follows, since most dates are of this year."""
    found, full = locale.datetime_skeletons, locale.date_formats["full"].pattern
    year = _YEAR_AT_THE_END.search(full)
    brief, brief_year = found["MMMd"].pattern, found["yMMMd"].pattern
    if year is None or not brief_year.startswith(brief):
        msg = f"{locale}: the year does not follow the date: {full}, {brief_year}."
        raise ValueError(msg)
    long = found["MMMMEEEEd"].pattern if "MMMMEEEEd" in found else full[: year.start()]
    return {
        "date": _template(long),
        "year": _template(brief_year.removeprefix(brief) if "MMM" in brief_year else year[0]),
        "brief_date": _template(found["MMMEd"].pattern),
        "brief_year": _template(brief_year.removeprefix(brief)),
        "list_date": _template(brief),
    }


def _template(pattern: str) -> str:
    """A pattern of CLDR with the names of our fields."""

    def field(found: re.Match[str]) -> str:
        return found[1] if found[1] is not None else _FIELDS[found[0]]

    return _plain(_ELEMENT.sub(field, pattern))


def _regions(tag: str) -> list[str]:
    parts = (name.split("_") for name in localedata.locale_identifiers())
    return sorted({p[1] for p in parts if len(p) == 2 and p[0] == tag and len(p[1]) == 2})


def _has_half_days(tag: str) -> bool:
    return "h" in re.sub("'[^']*'", "", Locale.parse(tag).time_formats["short"].pattern)


def _plain(text: str) -> str:
    """Narrow spaces are no-break spaces, and marks of direction are left to us."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}").replace(
        "\N{RIGHT-TO-LEFT MARK}", ""
    )


def _spaced(text: str) -> str:
    return _plain(text).replace(" ", "\N{NO-BREAK SPACE}")
