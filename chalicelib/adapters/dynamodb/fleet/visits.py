"""The visits in doubt of a live state, as one binary value.

    <B format> <varints> whether the van is at the hub, whether and since when it is away, the last
    stop before, whether and until when a visit waits to be told, how many stops were reported and
    which, how many visits the van left without a report
    columns: their stops in the order of time, and arrivals and durations of the newest of them

The time away and the wait are milliseconds after the start of the route, the times of visits are
seconds. Of the last stop, 0 says that it is unknown, and all else is one more. A live state with
nothing in doubt has no such value. An earlier visit is known to have been before the oldest one
with its times.

Format 2 had no visit that waits. Format 1 had stop, arrival and duration of each visit as varints,
in milliseconds.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.values.bits import differences, pack_bits, sums, unpack_bits
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.live import Live
from chalicelib.domain.instants import Range

FORMAT: Final = 3
WITHOUT_WAIT: Final = 2
IN_VARINTS: Final = 1
MOST_TIMES: Final = 30
"""Of so many visits without a report we keep the times: live state stays below a capacity unit."""
SECOND_MS: Final = 1_000


def pack_visits(live: Live) -> bytes | None:
    """The packed doubts; None when nothing is in doubt."""
    reported = [i for i, progress in enumerate(live.progress) if progress.is_reported]
    left = [(i, visit) for i, each in enumerate(live.progress) if (visit := each.unreported)]
    left.sort(key=lambda numbered: (numbered[1].latest, numbered[0]))
    marks = (live.away_since, live.last_stop_before, live.unsettled_until)
    is_plain = all(mark is None for mark in marks) and not live.is_at_hub
    if is_plain and not reported and not left:
        return None
    base_ms = 0 if live.started_at is None else to_ms(live.started_at)

    def after_ms(at: datetime) -> int:
        return to_ms(at) - base_ms

    numbers = [
        int(live.is_at_hub),
        0 if live.away_since is None else 1,
        0 if live.away_since is None else after_ms(live.away_since),
        0 if live.last_stop_before is None else live.last_stop_before + 1,
        0 if live.unsettled_until is None else 1,
        0 if live.unsettled_until is None else after_ms(live.unsettled_until),
        len(reported),
        *reported,
        len(left),
    ]
    newest = [visit for _, visit in left[-MOST_TIMES:]]
    begins_s = [after_ms(visit.earliest) // SECOND_MS for visit in newest]
    ends_s = [-(-after_ms(visit.latest) // SECOND_MS) for visit in newest]
    columns = (
        differences([i for i, _ in left]),
        differences(begins_s),
        [end_s - begin_s for begin_s, end_s in zip(begins_s, ends_s, strict=True)],
    )
    return bytes([FORMAT]) + pack_varints(numbers) + (pack_bits(columns) if left else b"")


def with_visits(live: Live, packed: bytes | None) -> Live:
    """The live state with what is in doubt. Raises ValueError for damaged bytes."""
    if packed is None:
        return live
    if not packed or packed[0] not in (FORMAT, WITHOUT_WAIT, IN_VARINTS):
        msg = "The packed visits have an unknown format."
        raise ValueError(msg)
    base_ms = 0 if live.started_at is None else to_ms(live.started_at)
    numbers = Varints(packed, 1)
    is_at_hub, is_away, away_ms, last_stop_before = numbers.take(4)
    waits, wait_ms = numbers.take(2) if packed[0] == FORMAT else (0, 0)
    count = next(numbers)
    progress = list(live.progress)
    for i in numbers.take(count):
        progress[i] = replace(progress[i], is_reported=True)
    read = _visits_in_varints if packed[0] == IN_VARINTS else _visits
    visits = list(read(numbers, packed))
    for i, begins_ms, lasted_ms in visits:
        begins_at = from_ms(base_ms + begins_ms)
        visit = Range(begins_at, from_ms(base_ms + begins_ms + lasted_ms))
        progress[i] = replace(progress[i], unreported=visit)
    return replace(
        live,
        progress=tuple(progress),
        is_at_hub=bool(is_at_hub),
        away_since=from_ms(base_ms + away_ms) if is_away else None,
        last_stop_before=last_stop_before - 1 if last_stop_before else None,
        unsettled_until=from_ms(base_ms + wait_ms) if waits else None,
    )


def _visits(numbers: Varints, packed: bytes) -> Iterator[tuple[int, int, int]]:
    """Stop, beginning and duration in milliseconds of each visit."""
    count = next(numbers)
    if not count:
        return
    timed = min(count, MOST_TIMES)
    stops, begin_steps, lasted_s = unpack_bits(packed[numbers.at :], [count, timed, timed])
    begins_s = sums(begin_steps)
    begins_s = [begins_s[0]] * (count - timed) + begins_s
    lasted_s = [0] * (count - timed) + lasted_s
    for i, begin_s, length_s in zip(sums(stops), begins_s, lasted_s, strict=True):
        yield i, begin_s * SECOND_MS, length_s * SECOND_MS


def _visits_in_varints(numbers: Varints, packed: bytes) -> Iterator[tuple[int, int, int]]:
    """The same of format 1."""
    while numbers.at < len(packed):
        i, earliest_ms, lasted_ms = numbers.take(3)
        yield i, earliest_ms, lasted_ms
