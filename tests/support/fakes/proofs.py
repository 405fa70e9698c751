import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.adapters.pictures.remaking import remade
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.pins import Tried
from chalicelib.domain.proofs.proofs import (
    QUARANTINE,
    AllowedProof,
    Flaw,
    Kept,
    Proof,
    ProofKind,
    QuarantinedFile,
    Upload,
    UploadedFile,
)
from tests.support.fakes.clock import ManualClock


@dataclass
class InMemoryProofStore:
    """Files by key. `receive` is the phone's upload. It is as strict as S3's policy."""

    forms: dict[str, tuple[str, int, datetime]] = field(default_factory=dict)
    objects: dict[str, list[UploadedFile]] = field(default_factory=dict)
    kept: dict[str, Kept] = field(default_factory=dict)
    aside: list[bytes] = field(default_factory=list)
    clock: ManualClock = field(default_factory=ManualClock, repr=False)

    @property
    def origin(self) -> str:
        return "https://proofs.example"

    def allow_upload(
        self, object_key: str, *, content_type: str, max_bytes: int, now: datetime
    ) -> Upload:
        expires_at = now + timedelta(minutes=10)
        self.forms[object_key] = (content_type, max_bytes, expires_at)
        fields = {"key": object_key, "Content-Type": content_type, "policy": "signed"}
        return Upload(url="https://proofs.example/", fields=fields, expires_at=expires_at)

    def receive(self, object_key: str, content: bytes, *, content_type: str, at: datetime) -> bool:
        """Upload a file. Returns whether the store accepted it."""
        allowed = self.forms.get(object_key)
        if allowed is None:
            return False
        expected_type, max_bytes, expires_at = allowed
        if content_type != expected_type or not 1 <= len(content) <= max_bytes or at > expires_at:
            return False
        self.put(object_key, content, content_type=content_type, at=at)
        return True

    def put(self, object_key: str, content: bytes, *, content_type: str, at: datetime) -> str:
        """Put a file there past the form, and return the name of its version."""
        versions = self.objects.setdefault(object_key, [])
        version_id = f"v{len(versions) + 1}"
        versions.append(UploadedFile(content_type, len(content), content, at, version_id))
        return version_id

    def uploaded(
        self, object_key: str, version_id: str | None = None, *, most_bytes: int
    ) -> UploadedFile | None:
        versions = self.objects.get(object_key, [])
        found = [file for file in versions if version_id in {None, file.version_id}]
        return replace(found[-1], content=found[-1].content[:most_bytes]) if found else None

    def keep(self, object_key: str, content: bytes, *, content_type: str, sha256: str) -> Kept:
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        new = Kept(sha256, content_type, len(content), etag, self.clock.now())
        return self.kept.setdefault(object_key, new)

    def discard(self, object_key: str, version_id: str | None, *, is_for_good: bool) -> None:
        versions = self.objects.get(object_key, [])
        found = [file for file in versions if version_id in {None, file.version_id}]
        for file in found[-1:]:
            versions.remove(file)
            self.aside += [] if is_for_good else [file.content]
        if not versions:
            self.objects.pop(object_key, None)

    def quarantined(self) -> Iterator[QuarantinedFile]:
        for key, versions in list(self.objects.items()):
            if key.startswith(QUARANTINE):
                yield QuarantinedFile(key, versions[-1].uploaded_at)

    def link(self, proof: Proof) -> str:
        return f"https://proofs.example/{proof.object_key}?X-Amz-Expires=300&signature=fake"


@dataclass
class InMemoryAllowedProofs:
    """Uploads by shipment and proof."""

    uploads: dict[tuple[ShipmentId, ProofId], AllowedProof] = field(default_factory=dict)
    waits: dict[tuple[ShipmentId, ProofId], datetime] = field(default_factory=dict)

    def allow(
        self,
        shipment_id: ShipmentId,
        proof_id: ProofId,
        allowed: AllowedProof,
        *,
        expected_by: datetime,
    ) -> None:
        self.uploads[shipment_id, proof_id] = allowed
        self.waits[shipment_id, proof_id] = expected_by

    def extend(self, shipment_id: ShipmentId, proof_id: ProofId, expected_by: datetime) -> None:
        key = shipment_id, proof_id
        if key in self.uploads and self.uploads[key].kept is None:
            self.uploads[key] = replace(self.uploads[key], flaw=None)
            self.waits[key] = expected_by

    def of(self, shipment_id: ShipmentId) -> dict[ProofId, AllowedProof]:
        return {key[1]: value for key, value in self.uploads.items() if key[0] == shipment_id}

    def judge(
        self, shipment_id: ShipmentId, proof_id: ProofId, verdict: Kept | Flaw
    ) -> AllowedProof | None:
        key = shipment_id, proof_id
        known = self.uploads.get(key)
        if known is None or known.kept is not None:
            return known
        if isinstance(verdict, Kept):
            self.uploads[key] = replace(known, kept=verdict, flaw=None)
            self.waits.pop(key, None)
        else:
            self.uploads[key] = replace(known, flaw=verdict)
        return self.uploads[key]

    def share(
        self, shipment_id: ShipmentId, proof_id: ProofId, others: frozenset[ShipmentId]
    ) -> None:
        key = shipment_id, proof_id
        if key in self.uploads:
            known = self.uploads[key]
            self.uploads[key] = replace(known, shared_with=known.shared_with | others)

    def overdue(self, now: datetime, *, limit: int) -> tuple[tuple[ShipmentId, ProofId], ...]:
        due = sorted((at, key) for key, at in self.waits.items() if at <= now)
        return tuple(key for _, key in due[:limit])

    def close(self, shipment_id: ShipmentId, proof_id: ProofId, now: datetime) -> None:
        if self.waits.get((shipment_id, proof_id), now) <= now:
            self.waits.pop((shipment_id, proof_id), None)


@dataclass
class InMemoryInspections:
    """A queue that only remembers."""

    asked: list[str] = field(default_factory=list)

    def put(self, object_key: str) -> None:
        self.asked.append(object_key)


class PicturesHere:
    """Pictures made anew in this process: the same pixels, without the limits of another one."""

    def remade(self, content: bytes, kind: ProofKind) -> tuple[bytes, str] | Flaw:
        made = remade(content, kind.value)
        return Flaw(made) if isinstance(made, str) else made


@dataclass
class InMemoryPinTries:
    """The tags of guesses by shipment and link generation."""

    guesses: dict[tuple[Tried, ShipmentId, int], set[str]] = field(default_factory=dict)

    def may_try(
        self,
        shipment_id: ShipmentId,
        link_generation: int,
        tag: str,
        *,
        most: int,
        of: Tried = Tried.PIN,
    ) -> bool:
        tried = self.guesses.setdefault((of, shipment_id, link_generation), set())
        if tag not in tried and len(tried) >= most:
            return False
        tried.add(tag)
        return True
