from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.events import Event
from tests.support.fakes.shipments import InMemoryShipments


@dataclass
class InMemoryFeed:
    """The feed of the events that the shipments have written; a position is how many were read."""

    shipments: InMemoryShipments

    def page(
        self,
        shipper_id: ShipperId,
        *,
        since: datetime,
        until: datetime,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Event]:
        written = sorted(self.shipments.written, key=lambda line: line[0])
        own = [
            (place, event)
            for place, (at, event) in enumerate(written)
            if event.shipper_id == shipper_id and since <= at < until
        ]
        read = int(position["read"]) if position else 0
        shown = [(place, event) for place, event in own if place >= read][:limit]
        settled = sum(at < until for at, _ in written)
        read = shown[-1][0] + 1 if len(shown) == limit else max(read, settled)
        return Listing(tuple(event for _, event in shown), {"read": str(read)})
