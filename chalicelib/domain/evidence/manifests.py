"""Manifests: what is known of one visit when it is sealed, in canonical JSON.

All numbers are whole. Coordinates are texts of seven decimals, so that no reader rounds them.
Times are ours unless they say that the device made them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.evidence.canonical import canonical
from chalicelib.domain.evidence.links import (
    FORMAT,
    Due,
    Head,
    ManifestKind,
    event_document,
    sha256_of,
)
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.instants import TimeSource, written
from chalicelib.domain.proofs.proofs import AllowedProof, kept_key
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Attempt, Shipment

BEFORE: Final = timedelta(minutes=5)
AFTER: Final = timedelta(minutes=2)
"""The part of the driver's track that belongs to a visit."""
NEAR_M: Final = 250.0
"""Positions farther from the address are the driver's own business, but for that of the report."""
MOST_POSITIONS: Final = 12
"""Enough to see a van come, stand and go."""
POSITION_WITHIN: Final = timedelta(minutes=2)
"""A position that is further from the report in time says nothing about it."""
DECIMALS: Final = 7


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload, and the shipment that it was made for: others may show it, too."""

    owner: ShipmentId
    allowed: AllowedProof


@dataclass(frozen=True, slots=True)
class Scene:
    """What manifests are made of besides events: the shipment, its uploads, the driver's track."""

    shipment: Shipment
    uploads: Mapping[ProofId, Upload] = field(default_factory=dict)
    track: tuple[Fix, ...] = ()


def span_of(due: Due) -> tuple[datetime, datetime]:
    """The part of the track that a manifest looks at."""
    at = due.event.occurred_at
    return at - BEFORE, at + AFTER


def manifest_text(due: Due, head: Head, scene: Scene) -> str:
    """The next manifest of a chain."""
    said: dict[str, object] = {
        "format": FORMAT,
        "kind": due.kind.value,
        "number": head.number + 1,
        "previous_sha256": head.sha256,
        "shipment": _shipment(scene.shipment),
        "events": _events(due.covered),
        "about": {"event_id": due.event.id, "sequence": due.event.seq},
        "attempt_number": _attempt_number(due, head, scene.shipment),
    }
    match due.kind:
        case ManifestKind.ATTEMPT:
            said |= _visit(due, scene)
        case ManifestKind.CORRECTION:
            said["correction"] = _correction(due.event)
            if due.files:  # a driver who takes a delivery back may bring a photo for it
                said["files"] = _files(due, scene)
        case ManifestKind.FILES:
            said["files"] = _files(due, scene)
    return canonical(said).decode()


def _shipment(shipment: Shipment) -> dict[str, object]:
    address = shipment.address
    return {
        "id": shipment.id,
        "shipper_id": shipment.shipper_id,
        "reference": shipment.reference,
        "recipient": shipment.recipient.name,
        "address": {
            "lines": list(address.lines),
            "postal_code": address.postal_code,
            "city": address.city,
            "country": address.country,
            "placement": address.placement.value,
            "time_zone": address.time_zone,
            **_degrees(address.coordinates),
        },
    }


def _events(covered: tuple[Event, ...]) -> dict[str, object]:
    return {
        "first_sequence": covered[0].seq,
        "last_sequence": covered[-1].seq,
        "sha256": [sha256_of(event_document(event)) for event in covered],
    }


def _attempt_number(due: Due, head: Head, shipment: Shipment) -> int | None:
    match due.kind:
        case ManifestKind.ATTEMPT:
            return head.attempts + 1
        case ManifestKind.CORRECTION:
            made = shipment.corrections[head.corrections : head.corrections + 1]
            return made[0].attempt_number if made else head.attempts or None
        case ManifestKind.FILES:
            known = (head.attempts_by_file.get(fact["id"]) for fact in due.files)
            return next((number for number in known if number), None)


def _visit(due: Due, scene: Scene) -> dict[str, object]:
    event, shipment = due.event, scene.shipment
    data, action_id = event.data, event.data.get("action_id")
    made = _made(event, shipment)
    return {
        "attempt": {
            "outcome": event.type.value.removeprefix("shipment."),
            "reason": data.get("reason"),
            "driver_id": event.actor_id,
            "action_id": action_id,
            "parcels": list(data.get("barcodes") or shipment.barcodes),  # type: ignore[call-overload] # JSON
            "received_by": None if made is None else made.received_by,
            "has_note": made.note is not None if made and made.action_id == action_id else None,
            "pin": data.get("pin"),
        },
        "time": {
            "occurred_at": written(event.occurred_at),
            "source": data.get("time_source", TimeSource.DEVICE.value),
            "device_said": _device_said(event),
            "received_at": written(event.recorded_at),
        },
        "position": _position(scene, event.occurred_at),
        "track_near_address": _near_address(scene),
        "files": _files(due, scene),
    }


def _made(event: Event, shipment: Shipment) -> Attempt | None:
    """The attempt as the shipment knows it; None when it was undone, or is long past.

    One that its driver has taken back since bears the action by which that was done.
    """
    reported = (event.data.get("action_id"), event.actor_id)
    put_right = {
        each.attempt_number
        for each in shipment.corrections
        if (each.action_id, each.driver_id) == reported
    }
    for attempt in shipment.made_attempts:
        if attempt.number in put_right or (attempt.action_id, attempt.driver_id) == reported:
            return attempt
    return None


def _device_said(event: Event) -> object:
    """The time of the device as it was sent; None where nobody has kept it."""
    is_as_said = event.data.get("time_source", TimeSource.DEVICE.value) == TimeSource.DEVICE.value
    return event.data.get("device_at") or (written(event.occurred_at) if is_as_said else None)


def _correction(event: Event) -> dict[str, object]:
    return {
        "outcome": event.data.get("outcome"),
        "previous_outcome": event.data.get("previous_outcome"),
        "reason": event.data.get("reason"),
        "corrected_at": written(event.recorded_at),
        "corrected_by": {"role": event.actor_role.value, "id": event.actor_id},
    }


def _files(due: Due, scene: Scene) -> list[dict[str, object]]:
    return [_file(fact, scene) for fact in due.files]


def _file(fact: Mapping[str, Any], scene: Scene) -> dict[str, object]:
    upload = scene.uploads.get(fact["id"])
    kept = None if upload is None else upload.allowed.kept
    owner = scene.shipment.id if upload is None else upload.owner
    said: dict[str, object] = {
        "proof_id": fact["id"],
        "kind": fact.get("kind"),
        "sha256": fact.get("sha256"),
        "flaw": fact.get("flaw"),
        "content_type": None if kept is None else kept.content_type,
        "size_bytes": None if kept is None else kept.size_bytes,
        "stored_as": kept_key(owner, fact["id"]) if fact.get("sha256") else None,
        "captured_at": None,
        "captured_place": None,
    }
    if upload is not None:
        capture = upload.allowed.capture
        at, place = capture.captured_at, capture.place
        said["captured_at"] = None if at is None else written(at)
        if place is not None:
            said["captured_place"] = _place(scene.shipment, place, capture.accuracy_m)
    return said


def _position(scene: Scene, at: datetime) -> dict[str, object] | None:
    """Where the driver's phone was when it reported, as far as a fix says; None: no fix near then.

    A fix that the phone calls simulated is told as such, because it may be a lie.
    """
    nearest = min(scene.track, key=lambda fix: abs(fix.recorded_at - at), default=None)
    if nearest is None or abs(nearest.recorded_at - at) > POSITION_WITHIN:
        return None
    return {
        "at": written(nearest.recorded_at),
        "is_simulated": nearest.is_mock,
        **_place(scene.shipment, nearest.coordinates, nearest.accuracy_m),
    }


def _near_address(scene: Scene) -> list[dict[str, object]]:
    """A few of the positions close to the address, in order of time, the first and last among them.

    Nobody needs to know from here where else the driver was.
    """
    address = scene.shipment.address.coordinates
    near = [fix for fix in scene.track if distance_m(fix.coordinates, address) <= NEAR_M]
    steps = min(MOST_POSITIONS, len(near))
    places = {round(n * (len(near) - 1) / max(steps - 1, 1)) for n in range(steps)}
    return [
        {
            "at": written(near[i].recorded_at),
            **_place(scene.shipment, near[i].coordinates, near[i].accuracy_m),
        }
        for i in sorted(places)
    ]


def _place(shipment: Shipment, place: Coordinates, accuracy_m: float | None) -> dict[str, object]:
    return {
        **_degrees(place),
        "accuracy_m": None if accuracy_m is None else round(accuracy_m),
        "distance_to_address_m": round(distance_m(place, shipment.address.coordinates)),
    }


def _degrees(place: Coordinates) -> dict[str, object]:
    return {
        "lat_deg": f"{place.lat_deg:.{DECIMALS}f}",
        "lon_deg": f"{place.lon_deg:.{DECIMALS}f}",
    }
