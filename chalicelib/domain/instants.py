"""Instants and ranges of time. All are aware and in UTC; we refuse a naive time where it enters."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


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
        latest_s = -(-self.latest.timestamp() // step_s) * step_s
        return Range(datetime.fromtimestamp(earliest_s, UTC), datetime.fromtimestamp(latest_s, UTC))
