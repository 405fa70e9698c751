"""Where addresses lie, and which clocks are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.geography import Coordinates
    from chalicelib.domain.shipments.placing import FoundPlace, WantedAddress


class Geocoder(Protocol):
    """An address search. It is asked for addresses that come without coordinates."""

    @property
    def is_there(self) -> bool:
        """Whether the operator has named one."""
        ...

    def find(self, address: WantedAddress) -> FoundPlace | None:
        """The best place that it knows; None when it knows none.

        Within a few seconds. Raises Unavailable for every fault of the search.
        """
        ...


class TimeZones(Protocol):
    """The time zones of the world."""

    def at(self, place: Coordinates) -> str | None:
        """The IANA name of the zone there; None at sea."""
        ...
