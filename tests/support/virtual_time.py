"""Several works at once on a clock that only they move. The order is always the same.

One of them runs; the others wait for their instants. A work that spends time lets the next one run.
No real time passes.
"""

import heapq
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.support.builders import NOON

PATIENCE_S = 60.0


@dataclass
class VirtualTime:
    """A clock, and the instants at which works go on. Only works inside ``run`` may ``spend``."""

    at_s: float = 0.0
    _next: list[tuple[float, int]] = field(default_factory=list)
    _turns: list[threading.Semaphore] = field(default_factory=list)
    _own: threading.local = field(default_factory=threading.local)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.at_s)

    def spend(self, seconds: float) -> None:
        number: int = self._own.number
        heapq.heappush(self._next, (self.at_s + seconds, number))
        self._give_way()
        self._await_turn(number)

    def run(self, works: Sequence[Callable[[], object]]) -> None:
        """Begin all works now and return when all have ended."""
        self._turns = [threading.Semaphore(0) for _ in works]
        self._next = [(self.at_s, number) for number in range(len(works))]
        threads = [
            threading.Thread(target=self._work, args=(number, work), daemon=True)
            for number, work in enumerate(works)
        ]
        for thread in threads:
            thread.start()
        self._give_way()
        for thread in threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    def _work(self, number: int, work: Callable[[], object]) -> None:
        self._own.number = number
        self._await_turn(number)
        try:
            work()
        finally:
            if self._next:
                self._give_way()

    def _give_way(self) -> None:
        self.at_s, number = heapq.heappop(self._next)
        self._turns[number].release()

    def _await_turn(self, number: int) -> None:
        assert self._turns[number].acquire(timeout=PATIENCE_S)
