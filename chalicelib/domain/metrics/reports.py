"""Reports: the rows that answer a question, each the sum of the days that it is about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.metrics.days import DayPart
from chalicelib.domain.metrics.periods import Period, Step
from chalicelib.domain.metrics.tallies import Tally, added

SETTLES_AFTER: Final = timedelta(days=1)
"""What changes a day's figures this long after the day has ended is late, and is told."""


@dataclass(frozen=True, slots=True)
class LateChange:
    """The figures of a service day changed at ``changed_at``, after the day was long over."""

    service_day: date
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One period of one group. ``counted_at`` is when its figures changed last; None: no data."""

    period: Period
    group_id: str
    tally: Tally
    counted_at: datetime | None
    late_changes: tuple[LateChange, ...] = ()


def rows_of(
    period: Period,
    step: Step,
    parts: Sequence[DayPart],
    *,
    group_of: Callable[[DayPart, str], str | None],
    groups: Iterable[str] = (),
    zones: Mapping[str, str],
) -> list[Row]:
    """A row for each part of the period and each group, also where there is no data.

    ``group_of`` says to which group an entry of a day belongs (None: to none that is asked for).
    ``groups`` are those with rows in any case; ``zones`` are the time zones of hubs by their ids.
    """
    tallies: dict[tuple[date, str], list[Tally]] = {}
    counted: dict[tuple[date, str], dict[date, datetime]] = {}
    spans = list(period.cut(step))
    starts = [span.first for span in spans]
    first_of = {
        day: start
        for start, span in zip(starts, spans, strict=True)
        for day in (span.first + timedelta(days=n) for n in range(span.days))
    }
    late: dict[tuple[date, str], set[LateChange]] = {}
    for part in parts:
        for key, tally in part.tallies.items():
            group_id = group_of(part, key)
            if group_id is None:
                continue
            place = (first_of[part.service_day], group_id)
            tallies.setdefault(place, []).append(tally)
            seen = counted.setdefault(place, {})
            seen[part.service_day] = max(
                part.counted_at, seen.get(part.service_day, part.counted_at)
            )
            if _is_late(part, zones):
                late.setdefault(place, set()).add(LateChange(part.service_day, part.counted_at))
    ids = sorted({group_id for _, group_id in tallies} | set(groups))
    return [
        Row(
            span,
            group_id,
            added(tallies.get((span.first, group_id), [])),
            max(counted.get((span.first, group_id), {}).values(), default=None),
            tuple(
                sorted(
                    late.get((span.first, group_id), ()),
                    key=lambda each: (each.service_day, each.changed_at),
                )
            ),
        )
        for span in spans
        for group_id in ids
    ]


def _is_late(part: DayPart, zones: Mapping[str, str]) -> bool:
    """Whether a day changed when it was over for long, in the zone of its hub."""
    zone = ZoneInfo(zones.get(part.hub_id, "UTC"))
    ended_at = datetime.combine(part.service_day + timedelta(days=1), time(), zone)
    return part.counted_at > ended_at + SETTLES_AFTER
