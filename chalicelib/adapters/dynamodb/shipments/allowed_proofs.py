"""Uploads of proofs: one item each, beside the shipment.

While a file is expected, its item is in the index ``by_attention``, under a reason that no shipment
has. So what never came is found without a scan.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.shipments.items import UploadItem
from chalicelib.adapters.dynamodb.stored import (
    Packed,
    optional_instant,
    optional_ms,
    pack,
    unpack,
)
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms, to_text
from chalicelib.domain.errors import NotFound
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import AllowedProof, Capture, Flaw, Kept, ProofKind

UPLOAD: Final = "UPLOAD#"
EXPECTED: Final = "upload"
"""The reason under which the index has the uploads that are waited for."""


class PackedCapture(Packed, frozen=True, kw_only=True):
    """When and where a picture was taken."""

    captured_ms: int | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None
    accuracy_m: float | None = None


class PackedKept(Packed, frozen=True, kw_only=True):
    """The inspected copy."""

    sha256: bytes
    content_type: str
    size_bytes: int
    etag: str
    kept_ms: int


class DynamoAllowedProofs:
    """The port ``AllowedProofs`` on DynamoDB."""

    def allow(
        self,
        shipment_id: ShipmentId,
        proof_id: ProofId,
        allowed: AllowedProof,
        *,
        expected_by: datetime,
    ) -> None:
        """One write, unconditional: the id is new."""
        item = _item(shipment_id, proof_id)
        item.content_type = allowed.content_type
        item.kind = allowed.kind.value
        item.captured = _capture_to(allowed.capture)
        item.attention, item.look_at = EXPECTED, to_text(expected_by)
        with translated():
            item.save()

    def extend(self, shipment_id: ShipmentId, proof_id: ProofId, expected_by: datetime) -> None:
        """One conditional write."""
        waits = [
            UploadItem.attention.set(EXPECTED),
            UploadItem.look_at.set(to_text(expected_by)),
            UploadItem.flaw.remove(),
        ]
        self._changed(shipment_id, proof_id, waits, _is_open())

    def of(self, shipment_id: ShipmentId) -> dict[ProofId, AllowedProof]:
        """A short query: a shipment has a handful of uploads."""
        with translated():
            found = UploadItem.query(
                shipment_id, UploadItem.item.startswith(UPLOAD), consistent_read=True
            )
            return {ProofId(item.item.removeprefix(UPLOAD)): _allowed(item) for item in found}

    def judge(
        self, shipment_id: ShipmentId, proof_id: ProofId, verdict: Kept | Flaw
    ) -> AllowedProof | None:
        """One conditional write. A file that is kept is waited for no more."""
        match verdict:
            case Kept():
                actions: list[Action] = [
                    UploadItem.kept.set(_kept_to(verdict)),
                    UploadItem.flaw.remove(),
                    *_no_longer_expected(),
                ]
            case Flaw():
                actions = [UploadItem.flaw.set(verdict.value)]
        changed = self._changed(shipment_id, proof_id, actions, _is_open())
        return changed or self.of(shipment_id).get(proof_id)

    def share(
        self, shipment_id: ShipmentId, proof_id: ProofId, others: frozenset[ShipmentId]
    ) -> None:
        """One write that adds to a set."""
        add = UploadItem.shared_with.add(set(others))
        self._changed(shipment_id, proof_id, [add], UploadItem.item.exists())

    def overdue(self, now: datetime, *, limit: int) -> tuple[tuple[ShipmentId, ProofId], ...]:
        """One query of the sparse index."""
        with translated():
            found = UploadItem.by_attention.query(
                EXPECTED, UploadItem.look_at <= to_text(now), limit=limit, page_size=limit
            )
            return tuple(
                (ShipmentId(item.shipment_id), ProofId(item.item.removeprefix(UPLOAD)))
                for item in found
            )

    def close(self, shipment_id: ShipmentId, proof_id: ProofId, now: datetime) -> None:
        """One conditional write."""
        is_overdue = UploadItem.look_at <= to_text(now)
        self._changed(shipment_id, proof_id, [*_no_longer_expected()], is_overdue)

    def _changed(
        self,
        shipment_id: ShipmentId,
        proof_id: ProofId,
        actions: Sequence[Action],
        condition: Condition,
    ) -> AllowedProof | None:
        """The upload after a change; None where the condition did not hold."""
        item = _item(shipment_id, proof_id)
        try:
            with translated(missing=NotFound):
                item.update(actions=list(actions), condition=condition)
        except NotFound:
            return None
        return _allowed(item)


def _item(shipment_id: ShipmentId, proof_id: ProofId) -> UploadItem:
    return UploadItem(shipment_id=shipment_id, item=f"{UPLOAD}{proof_id}")


def _is_open() -> Condition:
    """It was allowed, is not gone, and has no file yet."""
    is_open: Condition = UploadItem.content_type.exists() & UploadItem.kept.does_not_exist()
    return is_open


def _no_longer_expected() -> tuple[Action, Action]:
    return UploadItem.attention.remove(), UploadItem.look_at.remove()


def _allowed(item: UploadItem) -> AllowedProof:
    return AllowedProof(
        kind=_kind(item.kind),
        content_type=item.content_type,
        capture=_capture_from(item.captured),
        kept=_kept_from(item.kept),
        flaw=_flaw(item.flaw),
        shared_with=frozenset(map(ShipmentId, item.shared_with or ())),
    )


def _kind(text: str | None) -> ProofKind:
    """Photos were all that there was before an upload had a kind."""
    return ProofKind.PHOTO if text is None else ProofKind(text)


def _flaw(text: str | None) -> Flaw | None:
    return None if text is None else Flaw(text)


def _capture_to(capture: Capture) -> bytes | None:
    if capture == Capture():
        return None
    place = capture.place
    return pack(
        PackedCapture(
            captured_ms=optional_ms(capture.captured_at),
            lat_deg=None if place is None else place.lat_deg,
            lon_deg=None if place is None else place.lon_deg,
            accuracy_m=capture.accuracy_m,
        )
    )


def _capture_from(packed: bytes | None) -> Capture:
    if packed is None:
        return Capture()
    found = unpack(PackedCapture, packed)
    place = None
    if found.lat_deg is not None and found.lon_deg is not None:
        place = Coordinates(found.lat_deg, found.lon_deg)
    return Capture(optional_instant(found.captured_ms), place, found.accuracy_m)


def _kept_to(kept: Kept) -> bytes:
    return pack(
        PackedKept(
            sha256=bytes.fromhex(kept.sha256),
            content_type=kept.content_type,
            size_bytes=kept.size_bytes,
            etag=kept.etag,
            kept_ms=to_ms(kept.kept_at),
        )
    )


def _kept_from(packed: bytes | None) -> Kept | None:
    if packed is None:
        return None
    found = unpack(PackedKept, packed)
    return Kept(
        sha256=found.sha256.hex(),
        content_type=found.content_type,
        size_bytes=found.size_bytes,
        etag=found.etag,
        kept_at=from_ms(found.kept_ms),
    )
