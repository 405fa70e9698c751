"""Shipments are read by those whose they are, and by staff. Foreign looks like unknown."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.proofs.late_proofs import LateProofs


@dataclass(frozen=True, slots=True)
class ShowShipments:
    """One shipment, or its events.

    Raises NotFound for what is not the actor's.
    """

    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    clock: Clock
    ids: Ids

    def one(self, shipment_id: ShipmentId, actor: Actor) -> Shipment:
        """The shipment, with the proofs that have arrived by now."""
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        late = LateProofs(self.shipments, self.journal, self.allowed_proofs, self.clock, self.ids)
        return late.joined(shipment)

    def events(
        self,
        shipment_id: ShipmentId,
        actor: Actor,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Event]:
        """Its events, oldest first."""
        self.one(shipment_id, actor)
        return self.shipments.events(shipment_id, limit=limit, position=position)
