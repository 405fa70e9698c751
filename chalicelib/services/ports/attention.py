"""What the office remembers of its concerns, and the views that all who look share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.attention.handling import Handling
    from chalicelib.domain.attention.shared_views import SharedView


class Handlings(Protocol):
    """What colleagues have done about concerns, by the names of those."""

    def get(self, concern_id: str, now: datetime) -> Handling | None:
        """The latest one, read consistently; None when nobody has done anything."""
        ...

    def of(self, concern_ids: Sequence[str], now: datetime) -> dict[str, Handling]:
        """Those of several concerns for showing, perhaps a moment old."""
        ...

    def put(self, handling: Handling, expected_version: int) -> None:
        """Remember it where that version still stands (0: none yet).

        Raises ConcurrentUpdate when somebody else was faster.
        """
        ...


class SharedViews(Protocol):
    """Views that one process makes for all: what it costs does not grow with those who look."""

    def here(self, name: str) -> SharedView | None:
        """The one that this process has seen last. No call."""
        ...

    def latest(self, name: str) -> SharedView | None:
        """The one that was shared last: one small read."""
        ...

    def claim(self, name: str, *, now: datetime, lease_s: int) -> bool:
        """Try to become the one who makes the next one. One write."""
        ...

    def share(self, name: str, view: SharedView) -> None:
        """Give it to everybody. One write."""
        ...
