import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cloud.capacity import item_bytes, number_bytes, read_units, value_bytes, write_units


def item_of(size_bytes: int) -> dict[str, dict[str, str]]:
    """An item of exactly that size: the names take two bytes."""
    return {"k": {"S": "x"}, "v": {"S": "x" * (size_bytes - 3)}}


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("0", 1),
        ("-0", 1),
        ("0.000", 1),
        ("1", 2),
        ("-1", 3),
        ("12", 2),
        ("123", 3),
        ("1234", 3),
        ("100", 2),
        ("1000", 2),
        ("10001", 4),
        ("0.5", 2),
        ("0.05", 2),
        ("12.5", 3),
        ("-12.5", 4),
        ("1e100", 2),
        ("12345678901234567890123456789012345678", 20),
        ("1764158400", 5),
    ],
)
def test_a_number_weighs_its_significant_digits(text: str, size_bytes: int) -> None:
    assert number_bytes(text) == size_bytes


@given(st.integers(-(10**37), 10**37), st.integers(0, 20))
def test_a_number_never_weighs_more_than_22_bytes(number: int, zeros: int) -> None:
    assert 1 <= number_bytes(f"{number}{'0' * zeros}") <= 22
    assert number_bytes(str(number)) == number_bytes(f"{number}.000")


@pytest.mark.parametrize(
    ("value", "size_bytes"),
    [
        ({"S": ""}, 0),
        ({"S": "päivää"}, 9),
        ({"B": b"\x00\x01\x02"}, 3),
        ({"B": "AAEC"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "-1"]}, 5),
        ({"BS": [b"abc", b"d"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {}}, 3),
        ({"M": {"ab": {"S": "cd"}}}, 3 + 1 + 2 + 2),
    ],
)
def test_every_type_has_its_weight(value: dict[str, object], size_bytes: int) -> None:
    assert value_bytes(value) == size_bytes


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="X"):
        value_bytes({"X": "?"})


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, 1024, 1),
        (None, 1025, 2),
        (None, 3, 1),
        (1025, 3, 2),
        (3, 2048, 2),
        (2049, None, 3),
        (None, None, 1),
    ],
)
def test_a_write_costs_the_larger_of_old_and_new(
    old: int | None, new: int | None, units: int
) -> None:
    before, after = (None if size is None else item_of(size) for size in (old, new))

    assert item_bytes(after) == (new or 0)
    assert write_units(before, after) == units


@pytest.mark.parametrize(
    ("size_bytes", "consistent", "eventual"),
    [(0, 1.0, 0.5), (1, 1.0, 0.5), (4096, 1.0, 0.5), (4097, 2.0, 1.0), (8193, 3.0, 1.5)],
)
def test_a_read_costs_every_started_4_kb(
    size_bytes: int, consistent: float, eventual: float
) -> None:
    assert read_units(size_bytes, is_consistent=True) == consistent
    assert read_units(size_bytes, is_consistent=False) == eventual
