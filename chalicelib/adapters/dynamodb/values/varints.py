"""Whole numbers of any size, seven bits a byte, the last byte below 128; and the way back."""

from collections.abc import Iterable, Iterator
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import fold, unfold

MORE: Final = 128
"""This bit of a byte says that the number goes on."""


def pack_varints(numbers: Iterable[int]) -> bytes:
    """Numbers of either sign.

    >>> pack_varints([1, -1, 300]).hex()
    '0201d804'
    """
    packed = bytearray()
    for number in numbers:
        rest = fold(number)
        while rest >= MORE:
            packed.append(rest & (MORE - 1) | MORE)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


class Varints(Iterator[int]):
    """Reads numbers one by one. ``at`` is where the next one begins.

    Raises ValueError where the bytes end within a number.
    """

    def __init__(self, packed: bytes, at: int = 0) -> None:
        self.packed = packed
        self.at = at

    def __next__(self) -> int:
        folded = shift = 0
        while True:
            if self.at >= len(self.packed):
                msg = "The packed numbers are cut off."
                raise ValueError(msg)
            byte = self.packed[self.at]
            self.at += 1
            folded |= (byte & (MORE - 1)) << shift
            shift += 7
            if byte < MORE:
                return unfold(folded)

    def take(self, count: int) -> list[int]:
        """The next so many numbers."""
        return [next(self) for _ in range(count)]
