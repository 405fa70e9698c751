"""Searches: what somebody knows of a shipment, and which questions are answered without a scan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import HubId, ShipperId
from chalicelib.domain.shipments.statuses import Status

ONE: Final = "Ask by one at a time: reference, barcode, updated_since, service_day."
STATUS: Final = (
    "Say where to look for a status: from when on (updated_since), or on which day and at which hub"
    " (service_day and hub_id). What failed or waits for a route is in /v1/attention."
)
DAY_OF_A_HUB: Final = "A service day is that of a hub: give service_day and hub_id together."
ALL_SHIPPERS: Final = "The routes of a hub's day carry goods of all shippers: leave shipper_id out."


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for. Without anything: all of a shipper's shipments, newest first.

    ``updated_since``: those with news since then. ``service_day`` and ``hub_id``: those on the
    hub's routes of that day. ``status`` narrows these two.
    """

    shipper_id: ShipperId | None = None
    reference: str | None = None
    barcode: str | None = None
    status: Status | None = None
    updated_since: datetime | None = None
    service_day: date | None = None
    hub_id: HubId | None = None

    def require_served(self) -> None:
        """Raises Invalid, pointing at a parameter, for what only a scan would answer."""
        for name, words in self._mistakes():
            raise Invalid(words, pointer=f"?{name}", code="unserved_search")

    def _mistakes(self) -> Iterator[tuple[str, str]]:
        one = ("reference", "barcode", "updated_since", "service_day")
        asked = [name for name in one if getattr(self, name) is not None]
        if len(asked) > 1:
            yield asked[1], ONE
        if (self.service_day is None) != (self.hub_id is None):
            yield ("hub_id" if self.service_day is None else "service_day"), DAY_OF_A_HUB
        if self.hub_id is not None and self.shipper_id is not None:
            yield "shipper_id", ALL_SHIPPERS
        if self.status is not None and self.updated_since is None and self.service_day is None:
            yield "status", STATUS
