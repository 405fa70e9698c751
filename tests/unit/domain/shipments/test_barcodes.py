"""One code, however a scanner, a keyboard or a shop's system writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.shipments.barcodes import (
    Index,
    as_stored,
    match,
    normal_form,
    right_check_digit,
)

SSCC = "106141411234567897"
OTHER = "106141411234567903"
GTIN = "09506000134352"
FNC1 = "\x1d"

WRAPPED = [
    "{}\r\n",
    "{}\n",
    "{}\t",
    " {}",
    "{}   ",
    "\ufeff{}",
    "\x02{}\x03",
    "\u200b{}\u00a0",
    "]C0{}",
    "]A0{}",
    "]d1{}",
    "]Q1{}\r",
    "]E4{}",
    "*{}*",
]


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_what_a_scanner_puts_around_a_code_is_no_part_of_it(wrapping: str) -> None:
    assert match(wrapping.format("PKG-0042"), ["PKG-0042", "PKG-0043"]) == ("PKG-0042",)
    assert match("PKG-0042", [wrapping.format("PKG-0042")]) != ()


SSCC_FORMS = [
    SSCC,
    f"00{SSCC}",
    f"(00){SSCC}",
    f"(00) {SSCC}",
    f"]C100{SSCC}",
    f"]d200{SSCC}",
    f"]Q300{SSCC}\r\n",
    f"]e000{SSCC}",
    f"{FNC1}00{SSCC}",
    f"]C1{FNC1}00{SSCC}",
    f"]C100{SSCC}{FNC1}",
    f"]C100{SSCC}{FNC1}40012345",
    f"]C102{GTIN}371200{SSCC}"[:-20] + f"{FNC1}00{SSCC}",
    f"00{SSCC}42000100",
    f"(00){SSCC}(420)00100",
    f"(02){GTIN}(37)12(00){SSCC}",
    "00 1 0614141 123456789 7",
    f"https://id.gs1.org/00/{SSCC}",
]


@pytest.mark.parametrize("stored", [SSCC, f"00{SSCC}", f"(00){SSCC}", f"]C100{SSCC}"])
@pytest.mark.parametrize("scanned", SSCC_FORMS)
def test_an_sscc_is_known_in_every_form(stored: str, scanned: str) -> None:
    assert match(scanned, [f"00{OTHER}", stored]) == (stored,)
    assert normal_form(scanned) == SSCC


@pytest.mark.parametrize(
    "scanned",
    [
        f"(01){GTIN}(21)JJD000042",
        f"01{GTIN}21JJD000042",
        f"]d201{GTIN}21JJD000042",
        f"]d201{GTIN}10LOT7{FNC1}21JJD000042",
        f"]C101{GTIN}1728010121JJD000042{FNC1}10LOT7",
        f"{FNC1}01{GTIN}21JJD000042",
        f"]Q301{GTIN}10LOT7<GS>21JJD000042",
        f"]d201{GTIN}10LOT7\u241d21JJD000042",
        f"https://id.gs1.org/01/{GTIN}/21/JJD000042?x=1",
    ],
)
def test_a_code_with_a_serial_number_is_known_by_it(scanned: str) -> None:
    assert match(scanned, ["JJD000041", "JJD000042"]) == ("JJD000042",)


def test_a_stored_element_string_is_known_with_and_without_its_marks() -> None:
    stored = f"(01){GTIN}(21)JJD000042"

    assert match(f"]d201{GTIN}21JJD000042", [stored]) == (stored,)
    assert match("JJD000042", [stored]) == (stored,)
    assert match(f"(01){GTIN}(21)JJD000041", [stored]) == ()


def test_a_product_number_names_no_parcel() -> None:
    assert match(f"01{GTIN}", [f"(01){GTIN}(21)JJD000042"]) == ()


def test_case_counts_only_where_it_tells_two_codes_apart() -> None:
    assert match("pkg-a", ["PKG-A"]) == ("PKG-A",)
    assert match("pkg-a", ["PKG-A", "pkg-a"]) == ("pkg-a",)
    assert match("Pkg-a", ["PKG-A", "pkg-a"]) == ("PKG-A", "pkg-a")


def test_the_text_itself_comes_before_every_reading() -> None:
    assert match("*1*", ["*1*", "1"]) == ("*1*",)


@pytest.mark.parametrize("scanned", ["", " ", FNC1, "]C1", "\r\n", "()", "(21)", "x" * 5_000])
def test_what_holds_no_code_finds_none(scanned: str) -> None:
    assert match(scanned, ["PKG-0042", f"00{SSCC}"]) == ()


def test_one_code_may_stand_for_several_things() -> None:
    index = Index({"B1": ["one", "two"], "]C0B1": ["three"]})

    assert index.find("B1") == ("one", "two")
    assert index.find("B1\n") == ("one", "two", "three")


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        (f"00{SSCC}", None),
        (SSCC, None),
        (f"00{SSCC[:-1]}0", 7),
        (f"(00){SSCC[:-1]}1", 7),
        (f"]C100{SSCC[:-1]}2", 7),
        ("PKG-0042", None),
        ("12345", None),
        ("٣" * 18, None),
    ],
)
def test_a_wrong_check_digit_is_told_with_the_right_one(text: str, digit: int | None) -> None:
    assert right_check_digit(text) == digit


@given(st.text(max_size=80))
def test_any_text_has_one_form_and_keeps_it(text: str) -> None:
    normal = normal_form(text)

    assert not any(char.isspace() for char in normal)
    assert FNC1 not in normal


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64))
def test_every_code_that_can_be_stored_is_known_as_it_is(code: str) -> None:
    assert match(code, [code, "another"]) == (code,)
    assert match(f"  {code}\r\n", ["another", code]) in {(code,), ()}


@pytest.mark.parametrize(
    ("stored", "scanned"),
    [
        ("036000291452", "0036000291452"),  # an UPC-A, and the same from a camera as EAN-13
        ("4006381333931", "04006381333931"),
        ("9400111899223197428490", "420123459400111899223197428490"),
        ("9400111899223197428490", f"]C142012345{FNC1}9400111899223197428490"),
        ("9400111899223197428490", "4201234567899400111899223197428490"),
        ("01234567890123", "%000123401234567890123301246"),
        ("(01)09506000134352(21)88", "https://id.gs1.org/01/09506000134352/21/88"),
        (
            "(01)09506000134352(21)88",
            "https://shop.example/x/01/09506000134352/10/L/21/88?17=271231",
        ),
        ("88", "https://id.gs1.org/01/09506000134352/21/88"),
        (f"00{SSCC}", f"https://id.gs1.org/00/{SSCC}"),
        (f"00{SSCC}", f"\\u001d00{SSCC}"),
    ],
)
def test_a_label_that_holds_more_or_less_than_the_code_means_it(stored: str, scanned: str) -> None:
    assert match(scanned, ["ORDER-7", stored, "12345"]) == (stored,)


@pytest.mark.parametrize(
    ("stored", "scanned"),
    [
        ("12345", "012345"),
        ("036000291453", "0036000291453"),  # its check digit is wrong: no number of an article
        ("4006381333931", "0104006381333931"),  # the article, and none of its parcels
        ("(01)09506000134352(21)88", "https://id.gs1.org/01/09506000134352/21/89"),
        ("(01)09506000134352(21)88", "https://id.gs1.org/01/09506000134352"),
    ],
)
def test_what_only_resembles_the_code_does_not_mean_it(stored: str, scanned: str) -> None:
    assert match(scanned, [stored]) == ()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("RR 123 456 785 FI", "RR123456785FI"),
        ("(00) 3 4043416 109404255 7", "(00)340434161094042557"),
        (f"{FNC1}00{SSCC}", f"00{SSCC}"),
        (f"0109506000134352{'21'}88{FNC1}10LOT", "01095060001343522188"),
        ("ORDER-7", "ORDER-7"),
    ],
)
def test_a_code_is_kept_without_blanks_and_separators(sent: str, kept: str) -> None:
    assert as_stored(sent) == kept
    assert match(sent, [kept]) == (kept,)
