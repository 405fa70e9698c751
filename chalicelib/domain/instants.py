"""Instants, days and ranges of time, and the one way to read them from text.

All instants are aware and in UTC. A text is RFC 3339 or a day like 2026-11-28, nothing else: digits
alone are never taken for a time.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANT_WORDS: Final = "Write a time with its offset from UTC, like 2026-11-28T18:00:00+02:00."
DAY_WORDS: Final = "Write a day as year, month and day, like 2026-11-28."
MOMENT_WORDS: Final = (
    "Write a time like 2026-11-28T18:00:00+02:00, a local time like 2026-11-28T18:00, "
    "or a day like 2026-11-28."
)
_LEAP_SECOND: Final = re.compile(r"(?<=:\d\d:)60")


def utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive time, because its zone is unknown."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        msg = "A time needs an offset from UTC."
        raise ValueError(msg)
    return instant.astimezone(UTC)


class TimeSource(StrEnum):
    """How sure a reported time is: as the device said it, corrected, or when it reached us."""

    DEVICE = "device"
    CORRECTED = "corrected"
    OURS = "ours"


def read_instant(text: str) -> datetime:
    """An instant in RFC 3339, in UTC. Seconds may be left out, the offset may not.

    Raises ValueError with a sentence for anything else.

    >>> read_instant("2026-11-28T18:00:00+02:00").isoformat()
    '2026-11-28T16:00:00+00:00'
    """
    found = _instant(text)
    if found is None or found.tzinfo is None:
        raise ValueError(INSTANT_WORDS)
    try:
        return found.astimezone(UTC)
    except OverflowError:  # within a day of the two ends of the calendar
        return found.replace(tzinfo=UTC)


def written(instant: datetime) -> str:
    """An instant as all that leaves us writes it: RFC 3339 in UTC, in whole milliseconds.

    >>> written(datetime.fromisoformat("2026-11-28T18:00:00.1+02:00"))
    '2026-11-28T16:00:00.100Z'
    """
    return f"{utc(instant).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def read_day(text: str) -> date:
    """A day like 2026-11-28. Raises ValueError with a sentence for anything else."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(DAY_WORDS)


def read_moment(text: str) -> datetime | date:
    """An instant in UTC, a local time of a place that is not known yet (naive), or a day.

    ``at_place`` makes an instant of it. Raises ValueError with a sentence for anything else.
    """
    found = _instant(text)
    try:
        if found is None:
            return read_day(text)
        return found if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise ValueError(MOMENT_WORDS) from exc


def at_place(moment: datetime | date, time_zone: str, *, is_end: bool) -> datetime:
    """The instant that a moment is in this zone.

    A day begins with its first and ends with its last second there. An hour that comes twice begins
    with the first and ends with the second. Raises ValueError with a sentence for a local time that
    the clocks skip.
    """
    zone = ZoneInfo(time_zone)
    if not isinstance(moment, datetime):
        next_day = timedelta(days=1 if is_end else 0)
        midnight = datetime.combine(moment + next_day, time(), zone).astimezone(UTC)
        return midnight - timedelta(seconds=1 if is_end else 0)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    instant = moment.replace(tzinfo=zone, fold=int(is_end)).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != moment:
        words = f"The clocks of {time_zone} skip this time on that day. {INSTANT_WORDS}"
        raise ValueError(words)
    return instant


def _instant(text: str) -> datetime | None:
    """The time that a text says, naive without an offset; None for a text of another form."""
    if not _INSTANT.fullmatch(text):
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(text.upper())
    with suppress(ValueError, OverflowError):  # RFC 3339 has leap seconds, datetime has none
        before = _LEAP_SECOND.sub("59", text.upper(), count=1)
        return datetime.fromisoformat(before) + timedelta(seconds=1)
    return None


def rounded_up(instant: datetime, step: timedelta) -> datetime:
    """The next full multiple of ``step`` since the epoch, or the instant itself."""
    step_s = step.total_seconds()
    return datetime.fromtimestamp(-(-instant.timestamp() // step_s) * step_s, UTC)


@dataclass(frozen=True, slots=True)
class Range:
    """The time from ``earliest`` to ``latest``, both aware, in this order."""

    earliest: datetime
    latest: datetime

    def __post_init__(self) -> None:
        """Refuse a range that ends before it begins."""
        if self.latest < self.earliest:
            msg = "A range must not end before it begins."
            raise ValueError(msg)

    def widened_to(self, step: timedelta) -> "Range":
        """The smallest enclosing range on full multiples of ``step`` since the epoch.

        14:13–14:38 in steps of five minutes is 14:10–14:40.
        """
        step_s = step.total_seconds()
        earliest_s = self.earliest.timestamp() // step_s * step_s
        earliest = datetime.fromtimestamp(earliest_s, UTC)
        return Range(earliest, rounded_up(self.latest, step))

    def as_promise(self, step: timedelta) -> "Range":
        """The range as it is told to people: on full steps, and never shorter than one.

        A van that waits for a window to open is expected exactly then, which is no range.
        """
        wide = self.widened_to(step)
        return replace(wide, latest=max(wide.latest, wide.earliest + step))
