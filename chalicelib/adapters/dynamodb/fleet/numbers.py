"""The numbers of the stops of an edited plan, in its order, as one binary value.

    <varint count> <B how>
    steps: <column> the steps from each number to the next
    ranked: <varint length> <column of the steps between the sorted numbers> <rank of their order>

Steps take a quarter of the room where few stops were moved. Where all were, the rank is shorter:
200 stops have 200! orders, which are 156 bytes. The order changes only with the plan, and is packed
and read with each batch: so the last ones are kept.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import fold, pack_bits, unfold, unpack_bits
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints

STEPS, RANKED = range(2)
KEPT: Final = 64


@lru_cache(KEPT)
def pack_numbers(numbers: tuple[int, ...]) -> bytes | None:
    """None where there are none: then each stop's number is its index."""
    if not numbers:
        return None
    steps = bytes([STEPS]) + _pack_steps(numbers)
    return pack_varints([len(numbers)]) + min(
        steps, bytes([RANKED]) + _pack_ranked(numbers), key=len
    )


@lru_cache(KEPT)
def unpack_numbers(packed: bytes | None) -> tuple[int, ...]:
    """The numbers again. Raises ValueError for damaged bytes."""
    if packed is None:
        return ()
    head = Varints(packed)
    count = next(head)
    how, rest = packed[head.at], packed[head.at + 1 :]
    return _steps(rest, count) if how == STEPS else _ranked(rest, count)


def _pack_steps(numbers: Sequence[int]) -> bytes:
    return pack_bits([[fold(after - before - 1) for before, after in pairwise((-1, *numbers))]])


def _steps(packed: bytes, count: int) -> tuple[int, ...]:
    (steps,) = unpack_bits(packed, [count])
    return tuple(accumulate((unfold(step) + 1 for step in steps), initial=-1))[1:]


def _pack_ranked(numbers: Sequence[int]) -> bytes:
    """The rank counts all orders: a number whose digits have the bases count, count - 1 … 1."""
    left, rank = sorted(numbers), 0
    which = _pack_steps(left)
    for number in numbers:
        place = left.index(number)
        rank = rank * len(left) + place
        del left[place]
    return pack_varints([len(which)]) + which + rank.to_bytes((rank.bit_length() + 7) // 8, "big")


def _ranked(packed: bytes, count: int) -> tuple[int, ...]:
    head = Varints(packed)
    length = next(head)
    left = list(_steps(packed[head.at : head.at + length], count))
    rank, places = int.from_bytes(packed[head.at + length :], "big"), list[int]()
    for base in range(1, count + 1):
        rank, place = divmod(rank, base)
        places.append(place)
    return tuple(left.pop(place) for place in reversed(places))
