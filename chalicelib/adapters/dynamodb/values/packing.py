"""Columns of small whole numbers as older formats have them: differences in deflated byte planes.

They are read, and no longer written.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

PLANES: Final = 4


def unpack_columns(packed: bytes, lengths: Sequence[int]) -> list[list[int]]:
    """The columns again; ``lengths`` are how many numbers each held.

    Raises ValueError for anything else.
    """
    total = sum(lengths)
    inflated = zlib.decompressobj()
    try:
        planes = inflated.decompress(packed, total * PLANES + 1)  # no more than is expected
    except zlib.error as exc:
        msg = "The packed columns are damaged."
        raise ValueError(msg) from exc
    if len(planes) != total * PLANES or not inflated.eof:
        msg = "The packed columns have another length."
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


def _unfolded(folded: Sequence[int]) -> list[int]:
    return list(accumulate((fold >> 1) ^ -(fold & 1) for fold in folded))
