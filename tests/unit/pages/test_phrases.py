"""The catalogues say the same things: a missing phrase would fail for one language only."""

import string

import pytest

from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.tracking.tracking import SHOWN_ELSEWHERE
from chalicelib.pages.languages import CATALOGUES

ENGLISH = CATALOGUES["en"]


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name is not None}


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_language_has_every_phrase(language: str) -> None:
    assert CATALOGUES[language].keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_phrase_has_the_same_placeholders(language: str) -> None:
    differing = [
        key
        for key, phrase in CATALOGUES[language].items()
        if placeholders(phrase) != placeholders(ENGLISH[key])
    ]

    assert differing == []


def test_every_word_of_the_domain_has_a_phrase() -> None:
    wanted = (
        {f"status.{status}" for status in Status}
        | {f"reason.{reason}" for reason in FailureReason}
        | {f"event.{kind}" for kind in EventType if kind not in INTERNAL | SHOWN_ELSEWHERE}
    )

    assert wanted <= ENGLISH.keys()
