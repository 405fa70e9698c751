"""Requests of keys, counted by each process and summed up in the ledger now and then.

A process adds what it has counted to the window's item after each fiftieth of the limit, and learns
the sum of all processes by the same write. So a key with few requests costs no write at all, and a
busy one a write for each fiftieth of its limit. In between, a process does not know of the others:
``n`` processes let through at most ``limit × (1 + n / 50)`` requests in a window.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import RequestCountItem
from chalicelib.domain.accounts.limits import WINDOW_S
from chalicelib.domain.errors import Unavailable

SHARES: Final = 50
MOST_KEYS: Final = 512
KEPT_WINDOWS: Final = 10


@dataclass(slots=True)
class _Tally:
    """``known`` are the requests of the sum, ``own`` are those counted here since."""

    window: int
    known: int = 0
    own: int = 0


class DynamoRequestCounts:
    """The port ``RequestCounts``."""

    def __init__(self) -> None:
        """Begin without any count."""
        self._tallies: dict[str, _Tally] = {}

    def count(self, key_id: str, *, window: int, limit: int) -> int:
        """No call for most requests, one write for one in ``limit / 50``."""
        tally = self._tally(key_id, window)
        if tally.known + tally.own >= limit:
            return limit + 1
        tally.own += 1
        if tally.own >= max(1, limit // SHARES):
            tally.known, tally.own = _summed(key_id, tally), 0
        return tally.known + tally.own

    def _tally(self, key_id: str, window: int) -> _Tally:
        found = self._tallies.get(key_id)
        if found is None or found.window != window:
            if len(self._tallies) >= MOST_KEYS:
                self._tallies.clear()
            found = self._tallies[key_id] = _Tally(window)
        return found


def _summed(key_id: str, tally: _Tally) -> int:
    """The sum with what was counted here; without the ledger only what is known here.

    A write that the SDK repeats may count twice: it errs on the side of refusing.
    """
    item = RequestCountItem(f"requests#{key_id}#{tally.window}")
    ends_at = (tally.window + KEPT_WINDOWS) * WINDOW_S
    try:
        with translated():
            item.update(
                actions=[
                    RequestCountItem.requests.add(tally.own),
                    RequestCountItem.expires_at.set(ends_at),
                ]
            )
    except Unavailable:
        return tally.known + tally.own
    return int(item.requests)
