"""What a settled order writes: a new shipment with its reference, or a newer state of one.

A part of the use cases that take orders.
"""

from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EVENT, SHIPMENT, EventId, ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ReferenceClaimed, ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.orders import NewShipment, changed_parts, first_of, replaced_by
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.system import Ids

BARCODES_KEPT_FOR: Final = timedelta(days=60)
"""A shipment that is open for longer is not noticed when its barcode is used again."""
LONGEST_OPEN: Final = timedelta(days=365)
"""A reference is kept for so long and for the retention of shipments: as long as its shipment."""


def opened(
    wanted: NewShipment, *, shipper_id: ShipperId, actor: Actor, ids: Ids, now: datetime
) -> ShipmentChange:
    """A new shipment and its first event."""
    shipment, event = append(
        first_of(wanted, shipment_id=ShipmentId(ids.new(SHIPMENT)), shipper_id=shipper_id, now=now),
        EventType.CREATED,
        actor=actor,
        event_id=EventId(ids.new(EVENT)),
        occurred_at=now,
        now=now,
    )
    return ShipmentChange(shipment, (event,), None)


def claim_of(
    shipment: Shipment, *, replaced: ShipmentId | None, policy: Policy, now: datetime
) -> ReferenceClaimed:
    """The claim of its reference. ``replaced`` is whose claim stands though it needs it no more."""
    return ReferenceClaimed(
        shipper_id=shipment.shipper_id,
        reference=shipment.reference,
        shipment_id=shipment.id,
        replaced=replaced,
        now=now,
        expires_at=now + LONGEST_OPEN + policy.shipment_retention,
    )


def updated(
    found: Shipment, wanted: NewShipment, *, actor: Actor, ids: Ids, now: datetime
) -> ShipmentChange:
    """The shipment with the parts of a newer order, and the event that names them."""
    after, event = append(
        replaced_by(found, wanted),
        EventType.UPDATED,
        actor=actor,
        event_id=EventId(ids.new(EVENT)),
        occurred_at=now,
        now=now,
        data={"changed": list(changed_parts(found, wanted))},
    )
    return ShipmentChange(after, (event,), found.version)
