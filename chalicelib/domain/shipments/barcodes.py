r"""Barcodes: what scanners, keyboards and shops make of one code, and how to match them.

A code keeps the text in which its sender gave it. To compare two texts, both are read into their
names. Scanners add what is no part of a code: line ends, padding, symbology identifiers (ISO/IEC
15424), FNC1, start and stop characters. GS1 codes (General Specifications, section 3) carry several
values behind application identifiers. The SSCC (00) or the serial number (21) names the parcel.

>>> match("]C100340434161094042557\r\n", ["(00)340434161094042557", "B1"])
('(00)340434161094042557',)
>>> match("b00001", ["B00001"]), match("b1", ["B1", "b1"])
(('B00001',), ('b1',))
"""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)

FNC1: Final = "\x1d"
SSCC_DIGITS: Final = 18
GTIN_DIGITS: Final = 14
_SYMBOLOGY: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_CARRIERS: Final = frozenset({"]C1", "]e0", "]d2", "]Q3", "]J1"})
_SPELT_FNC1: Final = re.compile("\u241d|[<{\\[](?:GS|FNC1)[>}\\]]|\\\\(?:x|u00)1[dD]|\\^\\]")
_BRACKETED: Final = re.compile(r"\((\d{2,4})\)([^(]+)")
_GS1_LINK: Final = re.compile(r"^https?://[^/?#]+/(?:[^?#]*?/)??((?:00|01)/[^?#]+)", re.IGNORECASE)
_LABELS: Final = (
    re.compile(r"420(?:\d{5}|\d{9})(9[1-5]\d{20})", re.ASCII),
    re.compile(r"%[0-9A-Z]{7}(\d{14})\d{6}", re.ASCII),
)
"""Labels that hold more than the number of the parcel: of the US Postal Service (Publication 199)
with the ZIP code of the door before it, of DPD with a postcode before and a country behind it."""
_TRADE_NUMBERS: Final = (12, 13, 14)
"""Digits of one number of an article: UPC-A, EAN-13 and GTIN-14 differ by zeros at the front, and
some scanners add one to an UPC-A (General Specifications, 1.4.2)."""
_FIXED_DIGITS: Final = {
    "00": 18, "01": 14, "02": 14, "03": 14, "04": 16, "20": 2,
    **{f"{ai}": 6 for ai in range(11, 20)},
    **{f"{ai}": 8 for ai in range(31, 37)},
    "41": 14,
}  # fmt: skip
"""Characters after the first two digits of an identifier whose length is predefined (figure 7.8.5-2
of the General Specifications)."""
_LONG_IDENTIFIERS: Final = {"2": 3, "4": 3, "7": 4, "8": 4}
"""Digits of the other identifiers, by the first digit; the rest have two."""
_TWO_DIGIT: Final = frozenset({"10", "21", "22", "30", "37"} | {str(ai) for ai in range(90, 100)})


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one code. ``code`` has nothing around it; ``serial`` is the parcel's part."""

    code: str
    serial: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """The names, the surest first."""
        return (self.code,) if self.serial is None else (self.code, self.serial)


def names(text: str) -> Names:
    """The names of the code in a text, as it was scanned, typed or sent."""
    code, is_gs1 = _stripped(text)
    values = _gs1_values(code, is_marked=is_gs1)
    sscc = values.get("00")
    if sscc is not None:
        return Names(sscc)
    code = code.replace(FNC1, "")
    if _is_digits(code, SSCC_DIGITS + 2) and code.startswith("00"):
        return Names(code[2:])
    for form in _LABELS:
        label = form.fullmatch(code)
        if label is not None:
            return Names(code, label.group(1))
    serial, gtin = values.get("21"), values.get("01")
    if serial is not None and gtin is not None:
        code = f"01{gtin}21{serial}"
    return Names(code, serial)


def normal_form(text: str) -> str:
    r"""The one form of a code, equal for all texts that a scanner makes of it.

    >>> normal_form("00340434161094042557"), normal_form(" B00001\t")
    ('340434161094042557', 'B00001')
    """
    return names(text).code


def as_stored(text: str) -> str:
    r"""A code as it is kept: without blanks; one with FNC1 in it in the form that needs none.

    >>> as_stored("RR 123 456 785 FI"), as_stored("]C101095060001343522188\x1d10L")
    ('RR123456785FI', '01095060001343522188')
    """
    if FNC1 in text.strip(FNC1):
        return normal_form(text)
    return "".join(text.strip(FNC1).split())


def match(scanned: str, stored: Iterable[str]) -> tuple[str, ...]:
    """Those of the stored codes that a scanned text can mean, in their order."""
    return Index({code: (code,) for code in stored}).find(scanned)


class Index(Generic[Thing]):
    """Stored codes by their names. Each stands for one or several things, such as parcels."""

    def __init__(self, things_by_code: Mapping[str, Iterable[Thing]]) -> None:
        """Read every code once."""
        self._exact: dict[str, dict[Thing, None]] = {}
        self._by_name: tuple[dict[str, dict[Thing, None]], ...] = ({}, {}, {}, {})
        self._by_article: dict[str, dict[Thing, None]] = {}
        for text, things in things_by_code.items():
            found = names(text)
            found_things = dict.fromkeys(things)
            _add(self._exact, text, found_things)
            _add(self._by_name[0], found.code, found_things)
            _add(self._by_name[2], found.code.casefold(), found_things)
            article = _trade_number(found.code)
            if article is not None:
                _add(self._by_article, article, found_things)
            if found.serial is not None:
                _add(self._by_name[1], found.serial, found_things)
                _add(self._by_name[3], found.serial.casefold(), found_things)

    def find(self, scanned: str) -> tuple[Thing, ...]:
        """What the scanned text can mean: the surest kind of match that finds anything.

        The text itself comes first, then the code, then the part that names the parcel. Case is
        ignored only where nothing matches otherwise.
        """
        if scanned in self._exact:
            return tuple(self._exact[scanned])
        found = names(scanned)
        codes, serials, folded_codes, folded_serials = self._by_name
        tries = [(codes, found.code), (serials, found.code)]
        if found.serial is not None:
            tries += [(codes, found.serial)]
        tries += [(folded_codes, found.code.casefold()), (folded_serials, found.code.casefold())]
        if found.serial is not None:
            tries += [(folded_codes, found.serial.casefold())]
        tries += [(self._by_article, _trade_number(found.code) or "")]
        for things_by_name, name in tries:
            if name and name in things_by_name:
                return tuple(things_by_name[name])
        return ()


def right_check_digit(text: str) -> int | None:
    """The digit that should end this SSCC; None when it is right, or when the code is no SSCC.

    >>> right_check_digit("00340434161094042550"), right_check_digit("00340434161094042557")
    (7, None)
    """
    code = normal_form(text)
    if not _is_digits(code, SSCC_DIGITS):
        return None
    digit = _check_digit(code[:-1])
    return None if digit == int(code[-1]) else digit


def _stripped(text: str) -> tuple[str, bool]:
    """The code without what surrounds it, and whether it is marked as one of GS1."""
    code = _SPELT_FNC1.sub(FNC1, unicodedata.normalize("NFKC", text))
    code = "".join(char for char in code if char == FNC1 or _is_printed(char))
    head = code.lstrip(FNC1)
    is_gs1 = head != code
    symbology = _SYMBOLOGY.match(head)
    if symbology is not None:
        is_gs1 = is_gs1 or symbology.group() in _GS1_CARRIERS
        head = head[symbology.end() :]
    if len(head) > len("**") and head[0] == head[-1] == "*":  # start and stop of Code 39
        head = head[1:-1]
    return head.strip(FNC1), is_gs1 or FNC1 in head


def _is_printed(char: str) -> bool:
    """Neither a space nor invisible: no stored code has such a character."""
    return not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn"}


def _gs1_values(code: str, *, is_marked: bool) -> Mapping[str, str]:
    """The values of a GS1 code by application identifier; empty for any other code."""
    bracketed = _BRACKETED.findall(code)
    if bracketed and code.startswith("("):
        return _valid({ai: value.strip(FNC1) for ai, value in bracketed})
    link = _GS1_LINK.match(code)
    if link is not None:
        parts = link.group(1).split("/")
        return _valid(dict(zip(parts[::2], parts[1::2], strict=False)))
    if is_marked or _looks_like_gs1(code):
        return _valid(dict(_elements(code)))
    return {}


def _looks_like_gs1(code: str) -> bool:
    """An SSCC or a GTIN whose check digit is right, and more behind it."""
    for ai, digits in (("00", SSCC_DIGITS), ("01", GTIN_DIGITS)):
        value, rest = code[2 : 2 + digits], code[2 + digits :]
        if code.startswith(ai) and rest and _is_digits(value, digits):
            return _check_digit(value[:-1]) == int(value[-1])
    return False


def _elements(code: str) -> Iterator[tuple[str, str]]:
    """Identifiers and values, one behind the other. Stops at what is no identifier."""
    rest = code
    while rest:
        first_two = rest[:2]
        if not _is_digits(first_two, 2):
            return
        length = _FIXED_DIGITS.get(first_two)
        if length is not None:
            yield first_two, rest[2 : 2 + length]
            rest = rest[2 + length :].lstrip(FNC1)
            continue
        ai_digits = 2 if first_two in _TWO_DIGIT else _LONG_IDENTIFIERS.get(rest[0], 2)
        ai, (value, _, rest) = rest[:ai_digits], rest[ai_digits:].partition(FNC1)
        yield ai, value


def _valid(values: Mapping[str, str]) -> Mapping[str, str]:
    """Only what names a parcel, where it can; a product alone names none."""
    found = {ai: values[ai] for ai in ("01", "21") if values.get("21") and values.get(ai)}
    if _is_digits(values.get("00", ""), SSCC_DIGITS):
        found["00"] = values["00"]
    return found


def _trade_number(code: str) -> str | None:
    """A number of an article with all its zeros; None for any other code."""
    if len(code) not in _TRADE_NUMBERS or not _is_digits(code, len(code)):
        return None
    return code.zfill(GTIN_DIGITS) if _check_digit(code[:-1]) == int(code[-1]) else None


def _check_digit(digits: str) -> int:
    """GS1's check digit: weights 3 and 1 from the right (General Specifications, 7.9)."""
    total = sum(int(digit) * (3, 1)[i % 2] for i, digit in enumerate(reversed(digits)))
    return -total % 10


def _is_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()


def _add(index: dict[str, dict[Thing, None]], name: str, things: Mapping[Thing, None]) -> None:
    index.setdefault(name, {}).update(things)
