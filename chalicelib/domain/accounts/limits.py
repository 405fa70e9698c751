"""Limits of how much one key may ask for, in windows of a minute that begin with the clock's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

WINDOW_S: Final = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """A key's requests in the present window: ``limit`` in all, ``counted`` with this one."""

    limit: int
    counted: int
    reset_s: int

    @property
    def remaining(self) -> int:
        """How many more there are in this window."""
        return max(0, self.limit - self.counted)

    @property
    def is_exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.counted > self.limit


def window_of(now: datetime) -> int:
    """The number of the window, since 1970."""
    return int(now.timestamp()) // WINDOW_S


def reset_s(now: datetime) -> int:
    """Full seconds until the next window: from 1 to 60."""
    return WINDOW_S - int(now.timestamp()) % WINDOW_S
