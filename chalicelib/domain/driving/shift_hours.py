"""Shift hours: when a driver drove a route. A position of any other time is never stored."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.instants import Range


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """From the start of a route to its end; ``ended_at`` is None while it is driven.

    ``pauses`` are the times between an end and when the route went on after all, because a parcel
    was found. The driver was off shift then.
    """

    started_at: datetime
    ended_at: datetime | None = None
    pauses: tuple[Range, ...] = ()

    def include(self, at: datetime) -> bool:
        """Whether the driver was on shift. The very moments of start, end and going on count."""
        if at < self.started_at or (self.ended_at is not None and at > self.ended_at):
            return False
        return not any(pause.earliest < at < pause.latest for pause in self.pauses)
