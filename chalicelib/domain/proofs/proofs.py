"""Proofs of delivery attempts: those that a shipper asks for, and those that a driver collected.

A phone uploads the file of a proof into quarantine. Only after its inspection (``inspections``) a
re-encoded copy is kept, and only that copy is ever shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import ProofId, ShipmentId

QUARANTINE: Final = "quarantine/"
KEPT: Final = "proofs/"
MAX_PROOF_BYTES: Final = 8_000_000
"""A photo reduced to 1600 px has less than 1 MB."""
UPLOAD_PATIENCE: Final = timedelta(days=3)
"""A phone may be without a network for so long. Then the proof counts as missing."""


class ProofKind(StrEnum):
    """The kinds of proofs that are files."""

    PHOTO = "photo"
    SIGNATURE = "signature"


class Requirement(StrEnum):
    """Whether the shipper needs one kind of proof at delivery."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Flaw(StrEnum):
    """Why the file of a proof was rejected, or that it never came."""

    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_COMPLEX = "too_complex"
    FOREIGN_CONTENT = "foreign_content"
    NEVER_CAME = "never_came"


FLAW_WORDS: Final = {
    Flaw.TOO_LARGE: "The file has more than 8 MB. Take the picture again in a smaller size.",
    Flaw.WRONG_TYPE: "The file is not of the type that was announced. Send a JPEG or PNG.",
    Flaw.DAMAGED: "The file is damaged or was cut off. Take the picture again.",
    Flaw.TOO_MANY_PIXELS: "The picture has too many pixels. Take it again in a smaller size.",
    Flaw.TOO_COMPLEX: "The picture takes too long to read. Take it again with another app.",
    Flaw.FOREIGN_CONTENT: "The file holds more than a picture. Take the picture again.",
    Flaw.NEVER_CAME: "The file never came, and it is too late for it now.",
}
"""What each flaw means for the driver, in a sentence."""


class ProofState(StrEnum):
    """What has become of a proof.

    Its file is on its way or being inspected; it was inspected and can be shown; it was rejected,
    and another one may be uploaded; it never came.
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ProofRequirements:
    """The proofs that the shipper asked for, by kind.

    ``photo_when_failed`` is about attempts that failed, the others about deliveries. Without a
    ``pin`` the recipient is shown none.
    """

    photo: Requirement = Requirement.OPTIONAL
    signature: Requirement = Requirement.OPTIONAL
    pin: Requirement = Requirement.NONE
    photo_when_failed: Requirement = Requirement.OPTIONAL


@dataclass(frozen=True, slots=True)
class Capture:
    """When and where a picture was taken, as the phone says; each part may be unknown."""

    captured_at: datetime | None = None
    place: Coordinates | None = None
    accuracy_m: float | None = None

    @property
    def rounded(self) -> "Capture":
        """As it is kept with the attempt: to the second and the metre."""
        at, place = self.captured_at, self.place
        return Capture(
            None if at is None else at.replace(microsecond=0),
            None
            if place is None
            else Coordinates(round(place.lat_deg, 5), round(place.lon_deg, 5)),
            None if self.accuracy_m is None else float(round(self.accuracy_m)),
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """The inspected file of a proof: a copy that was made anew from the pixels of the upload.

    ``sha256`` is the fingerprint of exactly the bytes that are shown, in hexadecimal digits.
    """

    sha256: str
    content_type: str
    size_bytes: int
    etag: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class AllowedProof:
    """An upload that was allowed, and what its inspection found: a file, a flaw, or nothing yet.

    ``shared_with`` are other shipments that were handed over together with the one of the proof.
    """

    kind: ProofKind
    content_type: str
    capture: Capture = Capture()
    kept: Kept | None = None
    flaw: Flaw | None = None
    shared_with: frozenset[ShipmentId] = frozenset()

    @property
    def state(self) -> ProofState:
        """What has become of it."""
        return _state(self.flaw, is_there=self.kept is not None)


@dataclass(frozen=True, slots=True)
class Proof:
    """One inspected file, or one that is still to come: then it has no ``sha256``.

    ``sha256`` and ``etag`` bind the attempt to exactly the bytes of the file. ``uploaded_at`` of a
    proof without a file is when it was reported. Proofs from before there were inspections have an
    ``etag`` but no ``sha256``: they are shown once their file has been inspected.
    """

    id: ProofId
    kind: ProofKind
    object_key: str
    content_type: str
    size_bytes: int
    etag: str
    uploaded_at: datetime
    version_id: str | None = None
    sha256: str | None = None
    flaw: Flaw | None = None
    capture: Capture = Capture()

    @property
    def is_there(self) -> bool:
        """Whether its file was inspected and can be shown."""
        return self.sha256 is not None

    @property
    def is_owed(self) -> bool:
        """Whether its file may still come."""
        return not self.is_there and self.flaw is not Flaw.NEVER_CAME

    @property
    def state(self) -> ProofState:
        """What has become of it."""
        return _state(self.flaw, is_there=self.is_there)

    @property
    def owner(self) -> ShipmentId:
        """The shipment that it was uploaded for: another one may show it, too."""
        return ShipmentId(self.object_key.split("/")[1])

    @property
    def fact(self) -> dict[str, str]:
        """The proof in the JSON form of event data."""
        found = {"id": self.id, "kind": self.kind.value}
        if self.sha256 is not None:
            return found | {"etag": self.etag, "sha256": self.sha256}
        return found if self.flaw is None else found | {"flaw": self.flaw.value}


def object_key(shipment_id: ShipmentId, proof_id: ProofId) -> str:
    """The key under which a proof is uploaded. It never contains a name from outside."""
    return f"{QUARANTINE}{shipment_id}/{proof_id}"


def kept_key(shipment_id: ShipmentId, proof_id: ProofId) -> str:
    """The key under which the inspected copy is kept."""
    return f"{KEPT}{shipment_id}/{proof_id}"


def named_by(key: str) -> tuple[ShipmentId, ProofId] | None:
    """The shipment and the proof of a key in quarantine; None for a key that we did not make.

    >>> named_by("quarantine/shp_1/prf_2")
    ('shp_1', 'prf_2')
    """
    parts = key.removeprefix(QUARANTINE).split("/")
    if not key.startswith(QUARANTINE) or len(parts) != 2 or not all(parts):  # noqa: PLR2004
        return None
    return ShipmentId(parts[0]), ProofId(parts[1])


def reported_proof(
    shipment_id: ShipmentId, proof_id: ProofId, allowed: AllowedProof, now: datetime
) -> Proof:
    """The proof of a report: with its file if that was inspected, else still to come."""
    owed = Proof(
        id=proof_id,
        kind=allowed.kind,
        object_key=object_key(shipment_id, proof_id),
        content_type=allowed.content_type,
        size_bytes=0,
        etag="",
        uploaded_at=now,
        capture=allowed.capture.rounded,
    )
    return judged(owed, allowed)


def judged(proof: Proof, allowed: AllowedProof) -> Proof:
    """The proof with what the inspection has found so far."""
    kept = allowed.kept
    if kept is None:
        return replace(proof, flaw=allowed.flaw)
    return replace(
        proof,
        object_key=kept_key(proof.owner, proof.id),
        content_type=kept.content_type,
        size_bytes=kept.size_bytes,
        etag=kept.etag,
        uploaded_at=kept.kept_at,
        version_id=None,
        sha256=kept.sha256,
        flaw=None,
    )


def _state(flaw: Flaw | None, *, is_there: bool) -> ProofState:
    if is_there:
        return ProofState.ACCEPTED
    if flaw is None:
        return ProofState.PENDING
    return ProofState.MISSING if flaw is Flaw.NEVER_CAME else ProofState.REJECTED


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that lets a browser put one file into the store."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in quarantine. ``content`` is cut off behind the size that is allowed."""

    content_type: str
    size_bytes: int
    content: bytes
    uploaded_at: datetime
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class QuarantinedFile:
    """A file that nobody has inspected yet."""

    object_key: str
    uploaded_at: datetime
