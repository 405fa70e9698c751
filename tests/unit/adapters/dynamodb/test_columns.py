"""Columns of numbers, fractions and ids come back, also those that fit badly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamodb.values.columns import (
    pack_ids,
    pack_numbers,
    scaled,
    unpack_ids,
    unpack_numbers,
    unscaled,
)
from tests.support.depth import times
from tests.support.strategies import ids

ULID = "01KAR9Q7ZX0000000000000007"
whole = st.integers(-(2**61), 2**61)


@settings(max_examples=times(quick=20, deep=2_000))
@given(st.lists(st.lists(whole, max_size=4), max_size=4))
def test_numbers_come_back(columns: list[list[int]]) -> None:
    assert unpack_numbers(pack_numbers(columns), list(map(len, columns))) == columns


@settings(max_examples=times(quick=20, deep=2_000))
@given(st.lists(st.floats(-1e9, 1e9) | st.integers(-9, 9).map(float), max_size=5))
def test_fractions_come_back_exactly(values: list[float]) -> None:
    assert unscaled(*scaled(values, 1_000), 1_000) == values


def test_what_fits_the_scale_is_nowhere_stored_twice() -> None:
    assert scaled([60.1699, -24.9384001], 10_000_000) == ([601_699_000, -249_384_001], {})


@settings(max_examples=times(quick=20, deep=2_000))
@given(st.lists(ids("shp") | st.text(max_size=30), max_size=5))
def test_ids_come_back(some: list[str]) -> None:
    assert unpack_ids(*pack_ids(some, "shp"), "shp") == some


@pytest.mark.parametrize("text", [f"stp_{ULID}", f"shp_{ULID.lower()}", f"shp_{ULID}0", ULID, ""])
def test_what_is_no_id_of_that_prefix_is_kept_as_it_is(text: str) -> None:
    _, _, odd = pack_ids([f"shp_{ULID}", text], "shp")

    assert odd == {1: text}
