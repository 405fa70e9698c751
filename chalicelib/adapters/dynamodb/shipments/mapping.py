"""A shipment ↔ its items. Total both ways; a property test goes round.

A shipment is two items: SHIPMENT has what changes, SHIPMENT#DETAILS what hardly ever does. Both
hold the version at which the details were written last, so that a reader notices when it has met
the one before and the other after a change.

One that was stored in the first format stays a single item, which holds its details too
(``WHOLE``). To split it would be a third item in transactions that were counted for
two: with forty shipments of a stop they have no room for it.
"""

from typing import Final

from chalicelib.adapters.dynamodb.shipments import first_format
from chalicelib.adapters.dynamodb.shipments.details import (
    address_of,
    details_from,
    details_to,
    forgotten_at_of,
    metadata_of,
    parcels_of,
    preferences_of,
    proof_requirements_of,
    rating_of,
    recipient_of,
    report_of,
    service_day_of,
    window_of,
)
from chalicelib.adapters.dynamodb.shipments.items import ShipmentItem
from chalicelib.adapters.dynamodb.shipments.states import (
    State,
    assignment_of,
    attempt_of,
    barcodes_of,
    correction_of,
    state_from,
    state_to,
)
from chalicelib.adapters.dynamodb.stored import optional_instant, unpack_range
from chalicelib.adapters.dynamodb.values.instants import from_ms, from_text, to_text
from chalicelib.adapters.dynamodb.wishes import wishes_from
from chalicelib.domain.attention.waiting import waits
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.shipments.shipments import Glimpse, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status

SHIPMENT: Final = "SHIPMENT"
DETAILS: Final = "SHIPMENT#DETAILS"
WHOLE: Final = 0
"""The ``details_version`` of a shipment that is one item."""


def shipment_item(shipment: Shipment, token: str) -> ShipmentItem:
    """The SHIPMENT item, with the details where it is the only one."""
    waiting = waits(shipment)
    item = ShipmentItem(
        shipment_id=shipment.id,
        item=SHIPMENT,
        status=shipment.status.value,
        version=shipment.version,
        token=token,
        state=state_to(shipment),
        attention=None if waiting is None else waiting.reason.value,
        look_at=None if waiting is None else to_text(waiting.look_at),
    )
    if shipment.details_version == WHOLE:
        _add_details(item, shipment)
    return item


def details_item(shipment: Shipment) -> ShipmentItem:
    """The SHIPMENT#DETAILS item."""
    item = ShipmentItem(shipment_id=shipment.id, item=DETAILS, version=shipment.details_version)
    _add_details(item, shipment)
    return item


def shipment_of(item: ShipmentItem, details: ShipmentItem | None) -> Shipment | None:
    """The shipment in its items; None when the details are not those that belong to the state."""
    packed: bytes | None = item.state
    if packed is None:
        return first_format.from_document(item.document)
    state = state_from(packed)
    if state.details_version == WHOLE:
        return _joined(item, state, item)
    if details is None or details.version != state.details_version:
        return None
    return _joined(item, state, details)


def glimpse_of(item: ShipmentItem) -> Glimpse:
    """The part that changes, for a reader who knows the shipment already; details are not read."""
    packed: bytes | None = item.state
    if packed is None:
        return first_format.from_document(item.document).glimpse
    state = state_from(packed)
    is_on_the_way = Status(item.status) in ON_THE_WAY
    assigned = state.assignment
    return Glimpse(
        version=int(item.version),
        link_generation=state.link_generation,
        completed_at=optional_instant(state.completed_ms),
        driver_id=assigned.driver_id if assigned is not None and is_on_the_way else None,
        share_generation=state.share_generation,
        has_companions=assigned is not None and bool(assigned.companions),
    )


def _add_details(item: ShipmentItem, shipment: Shipment) -> None:
    item.shipper_id = shipment.shipper_id
    item.created_at = to_text(shipment.created_at)
    item.document = details_to(shipment)


def _joined(item: ShipmentItem, state: State, holder: ShipmentItem) -> Shipment:
    details = details_from(holder.document)
    parcels = parcels_of(details)
    shipment_id, shipper_id = ShipmentId(item.shipment_id), ShipperId(holder.shipper_id)
    return Shipment(
        id=shipment_id,
        shipper_id=shipper_id,
        reference=details.reference,
        recipient=recipient_of(details),
        address=address_of(details),
        parcels=parcels,
        created_at=from_text(holder.created_at),
        updated_at=from_ms(state.updated_ms),
        status=Status(item.status),
        version=int(item.version),
        details_version=state.details_version,
        seq=state.seq,
        window=window_of(details),
        service_time_s=details.service_time_s,
        proof_requirements=proof_requirements_of(details),
        link_generation=state.link_generation,
        assignment=assignment_of(state, shipper_id),
        scanned_barcodes=frozenset(barcodes_of(state.scanned, parcels)),
        first_promise=unpack_range(state.first_promise),
        promise=unpack_range(state.promise),
        is_delayed=state.is_delayed,
        attempts=state.attempts,
        last_attempt=(
            attempt_of(state.last_attempt, shipment_id, parcels) if state.last_attempt else None
        ),
        completed_at=optional_instant(state.completed_ms),
        handed_over=frozenset(barcodes_of(state.handed_over, parcels)),
        failed_barcodes=frozenset(barcodes_of(state.failed, parcels)),
        scan_marks=frozenset(state.scan_marks),
        earlier_attempts=tuple(
            attempt_of(part, shipment_id, parcels) for part in state.earlier_attempts
        ),
        corrections=tuple(map(correction_of, state.corrections)),
        closing_reason=state.closing_reason,
        messages=state.messages,
        unanswered_since=optional_instant(state.unanswered_ms),
        service_day=service_day_of(details),
        metadata=metadata_of(details),
        rating=rating_of(details),
        wishes=wishes_from(details.wishes),
        report=report_of(details),
        forgotten_at=forgotten_at_of(details),
        share_generation=state.share_generation,
        preferences=preferences_of(details),
    )
