"""Letters to members: as messages to ourselves, and as e-mails."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.accounts.letters import (
    Letter,
    LetterKind,
    from_text,
    invitation_letter,
    is_letter,
    sign_in_letter,
    to_text,
)
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import MemberId
from tests.support.builders import NOON

LETTER = Letter("1", LetterKind.SIGN_IN, MemberId("mbr_1"), NOON, "/console/live")


@given(
    st.builds(
        Letter,
        id=st.text(max_size=40),
        kind=st.sampled_from(LetterKind),
        member_id=st.text(max_size=40).map(MemberId),
        asked_at=st.just(NOON),
        next_path=st.text(max_size=40),
    )
)
def test_a_letter_comes_back(letter: Letter) -> None:
    assert is_letter(to_text(letter))
    assert from_text(to_text(letter)) == letter


@pytest.mark.parametrize("text", ["", "{", "[]", '"letter"', "1", "{}", '{"due_at": "x"}'])
def test_what_is_no_letter_is_told_apart(text: str) -> None:
    assert not is_letter(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"letter": "other"},
        {"asked_at": "noon"},
        {"asked_at": "2026-11-23T12:00:00"},
    ],
    ids=str,
)
def test_a_malformed_letter_and_one_of_a_newer_version_are_poison(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        from_text(json.dumps(json.loads(to_text(LETTER)) | changes))


def test_a_letter_of_a_release_before_has_no_page() -> None:
    message = json.loads(to_text(LETTER))
    del message["next_path"]

    assert from_text(json.dumps(message)).next_path == ""


def test_names_are_no_markup() -> None:
    letter = invitation_letter("https://x/console", "<b>Eve</b>", carrier="A & B")

    assert "<b>" not in letter.html
    assert "&lt;b&gt;Eve&lt;/b&gt;" in letter.html
    assert "A &amp; B" in letter.html
    assert "<b>Eve</b>" in letter.text


def test_the_link_is_in_text_and_html() -> None:
    letter = sign_in_letter("https://x/console/sign-in/code?next=/console", carrier="Doorstep")

    assert "\nhttps://x/console/sign-in/code?next=/console\n" in letter.text
    assert 'href="https://x/console/sign-in/code?next=/console"' in letter.html
    assert "ten minutes" in letter.text
