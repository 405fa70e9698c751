"""A driver may upload one file: straight to the store, one key, one type, up to a size."""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, NothingAboard, TooManyUploads
from chalicelib.domain.ids import PROOF, ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import MAX_PROOF_BYTES, Upload, object_key
from chalicelib.domain.shipments.statuses import ON_THE_WAY
from chalicelib.services.driving.shifts import live_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.proofs import ProofStore
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids

MAX_UPLOADS: Final = 20
"""Of one shipment: enough for clumsy fingers, too few to fill a bucket."""


@dataclass(frozen=True, slots=True)
class AllowedUpload:
    """The proof's name and the form to upload it with."""

    proof_id: ProofId
    upload: Upload


@dataclass(frozen=True, slots=True)
class AllowProofUpload:
    """Raises NotFound for a shipment that this driver does not carry, Conflict when it is not under
    way or has had its uploads.
    """

    fleet: Fleet
    shipments: Shipments
    proofs: ProofStore
    clock: Clock
    ids: Ids

    def __call__(
        self, shipment_id: ShipmentId, *, content_type: str, size_bytes: int, actor: Actor
    ) -> AllowedUpload:
        """A form for one file of this type, at most as large as announced."""
        live = live_of(self.fleet, actor)
        shipment = self.shipments.get(shipment_id)
        if live.route_id is None or not shipment.is_on(live.route_id):
            raise NotFound
        if shipment.status not in ON_THE_WAY:
            raise NothingAboard(shipment_id=shipment_id)
        if len(self.shipments.expected_proofs(shipment_id)) >= MAX_UPLOADS:
            raise TooManyUploads(limit=MAX_UPLOADS)
        proof_id = ProofId(self.ids.new(PROOF))
        upload = self.proofs.allow_upload(
            object_key(shipment_id, proof_id),
            content_type=content_type,
            max_bytes=min(size_bytes, MAX_PROOF_BYTES),
            now=self.clock.now(),
        )
        self.shipments.add_proof(shipment_id, proof_id, content_type)
        return AllowedUpload(proof_id, upload)
