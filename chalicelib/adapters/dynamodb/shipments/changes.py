"""A change of a shipment as writes: its items, and one item for each event."""

from collections.abc import Iterator

from chalicelib.adapters.dynamodb.shipments import events
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem
from chalicelib.adapters.dynamodb.shipments.mapping import details_item, shipment_item
from chalicelib.adapters.dynamodb.writing import Put, unchanged
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.events import Event


def shipment_puts(change: ShipmentChange, token: str) -> Iterator[Put]:
    """The shipment where it is as it was read, each event where its number is still free.

    The details need no condition of their own: they are only written together with the shipment.
    """
    item = ShipmentItem
    yield Put(
        shipment_item(change.after, token),
        unchanged(item.item, item.version, item.token, change.expected_version, token),
    )
    if change.writes_details:
        yield Put(details_item(change.after))
    yield from map(_event_put, change.events)


def _event_put(event: Event) -> Put:
    """Nothing with this number yet, or this very event."""
    is_free = EventItem.item.does_not_exist() | (EventItem.event_id == event.id)
    return Put(EventItem(**events.to_attributes(event)), is_free)
