"""A change of a shipment as writes: its item, and one item for each event."""

from collections.abc import Iterator

from chalicelib.adapters.dynamodb.shipments import events
from chalicelib.adapters.dynamodb.shipments.documents import to_document
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment


def shipment_puts(change: ShipmentChange, token: str) -> Iterator[Put]:
    """The shipment where it is as it was read, each event where its number is still free."""
    item = ShipmentItem
    yield Put(
        shipment_item(change.after, token),
        unchanged(item.item, item.version, item.token, change.expected_version, token),
    )
    yield from map(_event_put, change.events)


def shipment_item(shipment: Shipment, token: str) -> ShipmentItem:
    """The SHIPMENT item."""
    return ShipmentItem(
        shipment_id=shipment.id,
        item="SHIPMENT",
        shipper_id=shipment.shipper_id,
        created_at=to_text(shipment.created_at),
        status=shipment.status.value,
        version=shipment.version,
        token=token,
        document=to_document(shipment),
    )


def _event_put(event: Event) -> Put:
    """Nothing with this number yet, or this very event."""
    is_free = EventItem.item.does_not_exist() | (EventItem.event_id == event.id)
    return Put(EventItem(**events.to_attributes(event)), is_free)
