from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.domain.errors import ConcurrentUpdate, Unavailable
from chalicelib.domain.evidence.links import SignedManifest
from chalicelib.domain.evidence.seals import SealKey
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.events import Event


@dataclass
class InMemoryEvidenceChain:
    """Signed manifests by shipment and number, and when they expire."""

    signed: dict[ShipmentId, dict[int, SignedManifest]] = field(default_factory=dict)
    expiring: dict[tuple[ShipmentId, int], datetime | None] = field(default_factory=dict)

    def of(self, shipment_id: ShipmentId) -> tuple[SignedManifest, ...]:
        found = self.signed.get(shipment_id, {})
        return tuple(found[number] for number in sorted(found))

    def append(
        self, shipment_id: ShipmentId, signed: SignedManifest, *, expires_at: datetime | None
    ) -> None:
        own = self.signed.setdefault(shipment_id, {})
        if signed.number in own:
            raise ConcurrentUpdate
        own[signed.number] = signed
        self.expiring[shipment_id, signed.number] = expires_at


@dataclass
class KeyHere:
    """A real key of P-256 in this process. `is_away`: it does not answer."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    is_away: bool = False
    signatures: int = 0

    def public(self) -> bytes:
        if self.is_away:
            raise Unavailable(dependency="kms")
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        if self.is_away:
            raise Unavailable(dependency="kms")
        self.signatures += 1
        return self.private.sign(message, ec.ECDSA(hashes.SHA256()))


@dataclass
class InMemorySealKeys:
    """Keys by id; the first time that one was used stays."""

    by_id: dict[str, SealKey] = field(default_factory=dict)

    def remember(self, key: SealKey) -> None:
        self.by_id.setdefault(key.id, key)

    def all(self) -> tuple[SealKey, ...]:
        return tuple(sorted(self.by_id.values(), key=lambda key: (key.first_used_at, key.id)))


@dataclass
class InMemorySealQueue:
    """A queue that only remembers."""

    asked: list[Event] = field(default_factory=list)

    def put(self, event: Event) -> None:
        self.asked.append(event)


@dataclass
class InMemoryEvidenceFiles:
    """Files by key, and the bundles that were put there."""

    files: dict[str, bytes] = field(default_factory=dict)
    bundles: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def kept(self, object_key: str) -> bytes | None:
        return self.files.get(object_key)

    def put_bundle(self, object_key: str, content: bytes, *, file_name: str) -> str:
        self.bundles[object_key] = content
        self.names[object_key] = file_name
        return f"https://proofs.example/{object_key}?X-Amz-Expires=300&signature=fake"
