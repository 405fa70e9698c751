"""A clock for the laptop. It can run faster than real time, stand still, or be set.

The application, the bridge's schedules and the demo's vans all read the same clock, so ETAs stay
consistent at any speed.
"""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """A clock that runs at `speed` virtual seconds per second. At 0 it moves only when it is set.

    >>> clock = VirtualClock(datetime(2026, 11, 23, 9, tzinfo=UTC))
    >>> clock.advance(timedelta(minutes=5))
    >>> clock.now().isoformat()
    '2026-11-23T09:05:00+00:00'
    """

    def __init__(
        self,
        start: datetime | None = None,
        *,
        speed: float = 0.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._anchor = _aware(start or datetime.now(UTC)), monotonic()
        self._speed = speed

    @property
    def speed(self) -> float:
        """Virtual seconds per real second."""
        return self._speed

    def now(self) -> datetime:
        """The virtual present, aware, in UTC, in whole milliseconds as the application keeps it."""
        start, since = self._anchor
        present = start + timedelta(seconds=(self._monotonic() - since) * self._speed)
        return present.replace(microsecond=present.microsecond // 1000 * 1000)

    def set_to(self, instant: datetime) -> None:
        """Jump, forwards or back. Raises ValueError for a naive time."""
        self._anchor = _aware(instant), self._monotonic()

    def advance(self, by: timedelta) -> None:
        self.set_to(self.now() + by)

    def run(self, speed: float) -> None:
        """Continue from the virtual present at another speed."""
        self._anchor = self.now(), self._monotonic()
        self._speed = speed

    def real_s_until(self, instant: datetime) -> float:
        """Real seconds until `instant`: 0 when it is past, infinite when the clock stands still."""
        left_s = (instant - self.now()).total_seconds()
        if left_s <= 0:
            return 0.0
        return left_s / self._speed if self._speed > 0 else math.inf


def scaled_clock(speed: float) -> VirtualClock:
    """A clock that starts now and runs at `speed`; at 1 it shows real time."""
    return VirtualClock(speed=speed)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        msg = "a clock needs an aware time"
        raise ValueError(msg)
    return instant.astimezone(UTC)
