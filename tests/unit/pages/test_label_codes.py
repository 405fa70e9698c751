"""Bars are the right ones, and fit onto a label; the rest is for the QR code alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pages.labels.codes import QUIET, WIDEST, bars_of, qr_of


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_bars_stand_in_order_between_the_blank_sides(text: str) -> None:
    found = bars_of(text)

    if found is None:
        assert len(text) > 20
        return
    assert found.width <= WIDEST
    ends = [QUIET, *(at + width for at, width in found.bars)]
    assert all(at >= end for (at, _), end in zip(found.bars, ends, strict=False))
    assert all(1 <= width <= 4 for _, width in found.bars)
    assert ends[-1] == found.width - QUIET


@pytest.mark.parametrize("text", ["Größe", "包裹", "A" * 60])
def test_what_no_bars_can_say_is_left_to_the_qr_code(text: str) -> None:
    assert bars_of(text) is None
    assert qr_of(text).startswith("<svg")
