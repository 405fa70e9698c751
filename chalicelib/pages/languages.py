"""Which language a page speaks, and what follows: phrases, and how times are written.

The choice is made from what the reader says (``?lang=``, then Accept-Language) before what the
shipper said about them. The region of a tag changes form only (en-US: 2:10 pm), never the zone that
times are shown in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from chalicelib.domain.phrases.styles import HALF_DAY_REGIONS, Style, style_of
from chalicelib.pages.phrases import de, en, fi, sv

CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": en.PHRASES,
    "fi": fi.PHRASES,
    "sv": sv.PHRASES,
    "de": de.PHRASES,
}
DEFAULT_LANGUAGE: Final = "en"
ACCEPTED_TAGS: Final = 10
"""So many entries of Accept-Language are looked at: no header makes us work without end."""

_QUALITY: Final = re.compile(r"q\s*=\s*([01](?:\.[0-9]{0,3})?)", re.ASCII)


@dataclass(frozen=True)
class Locale:
    """A language with its regional forms. ``tag`` is what the page's ``lang`` attribute says."""

    tag: str
    language: str
    style: Style
    phrases: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The phrase with its placeholders filled in. Raises KeyError for an unknown phrase.

        >>> locale_of("fi").say("stops.other", n=3)
        '3 pysähdystä ennen sinua'
        """
        return self.phrases[key].format_map(values)

    def count(self, key: str, n: int) -> str:
        """The phrase for one or for several: all our languages have just these two forms."""
        return self.say(f"{key}.one" if n == 1 else f"{key}.other", n=n)


@cache
def locale_of(tag: str) -> Locale:
    """The locale of a tag whose language has a catalogue. Raises KeyError for other languages."""
    language = tag.partition("-")[0]
    return Locale(tag, language, style_of(tag), CATALOGUES[language])


def negotiate(
    asked: str | None, accept_language: str | None, recipient_locale: str | None = None
) -> Locale:
    """The best language there is for this reader; English when we speak none of theirs.

    >>> negotiate(None, "et, fi;q=0.7, en;q=0.3").tag
    'fi'
    >>> negotiate("sv", "fi").tag
    'sv'
    """
    wanted = [asked or "", *_by_preference(accept_language or ""), recipient_locale or ""]
    spoken = (tag for tag in map(_spoken, wanted) if tag is not None)
    return locale_of(next(spoken, DEFAULT_LANGUAGE))


def _by_preference(accept_language: str) -> list[str]:
    """The tags of an Accept-Language header (RFC 9110 §12.5.4), most wanted first.

    What is malformed is left out.
    """
    weighted: list[tuple[float, str]] = []
    for entry in accept_language.split(",")[:ACCEPTED_TAGS]:
        tag, _, parameter = entry.partition(";")
        weight = _weight(parameter)
        if weight > 0:
            weighted.append((weight, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def _weight(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    found = _QUALITY.fullmatch(parameter.strip())
    return float(found[1]) if found else 0.0


def _spoken(tag: str) -> str | None:
    """The tag in canonical form (``EN-us`` → ``en-US``) if we have its language, else None."""
    language, *subtags = tag.strip().lower().split("-")
    if language not in CATALOGUES:
        return None
    region = next((sub.upper() for sub in subtags if len(sub) == 2 and sub.isalpha()), "")  # noqa: PLR2004 - ISO 3166
    known = language == DEFAULT_LANGUAGE and region in HALF_DAY_REGIONS
    return f"{language}-{region}" if known else language
