"""A driver may upload one file: straight to the store, one key, one type, up to a size."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, Unauthorized
from chalicelib.domain.ids import PROOF, ProofId, ShipmentId
from chalicelib.domain.proofs import MAX_PROOF_BYTES, Upload, object_key
from chalicelib.services.ports import Clock, Fleet, Ids, ProofStore, Shipments


@dataclass(frozen=True, slots=True)
class AllowedUpload:
    """The proof's name and the form to upload it with."""

    proof_id: ProofId
    upload: Upload


@dataclass(frozen=True, slots=True)
class AllowProofUpload:
    """Raises NotFound for a shipment that this driver does not carry."""

    fleet: Fleet
    shipments: Shipments
    proofs: ProofStore
    clock: Clock
    ids: Ids

    def __call__(
        self, shipment_id: ShipmentId, *, content_type: str, size_bytes: int, actor: Actor
    ) -> AllowedUpload:
        """A form for one file of this type, at most as large as announced."""
        if actor.driver_id is None:
            raise Unauthorized
        if self.fleet.live(actor.driver_id).epoch != actor.epoch:
            raise Unauthorized
        shipment = self.shipments.get(shipment_id)
        if shipment.assignment is None or shipment.assignment.driver_id != actor.driver_id:
            raise NotFound
        proof_id = ProofId(self.ids.new(PROOF))
        upload = self.proofs.allow_upload(
            object_key(shipment_id, proof_id),
            content_type=content_type,
            max_bytes=min(size_bytes, MAX_PROOF_BYTES),
            now=self.clock.now(),
        )
        self.shipments.add_proof(shipment_id, proof_id, content_type)
        return AllowedUpload(proof_id, upload)
