"""Small whole numbers in few bytes: folded differences, split into byte planes, deflated.

Neighbouring stops have neighbouring ETAs, so differences are small, and the planes of their high
bytes are zeros.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import Final

PLANES: Final = 4


def pack_columns(columns: Sequence[Sequence[int]]) -> bytes:
    """Columns of whole numbers; each difference, and each first number, fits into 31 bits."""
    folded = [fold for column in columns for fold in _folded(column)]
    raw = struct.pack(f">{len(folded)}I", *folded)
    return zlib.compress(b"".join(raw[plane::PLANES] for plane in range(PLANES)), 6)


def unpack_columns(packed: bytes, lengths: Sequence[int]) -> list[list[int]]:
    """The columns again; ``lengths`` are how many numbers each held.

    Raises ValueError for anything else.
    """
    total = sum(lengths)
    inflated = zlib.decompressobj()
    try:
        planes = inflated.decompress(packed, total * PLANES + 1)  # no more than is expected
    except zlib.error as exc:
        msg = "packed columns are damaged"
        raise ValueError(msg) from exc
    if len(planes) != total * PLANES or not inflated.eof:
        msg = "packed columns have another length"
        raise ValueError(msg)
    raw = bytearray(len(planes))
    for plane in range(PLANES):
        raw[plane::PLANES] = planes[plane * total : (plane + 1) * total]
    folded = struct.unpack(f">{total}I", raw)
    columns: list[list[int]] = []
    start = 0
    for length in lengths:
        columns.append(_unfolded(folded[start : start + length]))
        start += length
    return columns


def _folded(column: Sequence[int]) -> list[int]:
    return [(d << 1) ^ (d >> 63) for d in map(sub, column, (0, *column))]


def _unfolded(folded: Sequence[int]) -> list[int]:
    return list(accumulate((fold >> 1) ^ -(fold & 1) for fold in folded))
