"""The ranges that pages show of the stops ahead, as one binary value.

    <B format> <varint count> <varint step> <varint first>
    columns: steps between stop numbers, between beginnings, and lengths

Beginnings and lengths are multiples of ``step``, so many seconds; ``first`` is the first beginning.
The entries are in the visit order, so that one begins soon after the other.
"""

import math
from collections.abc import Sequence
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import differences, pack_bits, sums, unpack_bits
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.live import Shown
from chalicelib.domain.eta.steady import Span

FORMAT: Final = 1


def pack_shown(shown: Sequence[Shown]) -> bytes | None:
    """None where nothing is remembered."""
    if not shown:
        return None
    step_s = math.gcd(*(at_s for each in shown for at_s in each.span)) or 1
    begins = [each.span.earliest_s // step_s for each in shown]
    first = begins[0]
    columns = (
        differences([each.stop_number for each in shown]),
        differences([begin - first for begin in begins]),
        [(each.span.latest_s - each.span.earliest_s) // step_s for each in shown],
    )
    return bytes([FORMAT]) + pack_varints([len(shown), step_s, first]) + pack_bits(columns)


def unpack_shown(packed: bytes | None) -> tuple[Shown, ...]:
    """The entries again. Raises ValueError for damaged bytes."""
    if packed is None:
        return ()
    if packed[:1] != bytes([FORMAT]):
        msg = "The packed ranges have an unknown format."
        raise ValueError(msg)
    numbers = Varints(packed, 1)
    count, step_s, first = numbers.take(3)
    stop_numbers, begins, lengths = unpack_bits(packed[numbers.at :], [count] * 3)
    return tuple(
        Shown(number, Span((first + begin) * step_s, (first + begin + length) * step_s))
        for number, begin, length in zip(sums(stop_numbers), sums(begins), lengths, strict=True)
    )
