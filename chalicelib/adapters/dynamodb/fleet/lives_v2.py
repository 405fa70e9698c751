"""Live states of format 2: a fixed head, the recent fixes, then deflated columns over the stops.

They are read, and no longer written.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.fleet.fixes import HEAD, ROW, unpack_rows
from chalicelib.adapters.dynamodb.values.instants import from_ms
from chalicelib.adapters.dynamodb.values.packing import unpack_columns
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.eta.estimates import Etas
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.instants import Range

FORMAT: Final = 2
START: Final = struct.Struct(">BIIqqqqBHHHHHI")
MORE: Final = struct.Struct(">qHHqB")
NO_TIME_MS: Final = -(2**63)
NO_INDEX: Final = 2**16 - 1

DONE, APPROACHED, DELAYED, PROMISED, ESTIMATED, ARRIVED, TOLD = (1 << bit for bit in range(7))
DENSE: Final = DONE | APPROACHED | DELAYED
SPARSE: Final = PROMISED | ARRIVED | TOLD
"""With one of these there is more to say of a stop than its flags."""

_DENSE: Final = tuple(
    Progress(
        is_done=bool(flag & DONE),
        has_approached=bool(flag & APPROACHED),
        is_delayed=bool(flag & DELAYED),
    )
    for flag in range(DENSE + 1)
)
"""Most stops are of these few kinds: they need not be made anew for each of them."""


def unpack_live(
    packed: bytes,
    *,
    driver_id: DriverId,
    version: int,
    route_id: RouteId | None,
    planned: tuple[RouteId, ...] = (),
) -> Live:
    """The live state again. Raises ValueError for another format or damaged bytes."""
    (
        _, epoch, plan_version, skew_ms, started_ms, ended_ms, near_ms,
        recent, stops, eta_count, promise_count, arrived_count, told_count, step_s,
    ) = START.unpack_from(packed)  # fmt: skip
    more = MORE.unpack_from(packed, START.size)
    fixes_start = START.size + MORE.size
    reckoned_ms, nearest_stop, last_stop, resting_ms, rested = more
    fixes_end = fixes_start + (HEAD.size + recent * ROW.size if recent else 0)
    base_s = (0 if started_ms == NO_TIME_MS else started_ms) // 1000
    lengths = [stops, *[eta_count] * 3, *[promise_count] * 2, arrived_count, told_count, rested]
    flags, *eta_columns, begins, widths, arrived, told, breaks_taken_s = unpack_columns(
        packed[fixes_end:], lengths
    )
    promises = iter(
        [
            Range(_at(base_s + b * step_s), _at(base_s + (b + w) * step_s))
            for b, w in zip(begins, widths, strict=True)
        ]
    )
    arrived_at = iter(_dense(arrived, base_s))
    told_at = iter(_dense(told, base_s))
    return Live(
        driver_id=driver_id,
        version=version,
        epoch=epoch,
        route_id=route_id,
        plan_version=plan_version,
        started_at=_optional_at(started_ms),
        ended_at=_optional_at(ended_ms),
        clock_skew=timedelta(milliseconds=skew_ms),
        recent=unpack_rows(packed[fixes_start:fixes_end]) if recent else (),
        nearest_stop=None if nearest_stop == NO_INDEX else nearest_stop,
        near_since=_optional_at(near_ms),
        last_stop=None if last_stop == NO_INDEX else last_stop,
        standing_since=_optional_at(resting_ms),
        breaks_taken_s=tuple(breaks_taken_s),
        estimated_at=_optional_at(reckoned_ms),
        progress=tuple(
            replace(
                _DENSE[flag & DENSE],
                arrived_at=next(arrived_at) if flag & ARRIVED else None,
                promise=next(promises) if flag & PROMISED else None,
                told_at=next(told_at) if flag & TOLD else None,
            )
            if flag & SPARSE
            else _DENSE[flag & DENSE]
            for flag in flags
        ),
        etas=_etas_from(
            [i for i, flag in enumerate(flags) if flag & ESTIMATED], eta_columns, base_s, stops
        ),
        planned=planned,
    )


def _etas_from(
    indexes: Sequence[int], columns: Sequence[Sequence[int]], base_s: int, count: int
) -> Etas:
    """So many ETAs, the columns being those at the indexes."""
    points_s: list[int | None] = [None] * count
    earliest_s, latest_s = [0] * count, [0] * count
    for i, point, before, longer in zip(indexes, *columns, strict=True):
        point_s = base_s + point
        points_s[i], earliest_s[i] = point_s, point_s - before
        latest_s[i] = point_s + before + longer
    return Etas(points_s, earliest_s, latest_s)


def _optional_at(ms: int) -> datetime | None:
    return None if ms == NO_TIME_MS else from_ms(ms)


def _dense(parts: list[int], base_s: int) -> list[datetime]:
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [from_ms((base_s + seconds) * 1000 + ms) for seconds, ms in pairs]


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
