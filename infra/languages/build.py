"""Catalogues compiled for the functions: one JSON file a language, and an index of all.

A file has the sentences by name, the plural rule, and the names and patterns of CLDR. What the
catalogue says about times in sentences with placeholders is taken apart here, so that the domain
only joins words.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from chalicelib.catalogues import HERE, INDEX
from infra.languages import cldr
from infra.languages.catalogue import Forms, Language, language, source, tags

TIMES: Final = "time."
ENGLISH_FORMS: Final = ("one", "other")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SAID: Final = ("today", "tomorrow", "yesterday", "this_evening", "tonight", "midnight")


def build(folder: Path = HERE) -> None:
    """Compile all languages. Raises NotACatalogue."""
    english = source()
    compiled = {tag: compile_language(language(tag), english) for tag in tags()}
    for tag, contents in compiled.items():
        _write(folder / f"{tag}.json", contents)
    _write(folder / INDEX, {tag: about(tag) for tag in compiled})


def about(tag: str) -> dict[str, Any]:
    """What is known about a language before its sentences are read."""
    return {
        "name": cldr.own_name(tag),
        "direction": cldr.direction(tag),
        "has_half_days": cldr.has_half_days(tag),
        "other_clock": cldr.other_clock(tag),
        "forms": list(cldr.regions(tag)),
    }


def compile_language(of: Language, english: Mapping[str, Forms]) -> dict[str, Any]:
    """The file of a language. A sentence that nobody has translated yet is in English.

    So one can try a page before its translators have seen it; the tests ship no such language.
    """
    sentences = {
        name: _compiled(of.sentences.get(name, forms), of.categories, forms)
        for name, forms in english.items()
        if not name.startswith(TIMES)
    }
    return {
        "sentences": sentences,
        "plural": of.plural,
        "categories": of.categories,
        "times": cldr.names_and_patterns(of.tag) | _times(of, english),
        "regions": {region: cldr.of_region(of.tag, region) for region in cldr.regions(of.tag)},
        "numbers": cldr.numbers(of.tag),
    }


def _compiled(said: Forms, categories: Forms, english: Forms) -> str | dict[str, str]:
    """One text, or one for each category and for what is no whole number."""
    if len(english) == 1:
        return said[0]
    known = categories if len(said) == len(categories) else ENGLISH_FORMS
    forms = dict(zip(known, said, strict=True))
    return {"other": said[-1]} | forms


def _times(of: Language, english: Mapping[str, Forms]) -> dict[str, Any]:
    """The fields of TimeWords that the catalogue has. Words of joined times are cut out of them."""

    def say(name: str) -> str:
        return of.sentences.get(f"{TIMES}{name}", english[f"{TIMES}{name}"])[0]

    _, _, after_date = say("date_and_clock").partition("{date}")
    return {
        **{name: say(name) for name in SAID},
        "on_weekdays": [say(f"on.{day}") for day in WEEKDAYS],
        "list_moment": say("list_moment"),
        "at": say("at").partition("{clock}")[0].strip(),
        "at_after_day": _between(say("day_and_clock"), "{day}", "{clock}").strip(),
        "after_date": after_date.partition(" ")[0],
        "after_clock": say("clock").partition("{clock}")[2].strip(),
    }


def _between(text: str, first: str, last: str) -> str:
    return text.partition(first)[2].partition(last)[0]


def _write(path: Path, contents: Mapping[str, Any]) -> None:
    text = json.dumps(contents, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
