"""What a live state knows of visits in doubt, as one binary value.

    <B format> <varints> whether the van is at the hub, whether and since when it is away, the last
    stop before, how many stops were reported and which, then stop, arrival and duration of each
    visit that the van left without a report

Times are milliseconds after the start of the route. Of the last stop, 0 says that it is unknown,
and all else is one more. A live state with nothing in doubt has no such value.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.adapters.dynamodb.values.varints import Varints, pack_varints
from chalicelib.domain.driving.live import Live
from chalicelib.domain.instants import Range

FORMAT: Final = 1


def pack_visits(live: Live) -> bytes | None:
    """What is in doubt; None when nothing is."""
    reported = [i for i, progress in enumerate(live.progress) if progress.is_reported]
    left = [(i, visit) for i, each in enumerate(live.progress) if (visit := each.unreported)]
    is_plain = live.away_since is None and live.last_stop_before is None and not live.is_at_hub
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
        len(reported),
        *reported,
    ]
    for i, visit in left:
        earliest_ms = after_ms(visit.earliest)
        numbers += [i, earliest_ms, after_ms(visit.latest) - earliest_ms]
    return bytes([FORMAT]) + pack_varints(numbers)


def with_visits(live: Live, packed: bytes | None) -> Live:
    """The live state with what is in doubt. Raises ValueError for damaged bytes."""
    if packed is None:
        return live
    if packed[:1] != bytes([FORMAT]):
        msg = "The packed visits have an unknown format."
        raise ValueError(msg)
    base_ms = 0 if live.started_at is None else to_ms(live.started_at)
    numbers = Varints(packed, 1)
    is_at_hub, is_away, away_ms, last_stop_before, count = numbers.take(5)
    progress = list(live.progress)
    for i in numbers.take(count):
        progress[i] = replace(progress[i], is_reported=True)
    while numbers.at < len(packed):
        i, earliest_ms, lasted_ms = numbers.take(3)
        begins_ms = base_ms + earliest_ms
        visit = Range(from_ms(begins_ms), from_ms(begins_ms + lasted_ms))
        progress[i] = replace(progress[i], unreported=visit)
    return replace(
        live,
        progress=tuple(progress),
        is_at_hub=bool(is_at_hub),
        away_since=from_ms(base_ms + away_ms) if is_away else None,
        last_stop_before=last_stop_before - 1 if last_stop_before else None,
    )
