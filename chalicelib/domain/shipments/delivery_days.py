"""The time that a shipper asks for, and whether it can be met: not over, at most a day long."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import Invalid
from chalicelib.domain.instants import Range, at_place

LONGEST_WINDOW: Final = timedelta(days=1)
"""By the clocks at the address: a day on which they change has an hour more or less."""


class WrongEnd(ValueError):
    """An end of a window that cannot be, by the name that it was sent with; str() is a sentence."""

    def __init__(self, name: str, code: str, words: str) -> None:
        super().__init__(words)
        self.name = name
        self.code = code


@dataclass(frozen=True, slots=True)
class WantedWindow:
    """A window as it was ordered: instants, or local times or days at a place.

    ``names`` are the fields that its first and its last moment were sent in.
    """

    first: datetime | date
    last: datetime | date
    names: tuple[str, str]

    def at(self, time_zone: str) -> Range:
        """The range in this zone. Raises WrongEnd."""
        ends = [self._end(i, time_zone) for i in (0, 1)]
        if ends[1] < ends[0]:
            words = "The window must not end before it starts. Check the two times and their days."
            raise WrongEnd(self.names[1], "invalid_range", words)
        return Range(*ends)

    def _end(self, i: int, time_zone: str) -> datetime:
        try:
            return at_place((self.first, self.last)[i], time_zone, is_end=i == 1)
        except ValueError as exc:
            raise WrongEnd(self.names[i], "invalid_time", str(exc)) from exc


def require_possible_time(
    window: Range | None, service_day: date | None, time_zone: str, now: datetime
) -> None:
    """Raises Invalid, in a sentence with the times at the address."""
    zone = ZoneInfo(time_zone)
    if window is not None:
        _require_window(window, zone, now)
        require_one_day(window, service_day, time_zone)
    elif service_day is not None and service_day < now.astimezone(zone).date():
        text = f"The day {service_day.isoformat()} is over at the address. Write a later one."
        raise Invalid(text, pointer="/service_day", code="day_is_over")


def require_one_day(window: Range | None, service_day: date | None, time_zone: str) -> None:
    """Raises Invalid when a window and a day that were both ordered are not the same day."""
    if window is None or service_day is None:
        return
    if window.earliest.astimezone(ZoneInfo(time_zone)).date() != service_day:
        text = "The window begins on another day than service_day says. Write one of the two."
        raise Invalid(text, pointer="/service_day", code="mixed_days")


def _require_window(window: Range, zone: ZoneInfo, now: datetime) -> None:
    first, last = window.earliest.astimezone(zone), window.latest.astimezone(zone)
    if window.latest <= now:
        text = f"The window ended at {last:%Y-%m-%d %H:%M} at the address. Write one to come."
        raise Invalid(text, pointer="/window", code="window_is_over")
    if last.replace(tzinfo=None) - first.replace(tzinfo=None) > LONGEST_WINDOW:
        text = (
            f"The window is from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} at the address. "
            "A window is at most a day long."
        )
        raise Invalid(text, pointer="/window", code="window_too_long")
