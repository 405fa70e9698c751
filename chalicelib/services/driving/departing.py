"""Departing: what is aboard is out for delivery, with a promise, from the moment the van has it."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import DriverId, EventId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.custody import aboard, parts_data
from chalicelib.domain.shipments.events import eta_data, range_data
from chalicelib.domain.shipments.lifecycle import Step, take
from chalicelib.domain.shipments.shipments import Shipment, driven_by


def departed(
    shipment: Shipment,
    promise: Range,
    eta: Eta | None,
    *,
    driver_id: DriverId,
    actor: Actor,
    event_id: EventId,
    now: datetime,
    left_at: datetime | None = None,
) -> ShipmentChange:
    """The shipment leaves with what is aboard of it. The first promise of the route stays.

    ``left_at`` is when it left, where we hear of it later; None: ``now``.
    """
    data: dict[str, object] = {"promise": range_data(promise)}
    if eta is not None:
        data["eta"] = eta_data(eta)
    promised = replace(
        shipment,
        promise=promise,
        first_promise=shipment.first_promise or promise,
        assignment=driven_by(driver_id, shipment.assignment),
    )
    after, event = take(
        promised,
        Step.DEPART,
        actor=actor,
        event_id=event_id,
        occurred_at=left_at or now,
        now=now,
        data=data | parts_data(shipment, aboard(shipment)),
    )
    return ShipmentChange(after, (event,), shipment.version)
