"""Unloading: a parcel leaves a van and is at the hub again."""

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.custody import aboard, off_route, parts_data, with_unloaded
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.lifecycle import Step, take, transitions
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status


def is_to_be_unloaded(shipment: Shipment, barcode: str) -> bool:
    """Whether the parcel is on a van; a cancelled one stays there until somebody takes it off."""
    if shipment.status is Status.CANCELLED:
        return barcode in shipment.scanned_barcodes
    return barcode in aboard(shipment)


def unloaded(
    shipment: Shipment,
    barcode: str,
    *,
    stays_planned: bool,
    actor: Actor,
    event_id: EventId,
    occurred_at: datetime,
    now: datetime,
) -> tuple[Shipment, tuple[Event, ...]]:
    """The shipment without this parcel on its van, and what is told of it.

    ``stays_planned``: its van has not left, and takes it once it is scanned again. Otherwise the
    shipment leaves the route with its last parcel. Nothing is told of a shipment that was not
    loaded as a whole, or was cancelled: its history does not say that it was on the van.
    """
    if shipment.status in {Status.CANCELLED, Status.ACCEPTED}:
        left = shipment.scanned_barcodes - {barcode}
        kept = replace(shipment, scanned_barcodes=left)
        return replace(kept, version=shipment.version + 1, updated_at=now), ()
    kept = with_unloaded(shipment, barcode)
    is_empty = not kept.scanned_barcodes
    if is_empty and not stays_planned:
        kept = off_route(kept)
    is_partial = not is_empty and shipment.status is not Status.LOADED
    target = shipment.status if is_partial else transitions()[Step.UNLOAD].target
    stepped, event = take(
        shipment,
        Step.UNLOAD,
        actor=actor,
        event_id=event_id,
        occurred_at=occurred_at,
        now=now,
        data=parts_data(replace(kept, status=target), [barcode]),
        is_partial=is_partial,
    )
    bookkeeping = {
        "status": stepped.status,
        "version": stepped.version,
        "seq": stepped.seq,
        "updated_at": stepped.updated_at,
    }
    return replace(kept, **bookkeeping), (event,)  # type: ignore[arg-type] # as in Shipment
