"""A driver asks what has become of the uploads of a shipment, before and after its delivery."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import AllowedProof
from chalicelib.services.driving.shifts import live_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.proofs import AllowedProofs
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class ShownUpload:
    """An upload with its name."""

    proof_id: ProofId
    allowed: AllowedProof


@dataclass(frozen=True, slots=True)
class ShowUploads:
    """Raises NotFound for a shipment that this driver neither carries nor has tried to deliver."""

    fleet: Fleet
    shipments: Shipments
    allowed_proofs: AllowedProofs

    def __call__(self, shipment_id: ShipmentId, actor: Actor) -> tuple[ShownUpload, ...]:
        """All uploads of the shipment, oldest first."""
        live = live_of(self.fleet, actor)
        shipment = self.shipments.get(shipment_id)
        is_carried = live.route_id is not None and shipment.is_on(live.route_id)
        if not is_carried and not shipment.was_tried_by(actor.driver_id):
            raise NotFound
        found = self.allowed_proofs.of(shipment_id)
        return tuple(ShownUpload(proof_id, found[proof_id]) for proof_id in sorted(found))
