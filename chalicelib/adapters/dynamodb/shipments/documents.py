"""A shipment ↔ its document. Total both ways; a property test goes round."""

from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.adapters.dynamodb.values.values import (
    Document,
    coordinates_from,
    coordinates_to,
    range_from,
    range_to,
)
from chalicelib.domain.ids import DriverId, ProofId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.proofs.proofs import Proof, ProofKind, ProofRequirements, Requirement
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.shipments import Assignment, Attempt, Parcel, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status


def to_document(shipment: Shipment) -> Document:
    """Everything of the shipment as JSON values."""
    return {
        "id": shipment.id,
        "shipper_id": shipment.shipper_id,
        "reference": shipment.reference,
        "recipient": _recipient_to(shipment.recipient),
        "address": _address_to(shipment.address),
        "parcels": [{"barcode": p.barcode, "description": p.description} for p in shipment.parcels],
        "created_at": to_text(shipment.created_at),
        "updated_at": to_text(shipment.updated_at),
        "status": shipment.status.value,
        "version": shipment.version,
        "seq": shipment.seq,
        "window": range_to(shipment.window),
        "service_time_s": shipment.service_time_s,
        "proof_requirements": {"photo": shipment.proof_requirements.photo.value},
        "link_generation": shipment.link_generation,
        "assignment": _assignment_to(shipment.assignment),
        "scanned_barcodes": sorted(shipment.scanned_barcodes),
        "first_promise": range_to(shipment.first_promise),
        "promise": range_to(shipment.promise),
        "is_delayed": shipment.is_delayed,
        "attempts": shipment.attempts,
        "last_attempt": _attempt_to(shipment.last_attempt),
        "completed_at": None if shipment.completed_at is None else to_text(shipment.completed_at),
    }


def from_document(document: Document) -> Shipment:
    """The shipment again."""
    service_time_s = document["service_time_s"]
    completed_at = document["completed_at"]
    return Shipment(
        id=ShipmentId(document["id"]),
        shipper_id=ShipperId(document["shipper_id"]),
        reference=document["reference"],
        recipient=Recipient(**document["recipient"]),
        address=_address_from(document["address"]),
        parcels=tuple(Parcel(p["barcode"], p["description"]) for p in document["parcels"]),
        created_at=from_text(document["created_at"]),
        updated_at=from_text(document["updated_at"]),
        status=Status(document["status"]),
        version=int(document["version"]),
        seq=int(document["seq"]),
        window=range_from(document["window"]),
        service_time_s=None if service_time_s is None else float(service_time_s),
        proof_requirements=ProofRequirements(
            photo=Requirement(document["proof_requirements"]["photo"])
        ),
        link_generation=int(document["link_generation"]),
        assignment=_assignment_from(document["assignment"]),
        scanned_barcodes=frozenset(document["scanned_barcodes"]),
        first_promise=range_from(document["first_promise"]),
        promise=range_from(document["promise"]),
        is_delayed=document["is_delayed"],
        attempts=int(document["attempts"]),
        last_attempt=_attempt_from(document["last_attempt"]),
        completed_at=None if completed_at is None else from_text(completed_at),
    )


def attempt_to_document(attempt: Attempt) -> Document:
    """One attempt as JSON values."""
    return {
        "number": attempt.number,
        "action_id": attempt.action_id,
        "status": attempt.status.value,
        "occurred_at": to_text(attempt.occurred_at),
        "driver_id": attempt.driver_id,
        "reason": None if attempt.reason is None else attempt.reason.value,
        "note": attempt.note,
        "proofs": [_proof_to(proof) for proof in attempt.proofs],
    }


def _attempt_to(attempt: Attempt | None) -> Document | None:
    return None if attempt is None else attempt_to_document(attempt)


def _attempt_from(document: Document | None) -> Attempt | None:
    if document is None:
        return None
    reason = document["reason"]
    return Attempt(
        number=int(document["number"]),
        action_id=document["action_id"],
        status=Status(document["status"]),
        occurred_at=from_text(document["occurred_at"]),
        driver_id=DriverId(document["driver_id"]),
        reason=None if reason is None else FailureReason(reason),
        note=document["note"],
        proofs=tuple(_proof_from(proof) for proof in document["proofs"]),
    )


def _proof_to(proof: Proof) -> Document:
    return {
        "id": proof.id,
        "kind": proof.kind.value,
        "object_key": proof.object_key,
        "content_type": proof.content_type,
        "size_bytes": proof.size_bytes,
        "etag": proof.etag,
        "uploaded_at": to_text(proof.uploaded_at),
        "version_id": proof.version_id,
    }


def _proof_from(document: Document) -> Proof:
    return Proof(
        id=ProofId(document["id"]),
        kind=ProofKind(document["kind"]),
        object_key=document["object_key"],
        content_type=document["content_type"],
        size_bytes=int(document["size_bytes"]),
        etag=document["etag"],
        uploaded_at=from_text(document["uploaded_at"]),
        version_id=document["version_id"],
    )


def _recipient_to(recipient: Recipient) -> Document:
    return {
        "name": recipient.name,
        "phone": recipient.phone,
        "email": recipient.email,
        "locale": recipient.locale,
    }


def _address_to(address: Address) -> Document:
    return {
        "lines": list(address.lines),
        "city": address.city,
        "country": address.country,
        "coordinates": coordinates_to(address.coordinates),
        "time_zone": address.time_zone,
        "postal_code": address.postal_code,
        "instructions": address.instructions,
    }


def _address_from(document: Document) -> Address:
    return Address(
        lines=tuple(document["lines"]),
        city=document["city"],
        country=document["country"],
        coordinates=coordinates_from(document["coordinates"]),
        time_zone=document["time_zone"],
        postal_code=document["postal_code"],
        instructions=document["instructions"],
    )


def _assignment_to(assignment: Assignment | None) -> Document | None:
    if assignment is None:
        return None
    return {
        "route_id": assignment.route_id,
        "stop_id": assignment.stop_id,
        "stop_index": assignment.stop_index,
        "driver_id": assignment.driver_id,
    }


def _assignment_from(document: Document | None) -> Assignment | None:
    if document is None:
        return None
    return Assignment(
        route_id=RouteId(document["route_id"]),
        stop_id=StopId(document["stop_id"]),
        stop_index=int(document["stop_index"]),
        driver_id=DriverId(document["driver_id"]),
    )
