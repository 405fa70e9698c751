"""ETAs by stop index, packed: as they are told with a batch or a departure, and kept in live state.

    <B format> <varint count> <varint near> columns: index gaps, then of the first ``near`` ETAs and
    of all others the points, ``before`` and ``longer``

``before`` is how many steps a range begins before its point, ``longer`` how many more it lasts
after it. The first ETAs are whole seconds, with ranges of 20-second steps or of seconds; those that
follow lie on the grid of ETAs that are far away. ``near`` ends behind the last one that does not,
so whatever is packed comes back.
"""

import struct
from collections.abc import Sequence
from itertools import accumulate
from math import gcd
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import (
    differences,
    pack_bits,
    sums,
    unpack_bits,
)
from chalicelib.adapters.dynamodb.values.packing import unpack_columns
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.eta.estimates import (
    FAR_RANGE_STEP_S,
    NEAR_RANGE_STEP_S,
    POINT_STEP_S,
    Eta,
    Etas,
)

FORMAT: Final = 2
V1_START: Final = struct.Struct(">qH")
"""Format 1 begins with the seconds that its points count from: its first byte is always 0."""


class _Newest:
    """The ETAs packed last: those of a batch go into the track and into live state."""

    etas: tuple[Etas | None, bytes] = (None, b"")


def pack_etas(etas: Sequence[Eta | None]) -> bytes:
    """ETAs in plan order, in whole seconds; None where there is nothing left to reach."""
    told = Etas.of(etas)
    newest, packed = _Newest.etas
    if told is not newest:
        packed = _packed(told)
        _Newest.etas = told, packed
    return packed


def unpack_etas(packed: bytes) -> dict[int, Eta]:
    """The ETAs again, by stop index. Raises ValueError for damaged bytes."""
    return {
        index: Eta(*map(Etas.instant, (point_s, earliest_s, latest_s)))
        for index, point_s, earliest_s, latest_s in zip(*eta_columns(packed), strict=True)
    }


def etas_of(packed: bytes, stops: int) -> Etas:
    """The ETAs of so many stops as columns. Raises ValueError for damaged bytes."""
    points_s: list[int | None] = [None] * stops
    earliest_s, latest_s = [0] * stops, [0] * stops
    for index, point_s, begins_s, ends_s in zip(*eta_columns(packed), strict=True):
        if not 0 <= index < stops:
            msg = "An ETA belongs to a stop that does not exist."
            raise ValueError(msg)
        points_s[index], earliest_s[index], latest_s[index] = point_s, begins_s, ends_s
    return Etas(points_s, earliest_s, latest_s)


def eta_columns(packed: bytes) -> tuple[list[int], list[int], list[int], list[int]]:
    """Stop indexes, points, beginnings and ends, in seconds since the epoch."""
    if packed[:1] == b"\0":
        return _columns_v1(packed)
    if packed[:1] != bytes([FORMAT]):
        msg = "The packed ETAs have an unknown format."
        raise ValueError(msg)
    numbers = Varints(packed, 1)
    count, near, step_s = numbers.take(3)
    far = count - near
    gaps, *columns = unpack_bits(packed[numbers.at :], [count, *[near] * 3, *[far] * 3])
    first = _instants_s(columns[:3], 1, step_s)
    others = _instants_s(columns[3:], POINT_STEP_S, FAR_RANGE_STEP_S)
    points_s, begins_s, ends_s = (a + b for a, b in zip(first, others, strict=True))
    return [index - 1 for index in accumulate(gaps)], points_s, begins_s, ends_s


def _packed(etas: Etas) -> bytes:
    indexes = [i for i, point_s in enumerate(etas.points_s) if point_s is not None]
    points_s = [point_s for point_s in etas.points_s if point_s is not None]
    begins_s = [etas.earliest_s[i] for i in indexes]
    ends_s = [etas.latest_s[i] for i in indexes]
    near = _near(points_s, begins_s, ends_s)
    step_s = gcd(NEAR_RANGE_STEP_S, *begins_s[:near], *ends_s[:near])
    if step_s != NEAR_RANGE_STEP_S:
        step_s = 1
    columns = (
        [b - a for a, b in zip((-1, *indexes), indexes, strict=False)],
        *_steps(points_s[:near], begins_s[:near], ends_s[:near], 1, step_s),
        *_steps(points_s[near:], begins_s[near:], ends_s[near:], POINT_STEP_S, FAR_RANGE_STEP_S),
    )
    return bytes([FORMAT]) + pack_varints((len(indexes), near, step_s)) + pack_bits(columns)


def _near(points_s: Sequence[int], begins_s: Sequence[int], ends_s: Sequence[int]) -> int:
    """How many ETAs there are up to the last one that does not lie on the coarse grid."""
    for i in range(len(points_s) - 1, -1, -1):
        if (
            points_s[i] % POINT_STEP_S
            or begins_s[i] % FAR_RANGE_STEP_S
            or ends_s[i] % FAR_RANGE_STEP_S
        ):
            return i + 1
    return 0


def _steps(
    points_s: Sequence[int],
    begins_s: Sequence[int],
    ends_s: Sequence[int],
    point_step_s: int,
    step_s: int,
) -> tuple[list[int], list[int], list[int]]:
    """Points, before and longer, each as differences."""
    rows = zip(points_s, begins_s, ends_s, strict=True)
    spans = [(point_s // step_s, b // step_s, e // step_s) for point_s, b, e in rows]
    before = [middle - begin for middle, begin, _ in spans]
    longer = [begin + end - 2 * middle for middle, begin, end in spans]
    points = [point_s // point_step_s for point_s in points_s]
    return differences(points), differences(before), differences(longer)


def _instants_s(
    columns: Sequence[Sequence[int]], point_step_s: int, step_s: int
) -> tuple[list[int], list[int], list[int]]:
    """Points, beginnings and ends again."""
    points, before, longer = map(sums, columns)
    points_s = [point * point_step_s for point in points]
    middles = [point_s // step_s for point_s in points_s]
    begins = [m - b for m, b in zip(middles, before, strict=True)]
    ends = [2 * m - b + more for m, b, more in zip(middles, begins, longer, strict=True)]
    return points_s, [b * step_s for b in begins], [e * step_s for e in ends]


def _columns_v1(packed: bytes) -> tuple[list[int], list[int], list[int], list[int]]:
    base_s, count = V1_START.unpack_from(packed)
    indexes, points, before, longer = unpack_columns(packed[V1_START.size :], [count] * 4)
    points_s = [base_s + point for point in points]
    begins_s = [point_s - b for point_s, b in zip(points_s, before, strict=True)]
    ends_s = [p + b + more for p, b, more in zip(points_s, before, longer, strict=True)]
    return indexes, points_s, begins_s, ends_s
