import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.notices.gsm7 import (
    BASIC,
    EXTENDED,
    LONGEST_NAME,
    MOST_DIGITS,
    is_plain,
    segments,
    sender_name,
)

LETTERS = set(string.ascii_letters + string.digits + " ÄÖÑÜäöñüàÅåÆæØøÇÉéèùìòßΔΦΓΛΩΠΨΣΘΞ")


def test_the_alphabet_has_all_its_characters() -> None:
    assert len(BASIC) == 127  # 128 places, one of them the escape
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("–" * 70, 1),
        ("–" * 71, 2),
        ("🚚" * 35, 1),
        ("🚚" * 36, 2),
    ],
)
def test_long_texts_take_more_messages(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        (None, None),
        ("", None),
        ("Kirjakauppa", "Kirjakauppa"),
        ("  Kirja   kauppa ", "Kirja kauppa"),
        ("Håkans Äpplen & Co.", "Håkans Äpplen Co"),
        ("Café Čapek", "Café Capek"),
        ("Visit http://evil", None),
        ("Visit https:/evil", None),
        ("www.evil", None),
        ("evil.example", None),
        ("ev\u200bil\u2024example", None),  # zero width, and a dot by another name
        ("ｅｖｉｌ．ｅｘａｍｐｌｅ", None),
        ("\u202eelpmaxe", "elpmaxe"),
        ("Call 0900 123456 now", "Call now"),
        ("7-Eleven", "7 Eleven"),
        ("12345", None),
        ("!!!", None),
        ("Магазин", None),
        ("A very long name of a shop", "A very long name of"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahr"),
        ("Pay\r\nBcc: all", "PayBcc all"),
    ],
)
def test_a_name_keeps_only_what_is_safe(name: str | None, safe: str | None) -> None:
    assert sender_name(name) == safe


@given(st.text(max_size=60))
def test_no_name_gets_more_through_than_letters_few_digits_and_spaces(name: str) -> None:
    safe = sender_name(name)

    if safe is not None:
        assert set(safe) <= LETTERS
        assert is_plain(safe)
        assert 1 <= len(safe) <= LONGEST_NAME
        assert sum(c.isdigit() for c in safe) <= MOST_DIGITS
        assert safe == " ".join(safe.split())
        assert sender_name(safe) == safe
