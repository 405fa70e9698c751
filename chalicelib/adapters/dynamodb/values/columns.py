"""Columns of a document in few bytes: whole numbers, decimal fractions and ids.

Numbers become folded differences, split into byte planes and deflated: the planes of high bytes are
zeros. Half of an id is random and stays as it is, for deflating it beside text makes both larger.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import Final

from ulid import ULID

PLANES: Final = 8
DEFLATE_LEVEL: Final = 9
ID_BYTES: Final = 16
TIME_BYTES: Final = 6
"""An id begins with its time, which neighbours share."""


def pack_numbers(columns: Sequence[Sequence[int]]) -> bytes:
    """Columns of whole numbers; the difference of neighbours fits into 63 bits."""
    folded = [fold for column in columns for fold in _folded(column)]
    raw = struct.pack(f">{len(folded)}Q", *folded)
    return zlib.compress(b"".join(raw[plane::PLANES] for plane in range(PLANES)), DEFLATE_LEVEL)


def unpack_numbers(packed: bytes, lengths: Sequence[int]) -> list[list[int]]:
    """The columns again; ``lengths`` are how many numbers each held."""
    total = sum(lengths)
    planes = zlib.decompress(packed)
    raw = bytearray(len(planes))
    for plane in range(PLANES):
        raw[plane::PLANES] = planes[plane * total : (plane + 1) * total]
    folded = iter(struct.unpack(f">{total}Q", raw))
    return [_unfolded([next(folded) for _ in range(length)]) for length in lengths]


def scaled(values: Sequence[float], scale: int) -> tuple[list[int], dict[int, float]]:
    """Fractions as whole numbers of ``1 / scale``; by index those that are not exactly that.

    >>> scaled([60.5, 1 / 3], 10)
    ([605, 0], {1: 0.3333333333333333})
    """
    whole, odd = [], {}
    for i, value in enumerate(values):
        number = round(value * scale)
        if number / scale != value:
            odd[i], number = value, 0
        whole.append(number)
    return whole, odd


def unscaled(whole: Sequence[int], odd: dict[int, float], scale: int) -> list[float]:
    """The fractions again."""
    return [odd[i] if i in odd else number / scale for i, number in enumerate(whole)]


def pack_ids(ids: Sequence[str], prefix: str) -> tuple[list[int], bytes, dict[int, str]]:
    """The times of ids, their random parts, and by index the ids that are no prefixed ULIDs."""
    times, random, odd = [], [], {}
    for i, text in enumerate(ids):
        packed = _ulid_bytes(text, prefix)
        if packed is None:
            odd[i] = text
            packed = bytes(ID_BYTES)
        times.append(int.from_bytes(packed[:TIME_BYTES]))
        random.append(packed[TIME_BYTES:])
    return times, b"".join(random), odd


def unpack_ids(times: Sequence[int], random: bytes, odd: dict[int, str], prefix: str) -> list[str]:
    """The ids again."""
    size = ID_BYTES - TIME_BYTES
    return [
        odd[i]
        if i in odd
        else f"{prefix}_{ULID(time.to_bytes(TIME_BYTES) + random[size * i : size * (i + 1)])}"
        for i, time in enumerate(times)
    ]


def _ulid_bytes(text: str, prefix: str) -> bytes | None:
    start, _, rest = text.partition("_")
    if start != prefix:
        return None
    try:
        found = ULID.from_str(rest)
    except ValueError:
        return None
    return found.bytes if str(found) == rest else None


def _folded(column: Sequence[int]) -> list[int]:
    return [(d << 1) ^ (d >> 63) for d in map(sub, column, (0, *column))]


def _unfolded(folded: Sequence[int]) -> list[int]:
    return list(accumulate((fold >> 1) ^ -(fold & 1) for fold in folded))
