"""Real pauses between retries."""

import time
from collections.abc import Callable
from random import SystemRandom
from typing import Final

_random: Final = SystemRandom()


class RandomPauses:
    """The port ``Pauses``. It sleeps."""

    def __init__(
        self,
        sleep: Callable[[float], object] = time.sleep,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``sleep`` takes seconds."""
        self._sleep = sleep
        self._monotonic_s = monotonic_s

    def take(self, longest_s: float) -> None:
        """Sleep with full jitter: every time up to ``longest_s`` is equally likely."""
        self._sleep(_random.uniform(0.0, longest_s))

    def passed_s(self) -> float:
        """Monotonic time."""
        return self._monotonic_s()
