"""An agenda: generators that yield how long they wait. One thread runs them in order.

The same agenda can follow a running clock (it sleeps), or drive a clock that stands still (it sets
the clock).
"""

import heapq
import itertools
import logging
import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from local.clock import VirtualClock

Doings = Generator[float, datetime, None]
"""A generator that yields the virtual seconds to wait, and receives the virtual time after it."""

PATIENCE: Final = timedelta(minutes=2)
"""The largest lag behind the clock on a busy machine. Doings that lag more skip to the present."""
_LONGEST_SLEEP_S: Final = 0.5

logger = logging.getLogger(__name__)


@dataclass
class Agenda:
    """Runs doings in turns. The same doings have the same order at any speed."""

    clock: VirtualClock
    stopping: threading.Event = field(default_factory=threading.Event)
    _queue: list[tuple[datetime, int, Doings]] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=itertools.count)

    def add(self, doings: Doings, *, after_s: float = 0.0) -> None:
        """Begin a generator, now or some virtual seconds later."""
        next(doings)  # runs to its first bare `yield`, where it waits for the time
        due = self.clock.now() + timedelta(seconds=after_s)
        heapq.heappush(self._queue, (due, next(self._numbers), doings))

    def run(self) -> None:
        """Follow the clock until nothing is left to do, or `stopping` is set."""
        while self._queue and not self.stopping.is_set():
            wait_s = self.clock.real_s_until(self._queue[0][0])
            if wait_s > 0:  # in short sleeps, since the clock may be set meanwhile
                self.stopping.wait(min(wait_s, _LONGEST_SLEEP_S))
            else:
                self._step()

    def run_until(self, instant: datetime) -> None:
        """Do everything until `instant` without waiting: set the clock to each step, then to it."""
        while self._queue and self._queue[0][0] <= instant and not self.stopping.is_set():
            self.clock.set_to(max(self._queue[0][0], self.clock.now()))
            self._step()
        self.clock.set_to(instant)

    def _step(self) -> None:
        due, number, doings = heapq.heappop(self._queue)
        try:
            pause_s = doings.send(due)
        except StopIteration:
            return
        again = due + timedelta(seconds=pause_s)
        now = self.clock.now()
        if now - again > PATIENCE:
            logger.info(
                "this machine is %d s behind the clock; a lower speed suits it",
                (now - again).seconds,
            )
            again = now
        heapq.heappush(self._queue, (again, number, doings))
