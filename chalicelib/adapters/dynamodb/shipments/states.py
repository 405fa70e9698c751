"""The state of a shipment: what changes with its status, packed.

The SHIPMENT item holds it below 1 kB for a delivery with a photo, a note of 60 characters and three
parcels, so that a write costs one unit.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from chalicelib.adapters.dynamodb.stored import (
    Packed,
    PackedPart,
    PackedRange,
    optional_ms,
    pack,
    pack_range,
    unpack,
)
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, ProofId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.instants import TimeSource
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import Capture, Flaw, Proof, ProofKind, kept_key, object_key
from chalicelib.domain.shipments.shipments import (
    Assignment,
    Attempt,
    Companion,
    Correction,
    Parcel,
    Shipment,
)
from chalicelib.domain.shipments.statuses import FailureReason, Status

PLACE_STEPS: Final = 100_000
"""A degree of latitude has so many metres, nearly."""


class CompanionPart(PackedPart, frozen=True):
    """Another shipment of the same visit; without a ``shipper_id`` it is of the same shipper."""

    shipment_id: ShipmentId
    parcel_count: int
    shipper_id: ShipperId | None = None


class AssignmentPart(PackedPart, frozen=True):
    """The route and the stop that deliver it. The day is a number: 1 is the first of year 1."""

    route_id: RouteId
    stop_id: StopId
    stop_number: int
    driver_id: DriverId
    service_day: int | None = None
    plan_version: int = 0
    companions: tuple[CompanionPart, ...] = ()


class CapturePart(PackedPart, frozen=True):
    """When and where a picture was taken: full seconds, metres, and hundred-thousandths of a
    degree.
    """

    captured_s: int | None = None
    lat: int | None = None
    lon: int | None = None
    accuracy_m: int | None = None


class ProofPart(PackedPart, frozen=True):
    """One file; without an ``object_key`` it lies where its shipment and id say.

    That is in quarantine, until it has a ``sha256``.
    """

    id: ProofId
    kind: ProofKind
    content_type: str
    size_bytes: int
    etag: str
    uploaded_ms: int
    version_id: str | None = None
    object_key: str | None = None
    sha256: bytes | None = None
    flaw: Flaw | None = None
    capture: CapturePart | None = None


class AttemptPart(PackedPart, frozen=True):
    """One visit's outcome."""

    number: int
    action_id: str
    status: Status
    occurred_ms: int
    driver_id: DriverId
    reason: FailureReason | None = None
    note: str | None = None
    proofs: tuple[ProofPart, ...] = ()
    parcels: tuple[int | str, ...] = ()
    time_source: TimeSource = TimeSource.DEVICE
    pin: PinCheck | None = None
    received_by: str | None = None


class CorrectionPart(PackedPart, frozen=True):
    """A mistaken outcome that was put right."""

    attempt_number: int
    action_id: str
    driver_id: DriverId
    corrected_ms: int
    was: Status
    became: Status | None
    explanation: str


class State(Packed, frozen=True, kw_only=True):
    """All that changes. Parcels are named by their place, or by a barcode of none."""

    details_version: int
    seq: int
    updated_ms: int
    link_generation: int = 1
    assignment: AssignmentPart | None = None
    scanned: tuple[int | str, ...] = ()
    first_promise: PackedRange | None = None
    promise: PackedRange | None = None
    is_delayed: bool = False
    attempts: int = 0
    last_attempt: AttemptPart | None = None
    completed_ms: int | None = None
    handed_over: tuple[int | str, ...] = ()
    failed: tuple[int | str, ...] = ()
    scan_marks: tuple[str, ...] = ()
    earlier_attempts: tuple[AttemptPart, ...] = ()
    corrections: tuple[CorrectionPart, ...] = ()
    closing_reason: str | None = None
    messages: int = 0
    unanswered_ms: int | None = None
    share_generation: int = 1


def state_to(shipment: Shipment) -> bytes:
    """The state of a shipment, packed."""
    return pack(
        State(
            details_version=shipment.details_version,
            seq=shipment.seq,
            updated_ms=to_ms(shipment.updated_at),
            link_generation=shipment.link_generation,
            assignment=_assignment_to(shipment),
            scanned=_places(shipment, shipment.scanned_barcodes),
            first_promise=pack_range(shipment.first_promise),
            promise=pack_range(shipment.promise),
            is_delayed=shipment.is_delayed,
            attempts=shipment.attempts,
            last_attempt=(
                _attempt_to(shipment.last_attempt, shipment) if shipment.last_attempt else None
            ),
            completed_ms=optional_ms(shipment.completed_at),
            handed_over=_places(shipment, shipment.handed_over),
            failed=_places(shipment, shipment.failed_barcodes),
            scan_marks=tuple(sorted(shipment.scan_marks)),
            earlier_attempts=tuple(
                _attempt_to(attempt, shipment) for attempt in shipment.earlier_attempts
            ),
            corrections=tuple(map(_correction_to, shipment.corrections)),
            closing_reason=shipment.closing_reason,
            messages=shipment.messages,
            unanswered_ms=optional_ms(shipment.unanswered_since),
            share_generation=shipment.share_generation,
        )
    )


def state_from(packed: bytes) -> State:
    """The state again."""
    return unpack(State, packed)


def assignment_of(state: State, shipper_id: ShipperId) -> Assignment | None:
    """The assignment of a shipment of this shipper."""
    part = state.assignment
    if part is None:
        return None
    return Assignment(
        part.route_id,
        part.stop_id,
        part.stop_number,
        part.driver_id,
        None if part.service_day is None else date.fromordinal(part.service_day),
        tuple(
            Companion(each.shipment_id, each.shipper_id or shipper_id, each.parcel_count)
            for each in part.companions
        ),
        part.plan_version,
    )


def barcodes_of(places: Sequence[int | str], parcels: Sequence[Parcel]) -> tuple[str, ...]:
    """The barcodes of parcels that are named by their places."""
    return tuple(parcels[each].barcode if isinstance(each, int) else each for each in places)


def attempt_of(part: AttemptPart, shipment_id: ShipmentId, parcels: Sequence[Parcel]) -> Attempt:
    """An attempt."""
    return Attempt(
        number=part.number,
        action_id=part.action_id,
        status=part.status,
        occurred_at=from_ms(part.occurred_ms),
        driver_id=part.driver_id,
        reason=part.reason,
        note=part.note,
        proofs=tuple(_proof_from(proof, shipment_id) for proof in part.proofs),
        barcodes=barcodes_of(part.parcels, parcels),
        time_source=part.time_source,
        pin=part.pin,
        received_by=part.received_by,
    )


def correction_of(part: CorrectionPart) -> Correction:
    """A correction."""
    return Correction(
        attempt_number=part.attempt_number,
        action_id=part.action_id,
        driver_id=part.driver_id,
        corrected_at=from_ms(part.corrected_ms),
        was=part.was,
        became=part.became,
        explanation=part.explanation,
    )


def _correction_to(correction: Correction) -> CorrectionPart:
    return CorrectionPart(
        attempt_number=correction.attempt_number,
        action_id=correction.action_id,
        driver_id=correction.driver_id,
        corrected_ms=to_ms(correction.corrected_at),
        was=correction.was,
        became=correction.became,
        explanation=correction.explanation,
    )


def _assignment_to(shipment: Shipment) -> AssignmentPart | None:
    value = shipment.assignment
    if value is None:
        return None
    return AssignmentPart(
        value.route_id,
        value.stop_id,
        value.stop_number,
        value.driver_id,
        None if value.service_day is None else value.service_day.toordinal(),
        value.plan_version,
        tuple(
            CompanionPart(
                each.shipment_id,
                each.parcel_count,
                None if each.shipper_id == shipment.shipper_id else each.shipper_id,
            )
            for each in value.companions
        ),
    )


def _places(shipment: Shipment, barcodes: Iterable[str]) -> tuple[int | str, ...]:
    places = {parcel.barcode: place for place, parcel in enumerate(shipment.parcels)}
    return tuple(places.get(barcode, barcode) for barcode in sorted(barcodes))


def _attempt_to(attempt: Attempt, shipment: Shipment) -> AttemptPart:
    return AttemptPart(
        number=attempt.number,
        action_id=attempt.action_id,
        status=attempt.status,
        occurred_ms=to_ms(attempt.occurred_at),
        driver_id=attempt.driver_id,
        reason=attempt.reason,
        note=attempt.note,
        proofs=tuple(_proof_to(proof, shipment.id) for proof in attempt.proofs),
        parcels=_places(shipment, attempt.barcodes),
        time_source=attempt.time_source,
        pin=attempt.pin,
        received_by=attempt.received_by,
    )


def _proof_to(proof: Proof, shipment_id: ShipmentId) -> ProofPart:
    usual = (kept_key if proof.is_there else object_key)(shipment_id, proof.id)
    return ProofPart(
        id=proof.id,
        kind=proof.kind,
        content_type=proof.content_type,
        size_bytes=proof.size_bytes,
        etag=proof.etag,
        uploaded_ms=to_ms(proof.uploaded_at),
        version_id=proof.version_id,
        object_key=None if proof.object_key == usual else proof.object_key,
        sha256=None if proof.sha256 is None else bytes.fromhex(proof.sha256),
        flaw=proof.flaw,
        capture=_capture_to(proof.capture),
    )


def _capture_to(capture: Capture) -> CapturePart | None:
    if capture == Capture():
        return None
    kept, place = capture.rounded, capture.place
    return CapturePart(
        None if kept.captured_at is None else int(kept.captured_at.timestamp()),
        None if place is None else round(place.lat_deg * PLACE_STEPS),
        None if place is None else round(place.lon_deg * PLACE_STEPS),
        None if kept.accuracy_m is None else round(kept.accuracy_m),
    )


def _capture_from(part: CapturePart | None) -> Capture:
    if part is None:
        return Capture()
    place = None
    if part.lat is not None and part.lon is not None:
        place = Coordinates(part.lat / PLACE_STEPS, part.lon / PLACE_STEPS)
    return Capture(
        None if part.captured_s is None else from_ms(1_000 * part.captured_s),
        place,
        None if part.accuracy_m is None else float(part.accuracy_m),
    )


def _proof_from(part: ProofPart, shipment_id: ShipmentId) -> Proof:
    usual = object_key if part.sha256 is None else kept_key
    return Proof(
        id=part.id,
        kind=part.kind,
        object_key=part.object_key or usual(shipment_id, part.id),
        content_type=part.content_type,
        size_bytes=part.size_bytes,
        etag=part.etag,
        uploaded_at=from_ms(part.uploaded_ms),
        version_id=part.version_id,
        sha256=None if part.sha256 is None else part.sha256.hex(),
        flaw=part.flaw,
        capture=_capture_from(part.capture),
    )
