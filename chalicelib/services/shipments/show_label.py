"""What a label says: the shipment, and who sends it."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class Label:
    """A shipment and the name of its shipper."""

    shipment: Shipment
    sender: str


@dataclass(frozen=True, slots=True)
class ShowLabel:
    """Raises NotFound for what is unknown or not the actor's."""

    shipments: Shipments
    shippers: Shippers

    def __call__(self, shipment_id: ShipmentId, actor: Actor) -> Label:
        """Two reads."""
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        return Label(shipment, self.shippers.get(shipment.shipper_id).name)
