"""How a reader writes times: the words of the language, and the clock of the region."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from chalicelib.domain.phrases.de import GERMAN
from chalicelib.domain.phrases.en import AMERICAN, ENGLISH
from chalicelib.domain.phrases.fi import FINNISH
from chalicelib.domain.phrases.sv import SWEDISH
from chalicelib.domain.phrases.words import TimeWords

LANGUAGES: Final[Mapping[str, TimeWords]] = {
    "en": ENGLISH,
    "fi": FINNISH,
    "sv": SWEDISH,
    "de": GERMAN,
}
DEFAULT_LANGUAGE: Final = "en"
HALF_DAY_REGIONS: Final = frozenset({"AU", "CA", "IN", "NZ", "PH", "US", "ZA"})
"""Regions of English where a clock has twice twelve hours (CLDR's pattern ``h``)."""


@dataclass(frozen=True, slots=True)
class Style:
    """The words of a language, and whether its clock has am and pm."""

    language: str
    words: TimeWords
    has_half_days: bool


@cache
def style_of(tag: str) -> Style:
    """The style of a BCP 47 tag; that of English when we do not have its language.

    >>> style_of("sv_FI").language, style_of("ar").language, style_of("en-US").has_half_days
    ('sv', 'en', True)
    """
    language, *subtags = tag.replace("_", "-").split("-")
    language = language.lower()
    if language not in LANGUAGES:
        return style_of(DEFAULT_LANGUAGE)
    is_english = language == DEFAULT_LANGUAGE
    regions = {subtag.upper() for subtag in subtags} if is_english else set()
    return Style(
        language=language,
        words=AMERICAN if "US" in regions else LANGUAGES[language],
        has_half_days=not regions.isdisjoint(HALF_DAY_REGIONS),
    )
