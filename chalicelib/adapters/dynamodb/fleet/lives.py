"""A live state as one binary value: a fixed head, the recent fixes, then columns over the stops.

Times of stops are whole seconds from the start of the route; sparse facts (arrived, told) carry
their stop's index. Done stops keep nothing but that they are done, so that is all that is stored of
them. What neighbours have in common is taken out first: promises lie on full minutes, and ranges
are nearly as long after their point as before it.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.fleet.fixes import FIX, HEAD, pack_fixes, unpack_fixes
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.values.packing import pack_columns, unpack_columns
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.instants import Range

FORMAT: Final = 2
PLAIN: Final = 1
"""The format before ``MORE``, which it ends without."""
START: Final = struct.Struct(">BIIqqqqBHHHHHI")
MORE: Final = struct.Struct(">qHHqB")
TOLD_START: Final = struct.Struct(">qH")
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
_DENSE_FLAGS: Final = {id(progress): flag for flag, progress in enumerate(_DENSE)}
"""They live for ever: nothing else ever has the same id."""


def pack_live(live: Live) -> bytes:
    """Everything but the keys, the version and the ids of routes.

    ETAs and promises in whole seconds, all other times in milliseconds.
    """
    base_s = _base_ms(live) // 1000
    etas = Etas.of(live.etas)
    kinds = [_flags(progress) for progress in live.progress]
    flags = [
        kind if point_s is None else kind | ESTIMATED
        for kind, point_s in zip(kinds, etas.points_s, strict=True)
    ]
    sparse = [p for p, kind in zip(live.progress, kinds, strict=True) if kind & SPARSE]
    promises = [p.promise for p in sparse if p.promise is not None]
    arrived = _sparse([p.arrived_at for p in sparse], base_s)
    told = _sparse([p.told_at for p in sparse], base_s)
    eta_columns = _eta_columns(etas, base_s)
    begins = [_seconds(promise.earliest, base_s) for promise in promises]
    widths = [_span_s(promise.earliest, promise.latest) for promise in promises]
    step_s = math.gcd(*begins, *widths) or 1
    start = START.pack(
        FORMAT,
        live.epoch,
        live.plan_version,
        int(live.clock_skew / timedelta(milliseconds=1)),
        _optional_ms(live.started_at),
        _optional_ms(live.ended_at),
        _optional_ms(live.near_since),
        len(live.recent),
        len(flags),
        len(eta_columns[0]),
        len(promises),
        len(arrived),
        len(told),
        step_s,
    )
    columns = pack_columns(
        [
            flags,
            *eta_columns,
            [begin // step_s for begin in begins],
            [width // step_s for width in widths],
            arrived,
            told,
            live.breaks_taken_s,
        ]
    )
    more = MORE.pack(
        _optional_ms(live.estimated_at),
        _optional_index(live.near_stop),
        _optional_index(live.last_stop),
        _optional_ms(live.standing_since),
        len(live.breaks_taken_s),
    )
    return start + more + pack_fixes(live.recent) + columns


def unpack_live(
    packed: bytes,
    *,
    driver_id: DriverId,
    version: int,
    route_id: RouteId | None,
    planned: tuple[RouteId, ...] = (),
) -> Live:
    """The live state again. Raises ValueError for another format or damaged bytes."""
    if not packed or packed[0] not in {PLAIN, FORMAT}:
        msg = "a live state of an unknown format"
        raise ValueError(msg)
    (
        _, epoch, plan_version, skew_ms, started_ms, ended_ms, near_ms,
        recent, stops, eta_count, promise_count, arrived_count, told_count, step_s,
    ) = START.unpack_from(packed)  # fmt: skip
    more, fixes_start = (NO_TIME_MS, NO_INDEX, NO_INDEX, NO_TIME_MS, 0), START.size
    if packed[0] == FORMAT:
        more = MORE.unpack_from(packed, START.size)
        fixes_start += MORE.size
    reckoned_ms, near_stop, last_stop, resting_ms, rested = more
    fixes_end = fixes_start + (HEAD.size + recent * FIX.size if recent else 0)
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
        recent=unpack_fixes(packed[fixes_start:fixes_end]),
        near_stop=None if near_stop == NO_INDEX else near_stop,
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


def pack_etas(live: Live) -> bytes:
    """The ETAs told with a batch: by stop index, in seconds from the start of the route."""
    return pack_told(live.etas, _base_ms(live) // 1000)


def pack_told(etas: Sequence[Eta | None], base_s: int) -> bytes:
    """ETAs by stop index, in seconds from ``base_s`` (since the epoch)."""
    columns = Etas.of(etas)
    told = [i for i, point_s in enumerate(columns.points_s) if point_s is not None]
    return TOLD_START.pack(base_s, len(told)) + pack_columns([told, *_eta_columns(columns, base_s)])


def unpack_etas(packed: bytes) -> dict[int, Eta]:
    """The ETAs again, by stop index."""
    base_s, count = TOLD_START.unpack_from(packed)
    indexes, *columns = unpack_columns(packed[TOLD_START.size :], [count] * 4)
    etas = _etas_from(range(count), columns, base_s, count)
    return {index: eta for index, eta in zip(indexes, etas, strict=True) if eta is not None}


def _eta_columns(etas: Etas, base_s: int) -> list[list[int]]:
    """Points, seconds of the ranges before them, and how much longer the ranges are after them."""
    told = [
        (point_s, earliest_s, latest_s)
        for point_s, earliest_s, latest_s in zip(
            etas.points_s, etas.earliest_s, etas.latest_s, strict=True
        )
        if point_s is not None
    ]
    return [
        [point_s - base_s for point_s, _, _ in told],
        [point_s - earliest_s for point_s, earliest_s, _ in told],
        [latest_s + earliest_s - 2 * point_s for point_s, earliest_s, latest_s in told],
    ]


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


def _optional_ms(instant: datetime | None) -> int:
    return NO_TIME_MS if instant is None else to_ms(instant)


def _optional_at(ms: int) -> datetime | None:
    return None if ms == NO_TIME_MS else from_ms(ms)


def _optional_index(index: int | None) -> int:
    return NO_INDEX if index is None else index


def _base_ms(live: Live) -> int:
    return 0 if live.started_at is None else to_ms(live.started_at)


def _flags(progress: Progress) -> int:
    """All but ESTIMATED."""
    dense = _DENSE_FLAGS.get(id(progress))
    if dense is not None:
        return dense
    return (
        DONE * progress.is_done
        | APPROACHED * progress.has_approached
        | DELAYED * progress.is_delayed
        | PROMISED * (progress.promise is not None)
        | ARRIVED * (progress.arrived_at is not None)
        | TOLD * (progress.told_at is not None)
    )


def _sparse(instants: list[datetime | None], base_s: int) -> list[int]:
    """The instants there are, from the base, as (seconds, ms) pairs that stay small."""
    found = [divmod(to_ms(at) - base_s * 1000, 1000) for at in instants if at is not None]
    return [part for pair in found for part in pair]


def _dense(parts: list[int], base_s: int) -> list[datetime]:
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [from_ms((base_s + seconds) * 1000 + ms) for seconds, ms in pairs]


def _seconds(instant: datetime, base_s: int) -> int:
    return int(instant.timestamp()) - base_s


def _span_s(start: datetime, end: datetime) -> int:
    return int(end.timestamp()) - int(start.timestamp())


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
