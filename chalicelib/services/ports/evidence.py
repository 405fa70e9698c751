"""Signed manifests of shipments: where they lie, the key that seals them, and what waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.evidence.links import SignedManifest
    from chalicelib.domain.evidence.seals import SealKey
    from chalicelib.domain.ids import ShipmentId
    from chalicelib.domain.shipments.events import Event


class EvidenceChain(Protocol):
    """The signed manifests of each shipment. They expire with it, and are never written twice."""

    def of(self, shipment_id: ShipmentId) -> tuple[SignedManifest, ...]:
        """All of a shipment, oldest first, read consistently."""
        ...

    def append(
        self, shipment_id: ShipmentId, signed: SignedManifest, *, expires_at: datetime | None
    ) -> None:
        """Add the next one. Raises ConcurrentUpdate when another one has its number already."""
        ...


class SealingKey(Protocol):
    """The private key. It never leaves its place; only the function that seals may use it."""

    def public(self) -> bytes:
        """SubjectPublicKeyInfo of its public half. Raises Unavailable."""
        ...

    def sign(self, message: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256, in DER. Raises Unavailable."""
        ...


class SealKeys(Protocol):
    """The public keys that have ever sealed anything. None of them is ever forgotten."""

    def remember(self, key: SealKey) -> None:
        """Keep a key. The first time that it was used stays."""
        ...

    def all(self) -> tuple[SealKey, ...]:
        """All of them, oldest first."""
        ...


class SealQueue(Protocol):
    """Events that a manifest is to be made for."""

    def put(self, event: Event) -> None:
        """Ask once more. Raises Unavailable."""
        ...


class EvidenceFiles(Protocol):
    """The files that manifests name, and the bundles that are made of them."""

    def kept(self, object_key: str) -> bytes | None:
        """The bytes of an inspected file; None when it is not there any more."""
        ...

    def put_bundle(self, object_key: str, content: bytes, *, file_name: str) -> str:
        """Keep a bundle for some days, and return an address that gives it for five minutes.

        The same bytes have the same key: a repeat changes nothing.
        """
        ...
