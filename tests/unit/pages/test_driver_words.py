"""The driver's app says the same things in all languages, and no word of it is missing."""

import re
import string
from pathlib import Path

import pytest

from chalicelib.domain.driving.screening import Reason
from chalicelib.pages.driver.catalogues import CATALOGUES
from chalicelib.pages.languages import CATALOGUES as PAGES

SOURCES = Path(__file__).parents[3] / "web" / "src" / "driver"


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("language", PAGES)
def test_every_language_has_every_phrase_with_its_placeholders(language: str) -> None:
    said = {key: placeholders(phrase) for key, phrase in CATALOGUES[language].items()}

    assert said == {key: placeholders(phrase) for key, phrase in CATALOGUES["en"].items()}


def test_every_phrase_that_the_app_asks_for_is_there() -> None:
    code = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.js"))
    asked = set(re.findall(r"""say\(\s*"([a-z_.]+)\"""", code))

    assert len(asked) > 50
    assert asked <= CATALOGUES["en"].keys()


def test_every_reason_against_a_position_has_words() -> None:
    corrected = {Reason.WEEK_ROLLOVER}

    assert {f"fixes.{each}" for each in set(Reason) - corrected} <= CATALOGUES["en"].keys()
