"""A live state as one binary value, below a kilobyte for 200 stops with all that was told of them.

    <B format> <varint length> ETAs (``values/etas``)
    <varints> how many of each, the numbers that are always there, then those that are known
    columns: fixes, kinds of stops, arrivals, told alerts, promises, breaks

A stop is one of few kinds: done, told of a delay, and so on. Kinds are counted, and each stop names
its own by number. Most alerts are told in a few batches, so their instants are kept once. A promise
lies near the range of its ETA, and is often as much later as the one before: only the difference is
kept, from the ETA or from that of the one before, in full minutes where that is exact.

Format 3 had only differences from the ETA.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.fleet import lives_v2
from chalicelib.adapters.dynamodb.fleet.fixes import COLUMNS, fix_columns, fixes_of
from chalicelib.adapters.dynamodb.values.bits import (
    differences,
    fold,
    pack_bits,
    sums,
    unfold,
    unpack_bits,
)
from chalicelib.adapters.dynamodb.values.etas import etas_of, pack_etas
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.eta.estimates import Etas
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.instants import Range

FORMAT: Final = 4
BEFORE: Final = 3
MILLISECOND: Final = timedelta(milliseconds=1)
SECOND_MS: Final = 1_000
DONE, APPROACHED, DELAYED, PROMISED, ARRIVED, TOLD, SILENT = (1 << bit for bit in range(7))
SPARSE: Final = PROMISED | ARRIVED | TOLD | SILENT
"""With one of these there is more to say of a stop than its kind."""

_PLAIN: Final = tuple(
    Progress(
        is_done=bool(kind & DONE),
        has_approached=bool(kind & APPROACHED),
        is_delayed=bool(kind & DELAYED),
    )
    for kind in range(PROMISED)
)
"""Most stops are of these few kinds: they need not be made anew for each of them."""
_PLAIN_KINDS: Final = {id(progress): kind for kind, progress in enumerate(_PLAIN)}
"""They live for ever: nothing else ever has the same id."""


def pack_live(live: Live) -> bytes:
    """Everything but the keys, the version and the ids of routes.

    ETAs and promises in whole seconds, all other times in milliseconds.
    """
    etas = Etas.of(live.etas)
    packed_etas = pack_etas(etas)
    base_ms = 0 if live.started_at is None else to_ms(live.started_at)
    kinds = list(map(_kind, live.progress))
    palette = [kind for kind, _ in Counter(kinds).most_common()]
    numbers = {kind: number for number, kind in enumerate(palette)}
    marked = [i for i, kind in enumerate(kinds) if kind & SPARSE]
    arrived = _times_ms([live.progress[i].arrived_at for i in marked], base_ms)
    told = _times_ms([live.progress[i].told_at for i in marked], base_ms)
    instants = sorted(set(told))
    promises = [(i, promise) for i in marked if (promise := live.progress[i].promise) is not None]
    step_s = _step_s([promise for _, promise in promises])
    begins, widths = _promise_columns(promises, etas, step_s, base_ms // SECOND_MS // step_s)
    from_before = differences(begins)
    by_before = _bits(from_before) < _bits(list(map(fold, begins)))
    counts = (len(live.recent), len(kinds), len(palette), len(arrived), len(told), len(instants))
    known = _known(live, base_ms)
    mask = sum(1 << i for i, value in enumerate(known) if value is not None)
    head = (
        *counts,
        len(promises),
        step_s,
        int(by_before),
        len(live.breaks_taken_s),
        live.epoch,
        live.plan_version,
        live.clock_skew // MILLISECOND,
        mask,
        *(value for value in known if value is not None),
    )
    columns = (
        *fix_columns(live.recent),
        palette,
        [numbers[kind] for kind in kinds],
        differences(arrived),
        differences(instants),
        [instants.index(at) for at in told],
        from_before if by_before else list(map(fold, begins)),
        widths,
        live.breaks_taken_s,
    )
    return b"".join(
        (
            bytes([FORMAT]),
            pack_varints([len(packed_etas)]),
            packed_etas,
            pack_varints(head),
            pack_bits(columns),
        )
    )


def unpack_live(
    packed: bytes,
    *,
    driver_id: DriverId,
    version: int,
    route_id: RouteId | None,
    planned: tuple[RouteId, ...] = (),
    etas_of: Callable[[bytes, int], Etas] = etas_of,
) -> Live:
    """The live state again. Raises ValueError for another format or damaged bytes.

    ``etas_of`` unpacks the ETAs of so many stops, or knows them already.
    """
    names = {
        "driver_id": driver_id,
        "version": version,
        "route_id": route_id,
        "planned": planned,
    }
    if packed[:1] == bytes([lives_v2.FORMAT]):
        return lives_v2.unpack_live(packed, **names)  # type: ignore[arg-type]
    if not packed or packed[0] not in (FORMAT, BEFORE):
        msg = "The packed live state has an unknown format."
        raise ValueError(msg)
    numbers = Varints(packed, 1)
    eta_bytes = next(numbers)
    packed_etas = packed[numbers.at : numbers.at + eta_bytes]
    numbers = Varints(packed, numbers.at + eta_bytes)
    is_new = packed[0] == FORMAT
    recent, stops, kinds, arrived, told, instants, promised, step_s = numbers.take(8)
    by_before = next(numbers) if is_new else 0
    breaks = next(numbers)
    epoch, plan_version, skew_ms, mask = numbers.take(4)
    known = [next(numbers) if mask >> i & 1 else None for i in range(7)]
    lengths = [
        *[recent] * COLUMNS,
        *(kinds, stops, arrived, instants, told, promised, promised, breaks),
    ]
    columns = unpack_bits(packed[numbers.at :], lengths)
    palette, stop_kinds, arrivals, times, told_numbers, begins, widths, taken_s = columns[COLUMNS:]
    etas = etas_of(packed_etas, stops)
    start_ms, ended_ms, near_ms, estimated_ms, standing_ms, nearest_stop, last_stop = known
    base_ms = start_ms or 0
    found = [palette[number] for number in stop_kinds]
    begins = sums(begins) if by_before else list(map(unfold, begins))
    first = base_ms // SECOND_MS // step_s if is_new else 0
    promised_at = [i for i, kind in enumerate(found) if kind & PROMISED]
    promise_of = _promises(zip(promised_at, begins, widths, strict=True), etas, step_s, first)
    arrived_at = (from_ms(base_ms + ms) for ms in sums(arrivals))
    at_ms = sums(times)
    told_at = (from_ms(base_ms + at_ms[number]) for number in told_numbers)
    return Live(
        **names,  # type: ignore[arg-type]
        epoch=epoch,
        plan_version=plan_version,
        started_at=None if start_ms is None else from_ms(start_ms),
        ended_at=_at(ended_ms, base_ms),
        clock_skew=skew_ms * MILLISECOND,
        recent=fixes_of(columns[:COLUMNS]),
        nearest_stop=nearest_stop,
        near_since=_at(near_ms, base_ms),
        last_stop=last_stop,
        standing_since=_at(standing_ms, base_ms),
        breaks_taken_s=tuple(taken_s),
        estimated_at=_at(estimated_ms, base_ms),
        progress=tuple(
            Progress(
                is_done=bool(kind & DONE),
                has_approached=bool(kind & APPROACHED),
                is_delayed=bool(kind & DELAYED),
                arrived_at=next(arrived_at) if kind & ARRIVED else None,
                promise=next(promise_of) if kind & PROMISED else None,
                told_at=next(told_at) if kind & TOLD else None,
                is_silent=bool(kind & SILENT),
            )
            if kind & SPARSE
            else _PLAIN[kind]
            for kind in found
        ),
        etas=etas,
    )


def _kind(progress: Progress) -> int:
    plain = _PLAIN_KINDS.get(id(progress))
    if plain is not None:
        return plain
    return (
        DONE * progress.is_done
        | APPROACHED * progress.has_approached
        | DELAYED * progress.is_delayed
        | PROMISED * (progress.promise is not None)
        | ARRIVED * (progress.arrived_at is not None)
        | TOLD * (progress.told_at is not None)
        | SILENT * progress.is_silent
    )


def _known(live: Live, base_ms: int) -> list[int | None]:
    """Values that may be unknown: the start, the other times after it, then places in the plan."""
    times = (live.ended_at, live.near_since, live.estimated_at, live.standing_since)
    return [
        None if live.started_at is None else base_ms,
        *(None if at is None else to_ms(at) - base_ms for at in times),
        live.nearest_stop,
        live.last_stop,
    ]


def _at(ms: int | None, base_ms: int) -> datetime | None:
    return None if ms is None else from_ms(base_ms + ms)


def _times_ms(instants: Sequence[datetime | None], base_ms: int) -> list[int]:
    return [to_ms(at) - base_ms for at in instants if at is not None]


def _step_s(promises: Sequence[Range]) -> int:
    """The largest number of seconds that every promise begins and lasts a multiple of."""
    ends = [_seconds(at) for promise in promises for at in (promise.earliest, promise.latest)]
    return math.gcd(*ends) or 1


def _promise_columns(
    promises: Sequence[tuple[int, Range]], etas: Etas, step_s: int, first: int
) -> tuple[list[int], list[int]]:
    """In steps: how far each begins from its ETA's beginning, and how much longer it is, folded.

    ``first`` is the step of the start of the route.
    """
    begins, widths, before = [], [], first
    for i, promise in promises:
        expected, width = _expected(etas, i, step_s, before)
        before = _seconds(promise.earliest) // step_s
        begins.append(before - expected)
        widths.append(fold(_seconds(promise.latest) // step_s - before - width))
    return begins, widths


def _promises(
    columns: Iterable[tuple[int, int, int]], etas: Etas, step_s: int, first: int
) -> Iterator[Range]:
    """The promises again, from their stops' indexes and the columns."""
    before = first
    for i, begin, longer in columns:
        expected, width = _expected(etas, i, step_s, before)
        before = expected + begin
        ends = before + width + unfold(longer)
        yield Range(_instant(before * step_s), _instant(ends * step_s))


def _expected(etas: Etas, i: int, step_s: int, before: int) -> tuple[int, int]:
    """Where a promise would begin and how long it would be, by its ETA or the promise before it."""
    if etas.points_s[i] is None:
        return before, 0
    begins = etas.earliest_s[i] // step_s
    return begins, -(-etas.latest_s[i] // step_s) - begins


def _bits(column: Sequence[int]) -> int:
    return sum(map(int.bit_length, column))


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
