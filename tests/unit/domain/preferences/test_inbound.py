import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.preferences.inbound import InboundText, from_text, is_inbound
from chalicelib.domain.preferences.keywords import WORDS, Keyword, keyword_of

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("word", WORDS)
def test_each_word_counts_however_it_is_written(word: str) -> None:
    assert keyword_of(word) is keyword_of(f" {word.upper()}!\n") is WORDS[word]


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("Stop all", Keyword.STOP),
        ("opt out", Keyword.STOP),
        ("STOP please", Keyword.STOP),
        ("Désabonner", Keyword.STOP),
        ("BÖRJA", Keyword.START),
        ("إيقاف", Keyword.STOP),
        ("ابدأ", Keyword.START),
        ("", None),
        ("Thank you!", None),
        ("start of the street", None),
        ("Please stop", None),
        ("Stop at the red house please", None),
        ("🛑", None),
    ],
)
def test_other_texts_are_no_keyword(text: str, keyword: Keyword | None) -> None:
    assert keyword_of(text) is keyword


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert keyword_of(text) in {None, *Keyword}
    body = json.dumps({"originationNumber": "+358401234567", "messageBody": text})
    assert is_inbound(body)
    assert from_text(body, AT) == InboundText("+358401234567", keyword_of(text), AT)


def test_only_a_phone_is_listened_to() -> None:
    assert from_text('{"originationNumber": "358401234567"}', AT) == InboundText(
        "+358401234567", None, AT
    )
    for number in ("12345", "", "+0", "Posti"):
        assert from_text(json.dumps({"originationNumber": number}), AT) is None
    for body in ("{", "[]", '"STOP"', "{}", '{"due_at": "x"}', "[" * 100_000):
        assert not is_inbound(body)
