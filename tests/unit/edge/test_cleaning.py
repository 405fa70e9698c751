import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.edge.cleaning import cleaned, is_blank, trimmed, without_invisible

NEWER = "\U0001fae9"
"""A face of Unicode 16, newer than Python 3.13."""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\ufeffMatti", "Matti"),
        ("\u200bMatti\u200b", "Matti"),
        ("\u00a0 Matti\u3000", "Matti"),
        ("\u2800Matti\u3164", "Matti"),
        ("\u202dMatti\u202c Meikäläinen", "Matti Meikäläinen"),
        ("Ma\u0308kinen", "Mäkinen"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one\ntwo\nthree\nfour\nfive"),
        (f"Liisa {NEWER}", f"Liisa {NEWER}"),
        ("\U00010d4a", "\U00010d4a"),
        ("\U0001f469\u200d\U0001f33e Farm", "\U0001f469\u200d\U0001f33e Farm"),
        ("I \u2764\ufe0f", "I \u2764\ufe0f"),
        ("\u0d28\u0d4d\u200d", "\u0d28\u0d4d\u200d"),
        ("Matti\u200d", "Matti"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
    ],
    ids=ascii,
)
def test_a_text_is_kept_without_what_programs_put_around_it(written: str, kept: str) -> None:
    assert cleaned(written) == kept


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\ud800", "\ufffe", "\ufdd0", "\U0010ffff"])
def test_what_is_no_text_is_refused_by_its_number(char: str) -> None:
    with pytest.raises(ValueError, match=rf"U\+{ord(char):04X}"):
        cleaned(f"a{char}b")


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b", "\ufeff\u00a0", "\u202e\u202c", "\u3164", "\u2800", "\u0301", "\ufe0f"],
)
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "-", "王", "9", NEWER, "\u200b.", "\ue000"])
def test_what_somebody_can_see_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_codes_lose_all_that_is_invisible_and_take_their_plain_forms() -> None:
    assert without_invisible("\u202a+358\u00a040 １２\u2060３\u202c") == "+358 40 123"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = cleaned(text)
    except ValueError:
        return

    assert cleaned(once) == once == trimmed(once)
    assert "\r" not in once
