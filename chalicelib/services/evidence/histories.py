"""The whole history of a shipment, which may be longer than one read."""

from typing import Final

from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.shipments import Shipments

AT_ONCE: Final = 100


def whole_history(
    shipments: Shipments, shipment_id: ShipmentId, *, after: int = 0
) -> tuple[Shipment, tuple[Event, ...]]:
    """The shipment and all of its events behind the sequence ``after``, oldest first.

    Raises NotFound.
    """
    shipment, events = shipments.with_history(shipment_id, newest=AT_ONCE)
    while events and events[0].seq > after + 1:
        earlier = shipments.events_before(shipment_id, events[0].seq, newest=AT_ONCE)
        if not earlier:
            break
        events = (*earlier, *events)
    return shipment, tuple(event for event in events if event.seq > after)
