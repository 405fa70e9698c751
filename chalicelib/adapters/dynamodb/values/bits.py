"""Columns of small whole numbers in few bits: as many for each as most of them need.

A number that needs more is patched: its place and its upper bits follow the column. Legs and
service times are nearly random, so there is nothing for a general compressor to find: it takes a
quarter more room, and as much time.

    for each column that is not empty
        <5 width> <p how many are patched> <n x width: the lower bits>
        for each patched number: <p place> <6 how many upper bits> <the upper bits>

``p`` is the number of bits that the column's length needs.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, chain, pairwise
from operator import sub
from typing import Final

WIDTH_BITS: Final = 5
WIDEST: Final = 31
UPPER_BITS: Final = 6
FEW: Final = 8
"""Of so few numbers a patch would save less than it takes to look for one."""
LISTED: Final = 11
"""Numbers of up to so many bits are looked up in a list, half a megabyte at the most."""


def fold(number: int) -> int:
    """Small numbers of either sign as small numbers from 0 on.

    >>> [fold(n) for n in (0, -1, 1, -2)]
    [0, 1, 2, 3]
    """
    return (number << 1) ^ (number >> 63)


def unfold(folded: int) -> int:
    """The number again."""
    return (folded >> 1) ^ -(folded & 1)


def differences(column: Sequence[int]) -> list[int]:
    """The first number and the steps from each to the next, folded."""
    steps = map(sub, column, chain((0,), column))
    return [(step << 1) ^ (step >> 63) for step in steps]


def sums(folded: Iterable[int]) -> list[int]:
    """The column again."""
    return list(accumulate((step >> 1) ^ -(step & 1) for step in folded))


def pack_bits(columns: Iterable[Sequence[int]]) -> bytes:
    """Columns of numbers from 0 on, each below 2**63."""
    parts: list[str] = ["1"]  # keeps the zeros at the beginning
    for column in columns:
        if column:
            _append(parts, column)
    bits = "".join(parts)
    return int(bits, 2).to_bytes((len(bits) + 7) // 8, "big")


def unpack_bits(packed: bytes, lengths: Iterable[int]) -> list[list[int]]:
    """The columns again; ``lengths`` says how many numbers each holds.

    Raises ValueError for anything else.
    """
    bits = bin(int.from_bytes(packed, "big"))[3:]  # without 0b1
    at, columns = 0, []
    for length in lengths:
        column: list[int] = []
        if length:
            at = _read(bits, at, length, column)
        columns.append(column)
    if at != len(bits):
        msg = "The packed columns have another length."
        raise ValueError(msg)
    return columns


def _append(parts: list[str], column: Sequence[int]) -> None:
    lengths = list(map(int.bit_length, column))
    place_bits = len(column).bit_length()
    width = _width(lengths, place_bits)
    patched = [i for i, length in enumerate(lengths) if length > width]
    parts.append(f"{width:05b}{len(patched):0{place_bits}b}")
    if width:
        lower = (1 << width) - 1
        kept = [number & lower for number in column] if patched else column
        if width <= LISTED:
            texts = _texts(width)
            parts.append("".join([texts[number] for number in kept]))
        else:
            parts.extend(map(f"{{:0{width}b}}".format, kept))
    for i in patched:
        upper = column[i] >> width
        upper_bits = lengths[i] - width
        parts.append(f"{i:0{place_bits}b}{upper_bits:06b}{upper:0{upper_bits}b}")


def _width(lengths: Sequence[int], place_bits: int) -> int:
    """The width that takes the least room in all; of few numbers, what the longest needs."""
    if len(lengths) <= FEW:
        return min(max(lengths), WIDEST)
    patch_bits = place_bits + UPPER_BITS
    counts = sorted(Counter(lengths).items(), reverse=True)
    best = cost = len(lengths) * min(counts[0][0], WIDEST)
    width = min(counts[0][0], WIDEST)
    patched = upper = 0  # how many are wider, and the sum of their lengths
    for (length, count), (narrower, _) in pairwise([*counts, (0, 0)]):
        patched += count
        upper += count * length
        if narrower > WIDEST:
            continue
        cost = len(lengths) * narrower + patched * (patch_bits - narrower) + upper
        if cost < best or width < narrower:
            best, width = cost, narrower
    return width


def _read(bits: str, at: int, length: int, column: list[int]) -> int:
    place_bits = length.bit_length()
    width = _number(bits, at, WIDTH_BITS)
    patched = _number(bits, at + WIDTH_BITS, place_bits)
    at += WIDTH_BITS + place_bits
    end = at + length * width
    if end > len(bits):
        msg = "The packed columns are cut off."
        raise ValueError(msg)
    if not width:
        column += [0] * length
    elif width <= LISTED:
        numbers = _numbers(width)
        column += [numbers[bits[i : i + width]] for i in range(at, end, width)]
    else:
        column += [int(bits[i : i + width], 2) for i in range(at, end, width)]
    at = end
    for _ in range(patched):
        place = _number(bits, at, place_bits)
        upper_bits = _number(bits, at + place_bits, UPPER_BITS)
        at += place_bits + UPPER_BITS
        if place >= length:
            msg = "The packed columns are damaged."
            raise ValueError(msg)
        column[place] |= _number(bits, at, upper_bits) << width
        at += upper_bits
    return at


@cache
def _texts(width: int) -> list[str]:
    """Every number of so many bits, as text: looking one up takes a third of the time."""
    return [f"{number:0{width}b}" for number in range(1 << width)]


@cache
def _numbers(width: int) -> dict[str, int]:
    return {text: number for number, text in enumerate(_texts(width))}


def _number(bits: str, at: int, count: int) -> int:
    return int(bits[at : at + count], 2)  # of no bits at all: ValueError
