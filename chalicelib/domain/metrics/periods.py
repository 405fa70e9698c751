"""Periods of service days, and how they are cut into days, weeks and months."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import Invalid

LONGEST_DAYS: Final = 400
"""More than a year with a month to compare it with."""


class Step(StrEnum):
    """What a period is cut into. Weeks begin on Monday (ISO 8601); the total is one part."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Period:
    """Service days from the first to the last, both included. Raises Invalid."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Check the order and the length."""
        if self.last < self.first:
            text = "The period ends before it begins."
            raise Invalid(text, pointer="?to_day", code="period_reversed")
        if self.days > LONGEST_DAYS:
            text = f"The period has {self.days} days. Ask for {LONGEST_DAYS} at most."
            raise Invalid(text, pointer="?to_day", code="period_too_long")

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length just before, to compare with."""
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length)

    def __contains__(self, day: date) -> bool:
        """Whether the day is one of it."""
        return self.first <= day <= self.last

    def cut(self, step: Step) -> Iterator["Period"]:
        """The parts, in order. The first and the last may be shorter than a whole one."""
        first = self.first
        while first <= self.last:
            last = min(_last_of(first, step), self.last)
            yield Period(first, last)
            first = last + timedelta(days=1)


def _last_of(day: date, step: Step) -> date:
    """The last day of the day, week or month."""
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day + timedelta(days=6 - day.weekday())
        case Step.MONTH:
            return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        case Step.TOTAL:
            return date.max
