"""Every sentence is in every language, asked for by the code, and compiled as it is written."""

import json
from pathlib import Path
from typing import Final

import pytest

from chalicelib.catalogues import HERE, INDEX, shipped
from infra.languages.__main__ import all_findings
from infra.languages.build import build, compile_language
from infra.languages.catalogue import (
    FOLDER,
    TEMPLATE,
    Language,
    NotACatalogue,
    categories,
    findings,
    language,
    messages,
    read,
    source,
    tags,
    text_of,
)
from infra.languages.sms import lengths
from infra.languages.update import begin, updated
from infra.languages.uses import uses
from tests.support.speaking import LANGUAGES

MOST_SEGMENTS: Final = {"ar": 2}
"""An SMS in another script than ours takes two messages; all others take one."""


def test_nothing_keeps_a_language_from_being_shipped() -> None:
    assert all_findings() == []


@pytest.mark.parametrize("path", [TEMPLATE, *sorted(FOLDER.glob("*.po"))], ids=lambda p: p.name)
def test_each_file_is_as_the_command_writes_it(path: Path) -> None:
    assert path.read_text("utf-8") == text_of(updated()[path])


def test_what_is_compiled_is_what_is_written(tmp_path: Path) -> None:
    build(tmp_path)

    assert tuple(shipped()) == tags()
    for name in (INDEX, *(f"{tag}.json" for tag in tags())):
        assert json.loads((HERE / name).read_text("utf-8")) == json.loads(
            (tmp_path / name).read_text("utf-8")
        )


ENGLISH: Final = {"stops": ("1 stop", "{n} stops"), "told": ("Told at {time}",)}


def polish(**sentences: tuple[str, ...]) -> Language:
    """A language with three plural forms, complete but for what is given."""
    complete = {"stops": ("1 stop", "{n} stopy", "{n} stopów"), "told": ("O {time}",)}
    said = {name: forms for name, forms in (complete | sentences).items() if forms}
    return Language("pl", "n", ("one", "few", "many"), said)


@pytest.mark.parametrize(
    ("sentences", "finding"),
    [
        ({"told": ()}, "pl: not translated: told"),
        ({"gone": ("x",)}, "pl: no sentence has this name: gone"),
        ({"told": ("O {when}",)}, "pl: other placeholders than in English (time, when): told"),
        ({"told": ("O",)}, "pl: other placeholders than in English (time): told"),
        ({"stops": ("1 stop", "{n} stopy")}, "pl: 2 plural forms instead of 3: stops"),
        (
            {"stops": ("1 stop", "stopy", "{n} stopów")},
            "pl: other placeholders than in English (n): stops",
        ),
        ({"told": ("O  {time}",)}, "pl: blanks at an end, or two in a row: told"),
    ],
)
def test_each_fault_of_a_translation_is_found(
    sentences: dict[str, tuple[str, ...]], finding: str
) -> None:
    assert list(findings(polish(), ENGLISH)) == []
    assert list(findings(polish(**sentences), ENGLISH)) == [finding]


def test_a_sentence_that_the_code_does_not_say_is_found_and_one_that_it_misses() -> None:
    names = set(source())
    invented = {"page.never_said", "driver.never.said", "reason.never_said"}

    assert uses().unused(names | invented) == invented
    assert uses().missing(names - {"page.privacy", "driver.stop.here"}) == {
        "page.privacy",
        "driver.stop.here",
    }


def test_plural_forms_that_are_not_those_of_the_language_are_refused() -> None:
    assert categories("de", 2, "(n != 1)") == ("one", "other")
    with pytest.raises(NotACatalogue):
        categories("pl", 2, "(n != 1)")


def test_what_is_not_translated_yet_is_in_english() -> None:
    begun = Language("pl", "n", ("one", "few", "many"), {"page.privacy": ("Prywatność",)})

    compiled = compile_language(begun, source())

    assert compiled["sentences"]["page.privacy"] == "Prywatność"
    assert compiled["sentences"]["page.refresh"] == "Refresh"
    assert compiled["sentences"]["stops"]["other"] == "{n} stops before you"
    assert compiled["times"]["today"] == "today"


def test_a_changed_sentence_waits_for_its_translator() -> None:
    template = read(TEMPLATE)
    messages(template)["page.privacy"].id = "Another sentence"

    text = text_of(updated(template)[FOLDER / "de.po"])

    assert "#, fuzzy\n#| msgid" in text
    assert 'msgid "Another sentence"' in text
    assert language("de").sentences["page.privacy"][0] in text


def test_a_new_language_begins_with_all_sentences(tmp_path: Path) -> None:
    begin("uk", tmp_path)

    begun = read(tmp_path / "uk.po")
    assert messages(begun).keys() == source().keys()
    assert begun.num_plurals == 3
    with pytest.raises(FileExistsError):
        begin("uk", tmp_path)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_an_sms_is_one_message(tag: str) -> None:
    most = MOST_SEGMENTS.get(tag, 1)

    assert {each.kind: each.text for each in lengths(tag) if each.segments > most} == {}
