"""What happens when: generators that say how long they wait, run in one thread in order.

The same agenda runs with the wall (it sleeps), or drives a clock that stands still (it sets it).
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
"""Yields the virtual seconds until it goes on, and is sent the virtual time at which it does."""

PATIENCE: Final = timedelta(minutes=2)
"""How far the doings may lag behind the clock on a busy machine before they are moved on to it."""
_LONGEST_SLEEP_S: Final = 0.5

logger = logging.getLogger(__name__)


@dataclass
class Agenda:
    """Doings that take turns. With the same doings the order is the same, whatever the speed."""

    clock: VirtualClock
    stopping: threading.Event = field(default_factory=threading.Event)
    _queue: list[tuple[datetime, int, Doings]] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=itertools.count)

    def add(self, doings: Doings, *, after_s: float = 0.0) -> None:
        """Begin something, now or some virtual seconds later."""
        next(doings)  # runs to its first bare `yield`, where it waits to be told the time
        due = self.clock.now() + timedelta(seconds=after_s)
        heapq.heappush(self._queue, (due, next(self._numbers), doings))

    def run(self) -> None:
        """Go along with the clock until there is nothing to do, or `stopping` is set."""
        while self._queue and not self.stopping.is_set():
            wait_s = self.clock.real_s_until(self._queue[0][0])
            if wait_s > 0:  # in short sleeps, since the clock may be set meanwhile
                self.stopping.wait(min(wait_s, _LONGEST_SLEEP_S))
            else:
                self._step()

    def run_until(self, instant: datetime) -> None:
        """Set the clock from one thing to the next, without waiting, and then to `instant`."""
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
