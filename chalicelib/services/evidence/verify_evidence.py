"""Verify the evidence of a shipment: everything is read and worked out anew."""

import hashlib
from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.evidence.links import SignedManifest
from chalicelib.domain.evidence.verification import Report, Stored, files_named, verified
from chalicelib.domain.ids import ShipmentId
from chalicelib.services.evidence.histories import whole_history
from chalicelib.services.ports.evidence import EvidenceChain, EvidenceFiles, SealKeys
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class Verification:
    """A shipment's signed manifests, and what was found of them and of all that they name."""

    shipment_id: ShipmentId
    chain: tuple[SignedManifest, ...]
    report: Report


@dataclass(frozen=True, slots=True)
class VerifyEvidence:
    """Raises NotFound for what is unknown or not the actor's."""

    shipments: Shipments
    evidence_chain: EvidenceChain
    evidence_files: EvidenceFiles
    seal_keys: SealKeys

    def __call__(self, shipment_id: ShipmentId, actor: Actor) -> Verification:
        """A few queries, and a read of each file."""
        shipment, events = whole_history(self.shipments, shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        chain = self.evidence_chain.of(shipment_id)
        hashes: dict[str, str | None] = {}
        for proof_id, object_key in files_named(chain).items():
            content = self.evidence_files.kept(object_key)
            hashes[proof_id] = None if content is None else hashlib.sha256(content).hexdigest()
        stored = Stored(shipment, events, chain, self.seal_keys.all(), hashes)
        return Verification(shipment_id, chain, verified(stored))
