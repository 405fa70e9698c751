"""The one door for writes that belong together, and the memory of requests that they may carry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.journal.changes import Change, Remembered


class Journal(Protocol):
    """Commits changes, all or nothing."""

    def commit(self, *changes: Change) -> None:
        """Write the changes, each where the version that it expects still stands.

        At most 100 items in all: raises ValueError for more, which is a mistake of the caller.
        Raises ConcurrentUpdate when a version has moved on; then nothing has been written.
        """
        ...


class Requests(Protocol):
    """Requests that were remembered under their Idempotency-Key."""

    def recall(self, key: str, now: datetime) -> Remembered | None:
        """The earlier request under this key; None when there is none, or it has expired."""
        ...
