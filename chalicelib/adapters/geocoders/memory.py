"""An address search that asks once for each address: what it found is kept for a month."""

import hashlib
from datetime import datetime, timedelta
from typing import Final, Protocol

from chalicelib.domain.shipments.placing import FoundPlace, WantedAddress

KEPT_FOR: Final = timedelta(days=30)


class Search(Protocol):
    """An address search."""

    def find(self, address: WantedAddress) -> FoundPlace | None:
        """The best place that it knows."""
        ...


class Places(Protocol):
    """Where found places are kept by a hash of the address."""

    def recall(self, key: str, now: datetime) -> FoundPlace | None:
        """What was found."""
        ...

    def remember(self, key: str, found: FoundPlace, expires_at: datetime) -> None:
        """Keep it."""
        ...


class Clock(Protocol):
    """The present."""

    def now(self) -> datetime:
        """Now."""
        ...


class RememberedSearch:
    """The port ``Geocoder``: another one, and what it found before."""

    is_there = True

    def __init__(self, search: Search, places: Places, clock: Clock) -> None:
        self._search = search
        self._places = places
        self._clock = clock

    def find(self, address: WantedAddress) -> FoundPlace | None:
        """A read for an address that is known; else the search, and a write. Raises Unavailable.

        That nothing was found is not kept: maps grow.
        """
        key, now = key_of(address), self._clock.now()
        found = self._places.recall(key, now)
        if found is None:
            found = self._search.find(address)
            if found is not None:
                self._places.remember(key, found, now + KEPT_FOR)
        return found


def key_of(address: WantedAddress) -> str:
    """A hash: an address is personal data, and no key holds such."""
    parts = (*address.lines, address.postal_code or "", address.city, address.country)
    return f"place#{hashlib.sha256(chr(10).join(parts).casefold().encode()).hexdigest()}"
