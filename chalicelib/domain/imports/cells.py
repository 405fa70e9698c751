"""Cells: what spreadsheets make of codes, numbers and days, and the order that a row becomes."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chalicelib.domain.imports.headings import BARCODE, COUNTRY, LINES, METADATA, REFERENCE
from chalicelib.domain.shipments.barcodes import right_check_digit
from chalicelib.domain.shipments.batches import RowError

NUMBERS: Final = frozenset({"address.lat_deg", "address.lon_deg", "service_time_s"})
DAYS: Final = frozenset({"service_day", "window.start", "window.end"})
CODES: Final = frozenset({REFERENCE, "recipient.phone", "address.postal_code", BARCODE})
"""Fields of digits that are no numbers."""
PHONE: Final = "recipient.phone"
POSTAL_CODE: Final = "address.postal_code"
POSTCODE_DIGITS: Final = {
    **dict.fromkeys(("AT", "BE", "BG", "CH", "CY", "DK", "HU", "LV", "NO", "SI"), 4),
    **dict.fromkeys(("DE", "EE", "ES", "FI", "FR", "HR", "IT", "LT", "RS", "TR", "UA", "US"), 5),
    **dict.fromkeys(("CN", "IN", "RO"), 6),
}
"""Countries whose postcodes are so many digits and nothing else (Universal Postal Union)."""
EXAMPLE: Final = "123456"
ZIP: Final = 5
ZIP_4: Final = 9
"""A ZIP code of the United States with the four digits that may follow, written in one."""
EXACT_DIGITS: Final = 15
"""A spreadsheet keeps so many digits of a number, and makes the others zeros."""
_ROUNDED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,3}", re.ASCII)
_WITH_DECIMALS: Final = re.compile(r"[0-9]+[.,]0+", re.ASCII)
"""A code that a program has taken for a number and written with decimals; zeros at its front are
gone."""
_FORMULA_TEXT: Final = re.compile(r'="(.*)"', re.DOTALL)
_FAILED: Final = frozenset(
    {"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"}
)
_DOTTED: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:[ T]+([0-9:.]{4,8}))?")
_COUNTRY_NAMES: Final = {
    "finland": "FI", "suomi": "FI", "sweden": "SE", "sverige": "SE", "ruotsi": "SE",
    "norway": "NO", "norge": "NO", "denmark": "DK", "danmark": "DK", "estonia": "EE", "eesti": "EE",
    "germany": "DE", "deutschland": "DE", "austria": "AT", "österreich": "AT",
    "switzerland": "CH", "schweiz": "CH", "suisse": "CH", "france": "FR", "spain": "ES",
    "españa": "ES", "italy": "IT", "italia": "IT", "netherlands": "NL", "nederland": "NL",
    "belgium": "BE", "poland": "PL", "polska": "PL", "united kingdom": "GB", "great britain": "GB",
    "ireland": "IE", "united states": "US", "usa": "US",
}  # fmt: skip


def text_of(cell: str) -> str:
    """What a cell says, without what only tells a spreadsheet that it is text.

    >>> text_of(' ="00123" '), text_of("'+358401234567"), text_of("rock 'n' roll")
    ('00123', '+358401234567', "rock 'n' roll")
    """
    text = cell.strip()
    wrapped = _FORMULA_TEXT.fullmatch(text)
    if wrapped:
        return wrapped[1].replace('""', '"').strip()
    return text[1:] if text[:1] == "'" and text[1:2] in {*"=+-@'0123456789"} else text


def order_of(values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The order, as the API takes it, of the texts of each field.

    >>> order_of({"reference": ["7"], "address.lat_deg": ["60,17"], "parcels.barcode": ["A"]})
    {'reference': '7', 'address': {'lat_deg': 60.17}, 'parcels': [{'barcode': 'A'}]}
    """
    order: dict[str, Any] = {}
    for field, texts in values.items():
        if field == LINES:
            lines = [line.strip() for text in texts for line in text.splitlines()]
            order.setdefault("address", {})["lines"] = [line for line in lines if line]
        elif field == BARCODE:
            codes = [code for text in texts for code in re.split(r"[\s;,]+", text) if code]
            order["parcels"] = [{"barcode": code} for code in codes]
        elif field.startswith(METADATA):
            order.setdefault("metadata", {})[field.removeprefix(METADATA)] = texts[0]
        elif field != "parcels.description":
            *path, last = field.split(".")
            place = order
            for part in path:
                place = place.setdefault(part, {})
            place[last] = _value(field, texts[0])
    for text in values.get("parcels.description", ()):
        for parcel in order.get("parcels", ()):
            parcel["description"] = text
    return order


def damages(values: Mapping[str, Sequence[str]]) -> Iterator[RowError]:
    """What a spreadsheet has done to the cells of a row, and nobody can undo."""
    for field, texts in values.items():
        for text in texts:
            if text.upper() in _FAILED:
                words = f"A formula of the spreadsheet has failed here: {text.upper()}."
                yield _error(field, "failed_formula", words)
            elif field in CODES and any(map(_is_rounded, text.split())):
                words = (
                    f"{text[:40]} looks like a number rounded by a spreadsheet. Format the column "
                    "as text, and fill it in again."
                )
                yield _error(field, "rounded_number", words)
            elif field in {POSTAL_CODE, BARCODE} and any(
                map(_WITH_DECIMALS.fullmatch, text.split())
            ):
                words = (
                    f"{text[:40]} has become a number with decimals. Format the column as text, "
                    "and fill it in again."
                )
                yield _error(field, "rounded_number", words)
            elif field in NUMBERS and isinstance(_number(text), str):
                yield _error(field, "not_a_number", "Write a number here, like 60.17 or 60,17.")
    yield from _wrong_postcodes(values)


def pointer_of(field: str) -> str:
    """Where an order has a field.

    >>> pointer_of("parcels.barcode"), pointer_of("recipient.phone")
    ('/parcels/0/barcode', '/recipient/phone')
    """
    if field.startswith(METADATA):
        return f"/metadata/{field.removeprefix(METADATA)}"
    return "/" + field.replace(".", "/").replace("parcels/", "parcels/0/")


def field_of(pointer: str) -> str:
    """The field that a pointer into an order is about.

    >>> field_of("/parcels/3/barcode"), field_of("/address/lines/0"), field_of("/window/earliest")
    ('parcels.barcode', 'address.lines', 'window.earliest')
    """
    if pointer.startswith("/metadata/"):
        return METADATA + pointer.removeprefix("/metadata/").replace("~1", "/").replace("~0", "~")
    parts = [part for part in pointer.split("/") if part and not part.isdigit()]
    return BARCODE if parts == ["parcels"] else ".".join(parts)


def _value(field: str, text: str) -> float | str:
    if field in NUMBERS:
        return _number(text)
    if field in DAYS:
        return _day(text)
    if field == COUNTRY:
        return _COUNTRY_NAMES.get(text.casefold(), text)
    return text


def _number(text: str) -> float | str:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _day(text: str) -> str:
    """Days with dots are day, month, year all over the world; with slashes nobody knows."""
    found = _DOTTED.fullmatch(text)
    if not found:
        return text
    day, month, year, time = found.groups()
    clock = f"T{time.replace('.', ':').zfill(5)}" if time else ""
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}{clock}"


def _is_rounded(text: str) -> bool:
    r"""Whether digits were a number in a spreadsheet and have lost some of them.

    >>> _is_rounded("3.40434E+17"), _is_rounded("340434161094042000"), _is_rounded("12E34")
    (True, True, False)
    """
    if _ROUNDED.fullmatch(text):
        return True
    is_long = text.isascii() and text.isdigit() and len(text) >= EXACT_DIGITS + 3
    if not is_long or text.startswith("0") or text[EXACT_DIGITS:].strip("0"):
        return False
    return right_check_digit(text) is not None


def _wrong_postcodes(values: Mapping[str, Sequence[str]]) -> Iterator[RowError]:
    """A postcode whose zeros at the front are gone, or that cannot exist in its country."""
    country = str(_value(COUNTRY, next(iter(values.get(COUNTRY, ())), ""))).upper()
    digits = POSTCODE_DIGITS.get(country)
    for text in values.get(POSTAL_CODE, ()):
        if digits and text.isascii() and text.isdigit() and len(text) < digits:
            words = (
                f"A postcode in {country} has {digits} digits. A spreadsheet may have taken the "
                f"zeros at its front: did you mean {text.zfill(digits)}?"
            )
            yield _error(POSTAL_CODE, "lost_zeros", words)
        elif digits and not (_WITH_DECIMALS.fullmatch(text) or _is_postcode(text, digits)):
            words = f"A postcode in {country} has {digits} digits, like {EXAMPLE[:digits]}."
            yield _error(POSTAL_CODE, "invalid_postcode", words)


def _is_postcode(text: str, digits: int) -> bool:
    """Whether a text has these many digits, or with them what people write around them."""
    found = re.fullmatch(r"(?:[A-Za-z]{1,3}[- ]?)?([0-9][0-9 ]*)(?:-[0-9]{4})?(?: \D.*)?", text)
    count = 0 if found is None else len(found[1].replace(" ", ""))
    return count == digits or (count == ZIP_4 and digits == ZIP)


def _error(field: str, code: str, words: str) -> RowError:
    return RowError(pointer_of(field), code, words)
