"""The proofs of a shipment, for those whose it is and for staff. Foreign looks like unknown."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.proofs.proofs import Proof
from chalicelib.domain.shipments.shipments import Attempt
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs, ProofStore
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.proofs.late_proofs import LateProofs


@dataclass(frozen=True, slots=True)
class ShownProof:
    """A proof, its attempt, and an address that gives the file; None while there is none."""

    proof: Proof
    attempt: Attempt
    url: str | None


@dataclass(frozen=True, slots=True)
class ShowProofs:
    """The proofs of all attempts, oldest first. Raises NotFound for what is not the actor's."""

    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    proofs: ProofStore
    clock: Clock
    ids: Ids

    def __call__(self, shipment_id: ShipmentId, actor: Actor) -> tuple[ShownProof, ...]:
        """With those that have arrived by now. The addresses are good for five minutes."""
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        late = LateProofs(self.shipments, self.journal, self.allowed_proofs, self.clock, self.ids)
        return tuple(
            ShownProof(proof, attempt, self.proofs.link(proof) if proof.is_there else None)
            for attempt in late.joined(shipment).made_attempts
            for proof in attempt.proofs
        )
