"""Evidence of an attempt: what a shipper asks for, and what a driver brought back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import ProofId, ShipmentId


class ProofKind(StrEnum):
    """What kind of evidence; scans are events of their own, signature and PIN are not taken yet."""

    PHOTO = "photo"


class Requirement(StrEnum):
    """How much a shipper insists on one kind of proof at delivery."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class ProofRequirements:
    """What the shipper asked for, by kind."""

    photo: Requirement = Requirement.OPTIONAL


@dataclass(frozen=True, slots=True)
class Proof:
    """One stored file.

    ``etag`` binds the attempt to the very bytes that were there when it was recorded.
    """

    id: ProofId
    kind: ProofKind
    object_key: str
    content_type: str
    size_bytes: int
    etag: str
    uploaded_at: datetime


def object_key(shipment_id: ShipmentId, proof_id: ProofId) -> str:
    """Where the bytes of a proof land: a key that we make, never a name from outside."""
    return f"quarantine/{shipment_id}/{proof_id}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that lets a browser put one file into the store."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What lies in the store under a key."""

    content_type: str
    size_bytes: int
    etag: str
    stored_at: datetime
    first_bytes: bytes
