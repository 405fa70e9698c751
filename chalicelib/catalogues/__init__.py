"""The catalogues: every sentence that a recipient or a driver reads, in the languages that we ship.

Translators write them (``languages/*.po``), and the build compiles each into one file beside this
module, together with what CLDR knows about the language. A file is read when the first sentence of
its language is made, so that whoever says nothing pays nothing.
"""

import gettext
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from chalicelib.domain.phrases.locales import Direction, Locale, Numbers
from chalicelib.domain.phrases.styles import Style
from chalicelib.domain.phrases.words import TimeWords

HERE: Final = Path(__file__).parent
INDEX: Final = "index.json"
DEFAULT_LANGUAGE: Final = "en"


class CataloguesNotBuilt(RuntimeError):
    """The compiled catalogues are missing: they are built (make setup), not committed."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is known about a language before its sentences are read.

    ``name`` is in the language itself. ``has_half_days`` says whether its clock has am and pm;
    ``other_clock`` are the regions where it is the other way round. ``forms`` are the regions that
    write dates in a way of their own.
    """

    name: str
    direction: Direction
    has_half_days: bool
    other_clock: frozenset[str]
    forms: frozenset[str]


@cache
def shipped() -> Mapping[str, Shipped]:
    """The languages that we speak by their tags, English first. Raises CataloguesNotBuilt."""
    return {
        tag: Shipped(
            name=about["name"],
            direction=about["direction"],
            has_half_days=about["has_half_days"],
            other_clock=frozenset(about["other_clock"]),
            forms=frozenset(about["forms"]),
        )
        for tag, about in _read(INDEX).items()
    }


def spoken(tag: str) -> str | None:
    """The tag in canonical form if we speak its language, else None.

    Of all subtags only a region is kept, and only one that writes times or dates in another way.

    >>> spoken("EN_us"), spoken("de-CH"), spoken("zh-Hant-TW")
    ('en-US', 'de', None)
    """
    language, *subtags = tag.strip().lower().replace("_", "-").split("-")
    about = shipped().get(language)
    if about is None:
        return None
    regions = (each.upper() for each in subtags if len(each) == 2 and each.isalpha())  # noqa: PLR2004 - ISO 3166
    region = next(regions, "")
    return f"{language}-{region}" if region in about.other_clock | about.forms else language


def locale_for(tag: str) -> Locale:
    """The locale for whoever wishes this language; English where we do not speak it.

    >>> locale_for("de-AT").tag, locale_for("mi").tag
    ('de', 'en')
    """
    return locale_of(spoken(tag) or DEFAULT_LANGUAGE)


@cache
def locale_of(tag: str) -> Locale:
    """The locale of a tag that is ``spoken``. Raises KeyError for a language without a catalogue.

    >>> locale_of("fi").count("stops", 3)
    '3 pysähdystä ennen sinua'
    """
    language, _, region = tag.partition("-")
    about, read = shipped()[language], _read(f"{language}.json")
    times: dict[str, Any] = read["times"] | read["regions"].get(region, {})
    words: dict[str, Any] = {
        name: tuple(said) if isinstance(said, list) else said for name, said in times.items()
    }
    index_of, categories = gettext.c2py(read["plural"]), read["categories"]
    return Locale(
        tag=tag,
        language=language,
        direction=about.direction,
        style=Style(
            language=language,
            words=TimeWords(**words),
            has_half_days=about.has_half_days != (region in about.other_clock),
        ),
        phrases=read["sentences"],
        numbers=Numbers(**read["numbers"]),
        plural=lambda n: categories[index_of(n)],
    )


@cache
def _read(name: str) -> Any:  # noqa: ANN401 - JSON is what it is
    """A compiled file. Raises CataloguesNotBuilt."""
    path = HERE / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        msg = f"{path} is missing, so compile the catalogues first (make setup)."
        raise CataloguesNotBuilt(msg) from exc
