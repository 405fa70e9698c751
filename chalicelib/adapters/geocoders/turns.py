"""One request a second, from all containers together: whoever claims a second may ask in it."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

PUBLIC_SERVERS: Final = frozenset({"nominatim.openstreetmap.org"})
"""Those that ask for it; an operator's own server does not."""


class Turns:
    """Waits for a second that nobody else has claimed."""

    def __init__(
        self,
        claim: Callable[[str], bool],
        now: Callable[[], datetime],
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """``claim`` tells whether a name was free; ``sleep`` takes seconds."""
        self._claim = claim
        self._now = now
        self._monotonic_s = monotonic_s
        self._sleep = sleep

    def take(self, ends_at: float) -> None:
        """Raises TimeoutError when there is no turn before the deadline, in monotonic time."""
        while True:
            now = self._now()
            if self._claim(f"address search#{int(now.timestamp())}"):
                return
            rest_s = 1.0 - now.microsecond / 1e6
            if self._monotonic_s() + rest_s >= ends_at:
                msg = "Too many addresses are being searched for."
                raise TimeoutError(msg)
            self._sleep(rest_s)
