"""The files of proofs: where they lie, who makes pictures anew, and which wait to be inspected."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.proofs.pins import Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import (
    AllowedProof,
    Flaw,
    Kept,
    Proof,
    ProofKind,
    QuarantinedFile,
    Upload,
    UploadedFile,
)


class ProofStore(Protocol):
    """The files of proofs. Those that are uploaded or shown never pass through the API."""

    @property
    def origin(self) -> str:
        """Scheme and host of all links."""
        ...

    def allow_upload(
        self, object_key: str, *, content_type: str, max_bytes: int, now: datetime
    ) -> Upload:
        """A form for exactly this key and type, good for some minutes."""
        ...

    def uploaded(
        self, object_key: str, version_id: str | None = None, *, most_bytes: int
    ) -> UploadedFile | None:
        """The file there, read up to a size; None when there is none, or not this version."""
        ...

    def keep(self, object_key: str, content: bytes, *, content_type: str, sha256: str) -> Kept:
        """Keep a file under this key for good.

        If another one is there already, that one stays, and is returned: the first is kept.
        """
        ...

    def discard(self, object_key: str, version_id: str | None, *, is_for_good: bool) -> None:
        """Take a file out of quarantine: for good, or so that an operator can still look at it.

        A repeat changes nothing.
        """
        ...

    def quarantined(self) -> Iterator[QuarantinedFile]:
        """All that lies in quarantine."""
        ...

    def link(self, proof: Proof) -> str:
        """An address that gives the inspected file to whoever has it, for at most five minutes."""
        ...


class Pictures(Protocol):
    """Makes pictures anew from their pixels, so that nothing else of a file is left."""

    def remade(self, content: bytes, kind: ProofKind) -> tuple[bytes, str] | Flaw:
        """The bytes of the new picture and its type, or why there is none."""
        ...


class AllowedProofs(Protocol):
    """The uploads that were allowed, and what became of them. They expire with their shipment."""

    def allow(
        self,
        shipment_id: ShipmentId,
        proof_id: ProofId,
        allowed: AllowedProof,
        *,
        expected_by: datetime,
    ) -> None:
        """Note that an upload was allowed. ``expected_by`` is when its file counts as missing."""
        ...

    def extend(self, shipment_id: ShipmentId, proof_id: ProofId, expected_by: datetime) -> None:
        """Wait longer for a file, or again. Nothing for one that is there, or never was allowed."""
        ...

    def of(self, shipment_id: ShipmentId) -> dict[ProofId, AllowedProof]:
        """All uploads of a shipment, read consistently."""
        ...

    def judge(
        self, shipment_id: ShipmentId, proof_id: ProofId, verdict: Kept | Flaw
    ) -> AllowedProof | None:
        """Note what the inspection found, and return what holds from now on.

        A file that is kept already stays: no later verdict replaces it. None for an upload that was
        never allowed, or is gone.
        """
        ...

    def share(
        self, shipment_id: ShipmentId, proof_id: ProofId, others: frozenset[ShipmentId]
    ) -> None:
        """Note other shipments that show the same proof. A repeat changes nothing."""
        ...

    def overdue(self, now: datetime, *, limit: int) -> tuple[tuple[ShipmentId, ProofId], ...]:
        """Uploads whose file has not come in time, the oldest first.

        They come from an index: one whose file has come may still be among them.
        """
        ...

    def close(self, shipment_id: ShipmentId, proof_id: ProofId, now: datetime) -> None:
        """Wait no longer for a file that is overdue now. It is overdue no more from then on."""
        ...


class PinTries(Protocol):
    """The guesses that were tried. They expire with their shipment."""

    def may_try(
        self,
        shipment_id: ShipmentId,
        link_generation: int,
        tag: str,
        *,
        most: int,
        of: Tried = Tried.PIN,
    ) -> bool:
        """Count this guess, and say whether it may be compared.

        However many ask at once, at most so many different guesses may. The same one may again.
        """
        ...


class InspectionQueue(Protocol):
    """Files that wait to be inspected."""

    def put(self, object_key: str) -> None:
        """Ask for an inspection once more. Raises Unavailable."""
        ...
