"""A shipment at the last stop of a route, with a history of some days."""

from datetime import datetime, timedelta

from chalicelib.adapters.ids import UlidIds
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Role
from chalicelib.domain.ids import EventId, ShipperId
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Assignment, Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status

HISTORY = (
    EventType.CREATED,
    EventType.ACCEPTED,
    EventType.LOADED,
    EventType.OUT_FOR_DELIVERY,
    EventType.DELAYED,
)


def travelling(route: Route, now: datetime) -> tuple[Shipper, Shipment, tuple[Event, ...]]:
    """Its shipper, the shipment, and the events that have led there."""
    ids, stop = UlidIds(), route.stops[-1]
    shipper = Shipper(ShipperId(ids.new("shr")), "Kirjakauppa", now)
    shipment_id = stop.shipment_ids[0]
    shipment = Shipment(
        id=shipment_id,
        shipper_id=shipper.id,
        reference="1001",
        recipient=Recipient("Aino Virtanen", "+358401234567", None, "en"),
        address=Address(
            ("Aleksanterinkatu 1",), "Helsinki", "FI", stop.coordinates, stop.time_zone
        ),
        parcels=(Parcel("00340434161094042557"),),
        created_at=now,
        updated_at=now,
        status=Status.OUT_FOR_DELIVERY,
        version=len(HISTORY),
        details_version=len(HISTORY),
        seq=len(HISTORY),
        assignment=Assignment(route.id, stop.id, len(route.stops) - 1, route.driver_id),
        promise=stop.promise,
        first_promise=stop.promise,
    )
    events = tuple(
        Event(
            id=EventId(ids.new("evt")),
            shipment_id=shipment_id,
            shipper_id=shipper.id,
            seq=seq,
            type=event_type,
            occurred_at=now - timedelta(hours=len(HISTORY) - seq),
            recorded_at=now,
            actor_role=Role.SYSTEM,
            actor_id="positions",
            data={"status": shipment.status.value},
        )
        for seq, event_type in enumerate(HISTORY, 1)
    )
    return shipper, shipment, events
