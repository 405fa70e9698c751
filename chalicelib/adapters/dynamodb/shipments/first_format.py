"""Shipments of the first format: one document with everything. They are read, never written.

A shipment of this format is written in the present one, as a single item, with its next change.
"""

import json

from chalicelib.adapters.dynamodb.values.instants import from_text
from chalicelib.adapters.dynamodb.values.values import Document, coordinates_from, range_from
from chalicelib.domain.ids import DriverId, ProofId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.proofs.proofs import Proof, ProofKind, ProofRequirements, Requirement
from chalicelib.domain.shipments.addresses import Address, Recipient
from chalicelib.domain.shipments.shipments import Assignment, Attempt, Parcel, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status


def from_document(text: str) -> Shipment:
    """The shipment in such a document."""
    document: Document = json.loads(text)
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


def _assignment_from(document: Document | None) -> Assignment | None:
    if document is None:
        return None
    return Assignment(
        route_id=RouteId(document["route_id"]),
        stop_id=StopId(document["stop_id"]),
        stop_number=int(document["stop_index"]),
        driver_id=DriverId(document["driver_id"]),
    )
