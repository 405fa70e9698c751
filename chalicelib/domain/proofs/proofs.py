"""Proofs of delivery attempts: those that a shipper asks for, and those that a driver collected."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ProofId, ShipmentId


class ProofKind(StrEnum):
    """The kinds of proofs. Scans are separate events. Signature and PIN do not exist yet."""

    PHOTO = "photo"


class Requirement(StrEnum):
    """Whether the shipper needs one kind of proof at delivery."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ProofRequirements:
    """The proofs that the shipper asked for, by kind."""

    photo: Requirement = Requirement.OPTIONAL


@dataclass(frozen=True, slots=True)
class Proof:
    """One stored file, or one that is still to come: then it is owed and has no ``etag``.

    ``etag`` and ``version_id`` bind the attempt to exactly the bytes stored at that time.
    ``uploaded_at`` of an owed proof is when it was reported.
    """

    id: ProofId
    kind: ProofKind
    object_key: str
    content_type: str
    size_bytes: int
    etag: str
    uploaded_at: datetime
    version_id: str | None = None

    @property
    def is_owed(self) -> bool:
        """Whether its file has not arrived."""
        return not self.etag

    @property
    def fact(self) -> dict[str, str]:
        """The proof in the JSON form of event data."""
        found = {"id": self.id, "kind": self.kind.value}
        return found if self.is_owed else found | {"etag": self.etag}


def object_key(shipment_id: ShipmentId, proof_id: ProofId) -> str:
    """The key under which a proof is stored. We make it; it never contains a name from outside."""
    return f"quarantine/{shipment_id}/{proof_id}"


def owed_proof(
    shipment_id: ShipmentId, proof_id: ProofId, content_type: str, now: datetime
) -> Proof:
    """A proof whose upload was allowed, while its file is on its way."""
    return Proof(
        id=proof_id,
        kind=ProofKind.PHOTO,
        object_key=object_key(shipment_id, proof_id),
        content_type=content_type,
        size_bytes=0,
        etag="",
        uploaded_at=now,
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that lets a browser put one file into the store."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The object stored under a key."""

    content_type: str
    size_bytes: int
    etag: str
    stored_at: datetime
    first_bytes: bytes
    version_id: str | None = None


MAX_PROOF_BYTES: Final = 8_000_000
"""A photo reduced to 1600 px has less than 1 MB."""

SIGNATURES: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
"""The accepted types, each with the first bytes of its files."""


def arrived(proof: Proof, stored: StoredObject, *, pointer: str) -> Proof:
    """The proof with the file that is stored under its key. Raises Invalid as require_image."""
    require_image(stored, proof.content_type, pointer=pointer)
    return replace(
        proof,
        size_bytes=stored.size_bytes,
        etag=stored.etag,
        uploaded_at=stored.stored_at,
        version_id=stored.version_id,
    )


def require_image(stored: StoredObject, content_type: str, *, pointer: str) -> None:
    """Raise Invalid unless the stored bytes have the type and size that the upload was allowed."""
    is_sane = (
        stored.content_type == content_type
        and 0 < stored.size_bytes <= MAX_PROOF_BYTES
        and stored.first_bytes.startswith(SIGNATURES[content_type])
    )
    if not is_sane:
        text = "The uploaded file is not the image that was announced."
        raise Invalid(text, pointer=pointer, code="not_an_image")
