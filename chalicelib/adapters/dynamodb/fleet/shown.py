"""The ranges that pages show of the next stops, as one binary value.

    <B format> <varint 2 x how many, + 1 with another step> [<varint step>]
    columns: steps between the stops' places in the plan, and how far each beginning and each length
    lies from that of the ETA, folded

Beginnings and lengths are multiples of ``step`` seconds, 300 unless a promise has others. The
entries are in the visit order, and near their ETAs: twelve of them take some 15 bytes.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import (
    differences,
    fold,
    pack_bits,
    sums,
    unfold,
    unpack_bits,
)
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.live import Live, Shown
from chalicelib.domain.eta.estimates import Etas
from chalicelib.domain.eta.steady import STEP_S, Span

FORMAT: Final = 1


def pack_shown(live: Live) -> bytes | None:
    """None where nothing is remembered. A stop that is not in the plan is left out."""
    found = [(i, span) for number, span in live.shown if (i := live.index_of(number)) is not None]
    if not found:
        return None
    step_s = math.gcd(STEP_S, *(at_s for _, span in found for at_s in span)) or 1
    etas = list(_expected(live, [i for i, _ in found], step_s))
    begins = [span.earliest_s // step_s for _, span in found]
    lengths = [(span.latest_s - span.earliest_s) // step_s for _, span in found]
    columns = (
        differences([i for i, _ in found]),
        [fold(begin - eta) for begin, (eta, _) in zip(begins, etas, strict=True)],
        [fold(length - eta) for length, (_, eta) in zip(lengths, etas, strict=True)],
    )
    head = [2 * len(found)] if step_s == STEP_S else [2 * len(found) + 1, step_s]
    return bytes([FORMAT]) + pack_varints(head) + pack_bits(columns)


def with_shown(live: Live, packed: bytes | None) -> Live:
    """The live state with what pages show. Raises ValueError for damaged bytes."""
    if packed is None:
        return live
    if packed[:1] != bytes([FORMAT]):
        msg = "The packed ranges have an unknown format."
        raise ValueError(msg)
    numbers = Varints(packed, 1)
    count, has_step = divmod(next(numbers), 2)
    step_s = next(numbers) if has_step else STEP_S
    steps, begins, lengths = unpack_bits(packed[numbers.at :], [count] * 3)
    places = sums(steps)
    shown = []
    for i, begin, length, eta in zip(
        places, begins, lengths, _expected(live, places, step_s), strict=True
    ):
        first = eta[0] + unfold(begin)
        last = first + eta[1] + unfold(length)
        shown.append(Shown(live.number_of(i), Span(first * step_s, last * step_s)))
    return replace(live, shown=tuple(shown))


def _expected(live: Live, places: list[int], step_s: int) -> Iterator[tuple[int, int]]:
    """Beginning and length of each stop's ETA in steps; without one, those of the start."""
    etas = Etas.of(live.etas)
    start = 0 if live.started_at is None else int(live.started_at.timestamp()) // step_s
    for i in places:
        if etas.points_s[i] is None:
            yield start, 0
            continue
        first = etas.earliest_s[i] // step_s
        yield first, etas.latest_s[i] // step_s - first
