"""Collect all evidence of a shipment: for a receipt, or for a bundle that anybody can verify."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, NothingSealed
from chalicelib.domain.evidence.links import SignedManifest
from chalicelib.domain.evidence.seals import SealKey
from chalicelib.domain.evidence.verification import Report, Stored, files_named, verified
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.evidence.histories import whole_history
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.evidence import EvidenceChain, EvidenceFiles, SealKeys
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it, and what verifying it found.

    ``files`` are those that are still there, by the id of the proof.
    """

    shipment: Shipment
    sender: str
    events: tuple[Event, ...]
    chain: tuple[SignedManifest, ...]
    keys: tuple[SealKey, ...]
    files: Mapping[str, bytes]
    report: Report


@dataclass(frozen=True, slots=True)
class CollectEvidence:
    """Raises NotFound for what is unknown or not the actor's.

    Raises NothingSealed before the first seal.
    """

    shipments: Shipments
    shippers: Shippers
    evidence_chain: EvidenceChain
    evidence_files: EvidenceFiles
    seal_keys: SealKeys

    def __call__(self, shipment_id: ShipmentId, actor: Actor) -> Evidence:
        """A few queries, and a read of each file."""
        shipment, events = whole_history(self.shipments, shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        chain, keys = self.evidence_chain.of(shipment_id), self.seal_keys.all()
        if not chain:
            raise NothingSealed(shipment_id=shipment_id)
        found = {
            proof_id: self.evidence_files.kept(object_key)
            for proof_id, object_key in files_named(chain).items()
        }
        files = {proof_id: content for proof_id, content in found.items() if content is not None}
        hashes = {proof_id: hashlib.sha256(each).hexdigest() for proof_id, each in files.items()}
        report = verified(Stored(shipment, events, chain, keys, dict.fromkeys(found) | hashes))
        sender = self.shippers.get(shipment.shipper_id).name
        return Evidence(shipment, sender, events, chain, keys, files, report)
