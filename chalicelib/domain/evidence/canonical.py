"""Canonical JSON: one value has exactly one text, so that a fingerprint of it means something.

It is RFC 8785 (JSON Canonicalization Scheme): UTF-8, no blanks, names sorted by their UTF-16 code
units, strings with the fewest escapes, numbers as ECMAScript writes them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

EXACT: Final = 2**53
"""Up to here a double holds every whole number."""
LARGEST: Final = 2**1024
"""From here on none."""
PLAIN_DIGITS: Final = 21
"""A number with more digits before its point has an exponent (ECMA-262, Number::toString)."""
PLAIN_ZEROS: Final = 6
"""So many zeros behind the point of a number below one are written out."""


def canonical(value: object) -> bytes:
    r"""The text of a JSON value.

    Raises ValueError for what has none: infinities, whole numbers that a double cannot hold, lone
    surrogates, and anything that is no JSON.

    >>> canonical({"b": [1.0, 1e-7, True], "a": "ä\n"}).decode()
    '{"a":"ä\\n","b":[1,1e-7,true]}'
    """
    return _text(value).encode()


def _text(value: object) -> str:
    match value:
        case None | bool():
            return json.dumps(value)
        case str():
            return json.dumps(str(value), ensure_ascii=False)
        case int():
            return _whole(int(value))
        case float():
            return _number(value)
        case Mapping():
            names = sorted(value, key=_units)
            return f"{{{','.join(f'{_text(name)}:{_text(value[name])}' for name in names)}}}"
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return f"[{','.join(map(_text, value))}]"
    msg = f"{type(value).__name__} is no JSON."
    raise ValueError(msg)


def _units(name: object) -> bytes:
    if not isinstance(name, str):
        msg = "A name in JSON must be a string."
        raise ValueError(msg)  # noqa: TRY004 - every refusal is a ValueError
    return name.encode("utf-16-be")


def _whole(value: int) -> str:
    """A whole number as a double has it, too: most readers have nothing else."""
    if abs(value) <= EXACT:
        return str(value)
    text = "" if abs(value) >= LARGEST else _number(float(value))
    if text != str(value):
        msg = "A whole number must be one that a double has."
        raise ValueError(msg)
    return text


def _number(value: float) -> str:
    """The shortest digits that mean this number, which Python finds too, in ECMAScript's form."""
    if not math.isfinite(value):
        msg = "JSON has no infinity, and no number that is none."
        raise ValueError(msg)
    if value == 0:
        return "0"
    _, found, exponent = Decimal(repr(abs(value))).as_tuple()
    digits = "".join(map(str, found)).rstrip("0")
    point = len(found) + int(exponent)
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= PLAIN_DIGITS:
        return f"{sign}{digits.ljust(point, '0')}"
    if 0 < point <= PLAIN_DIGITS:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -PLAIN_ZEROS < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"
