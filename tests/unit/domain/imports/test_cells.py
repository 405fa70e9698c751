"""Cells: what a spreadsheet has made of them, and the order of a row."""

import pytest

from chalicelib.domain.imports.cells import damages, field_of, order_of, pointer_of, text_of
from chalicelib.domain.imports.headings import FIELDS


def codes(**values: str) -> list[tuple[str, str]]:
    by_field = {name.replace("__", "."): [text] for name, text in values.items()}
    return [(error.pointer, error.code) for error in damages(by_field)]


@pytest.mark.parametrize("text", ["3.58401E+11", "3,58401E+11", "3E+17"])
@pytest.mark.parametrize(
    "field", ["reference", "recipient__phone", "address__postal_code", "parcels__barcode"]
)
def test_a_number_that_lost_its_digits_is_no_code(field: str, text: str) -> None:
    assert codes(**{field: text}) == [(pointer_of(field.replace("__", ".")), "rounded_number")]


@pytest.mark.parametrize(
    ("text", "is_damaged"),
    [
        ("340434161094042000", True),  # a spreadsheet has kept fifteen digits
        ("340434161094042557", False),
        ("00340434161094042557", False),
        ("100000000000000000", True),
        ("123456789012345000", True),
        ("1234567890120000", False),
        ("12E34", False),
        ("0012345", False),
    ],
)
def test_a_barcode_with_zeros_for_digits_is_found_by_its_check_digit(
    text: str, *, is_damaged: bool
) -> None:
    assert bool(codes(parcels__barcode=text)) is is_damaged


@pytest.mark.parametrize(
    ("country", "text", "meant"),
    [
        ("FI", "650", "00650"),
        ("Suomi", "100", "00100"),
        ("fi", "00650", None),
        ("DE", "1067", "01067"),
        ("US", "2134", "02134"),
        ("US", "02134-1000", None),
        ("CH", "8001", None),
        ("GB", "650", None),
        ("FI", "FI-00650", None),
        ("FI", "00650 Helsinki", None),
        ("SE", "111 22", None),
        ("US", "021341000", None),
    ],
)
def test_a_postcode_that_lost_its_zeros_is_told(country: str, text: str, meant: str | None) -> None:
    values = {"address.country": [country], "address.postal_code": [text]}

    found = list(damages(values))

    assert [error.code for error in found] == (["lost_zeros"] if meant else [])
    assert all(meant is not None and meant in error.detail for error in found)


def test_a_failed_formula_is_told_in_any_column() -> None:
    assert codes(recipient__name="#N/A") == [("/recipient/name", "failed_formula")]


def test_a_word_for_a_number_is_told_and_a_decimal_comma_is_read() -> None:
    assert codes(address__lat_deg="north") == [("/address/lat_deg", "not_a_number")]
    assert codes(address__lat_deg="nan") == [("/address/lat_deg", "not_a_number")]
    assert codes(address__lat_deg="60,17") == []


def test_a_row_is_an_order_as_the_api_takes_it() -> None:
    order = order_of(
        {
            "reference": ["7"],
            "recipient.name": ["Aino"],
            "address.lines": ["Kuja 1\r\nB 2", "c/o Liisa"],
            "address.country": ["Suomi"],
            "address.lat_deg": ["60,17"],
            "parcels.barcode": ["A B", "C;D"],
            "parcels.description": ["Books"],
            "service_day": ["5.3.2027"],
            "window.start": ["05.03.2027 9:30"],
            "metadata.colour": ["red"],
        }
    )

    books = [{"barcode": code, "description": "Books"} for code in "ABCD"]
    assert order == {
        "reference": "7",
        "recipient": {"name": "Aino"},
        "address": {"lines": ["Kuja 1", "B 2", "c/o Liisa"], "country": "FI", "lat_deg": 60.17},
        "parcels": books,
        "service_day": "2027-03-05",
        "window": {"start": "2027-03-05T09:30"},
        "metadata": {"colour": "red"},
    }


@pytest.mark.parametrize("field", sorted(FIELDS | {"metadata.my colour"}))
def test_an_error_finds_its_column_again(field: str) -> None:
    assert field_of(pointer_of(field)) == field


@pytest.mark.parametrize(
    ("pointer", "field"),
    [("/address/lines/3", "address.lines"), ("/parcels", "parcels.barcode"), ("", "")],
)
def test_a_pointer_into_a_list_is_its_column(pointer: str, field: str) -> None:
    assert field_of(pointer) == field


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  A ", "A"),
        ('="0012"', "0012"),
        ("'0012", "0012"),
        ("'=1", "=1"),
        ("'", "'"),
        ("'t Hof", "'t Hof"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_only_tells_that_it_is_text_is_taken_off(cell: str, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("field", "text", "codes_told"),
    [
        ("address.postal_code", "ABCDE", ["invalid_postcode"]),
        ("address.postal_code", "006500", ["invalid_postcode"]),
        ("address.postal_code", "650.0", ["rounded_number"]),
        ("parcels.barcode", "12345.0", ["rounded_number"]),
        ("parcels.barcode", "12345", []),
        ("reference", "7.0", []),
    ],
)
def test_a_code_that_cannot_be_is_told(field: str, text: str, codes_told: list[str]) -> None:
    found = list(damages({"address.country": ["FI"], field: [text]}))

    assert [error.code for error in found] == codes_told
