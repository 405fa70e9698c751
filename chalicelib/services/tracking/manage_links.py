"""A shipment's tracking links are shown, renewed and revoked by its shipper and by dispatchers."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.shared_links import Link, is_present, links_of, renewed
from chalicelib.observability import logger
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class ShipmentLinks:
    """A shipment and all links that it ever had, the present one first."""

    shipment: Shipment
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ManageLinks:
    """Raises NotFound for what is unknown or not the actor's."""

    shipments: Shipments
    journal: Journal
    clock: Clock
    policy: Policy

    def listed(self, shipment_id: ShipmentId, actor: Actor) -> ShipmentLinks:
        """All links of the shipment."""
        return self._links(self._own(shipment_id, actor))

    def renew(self, shipment_id: ShipmentId, actor: Actor, *, memory: Memory) -> ShipmentLinks:
        """Another link in place of the present one, which opens nothing from now on.

        Raises NoMoreLinks when the links of the shipment have ended.
        """
        return retried(lambda: self._renew(self._own(shipment_id, actor), actor, memory))

    def revoke(self, shipment_id: ShipmentId, number: int, actor: Actor) -> None:
        """End the link with this number; one that was revoked before stays so."""
        retried(lambda: self._revoke(shipment_id, number, actor))

    def _revoke(self, shipment_id: ShipmentId, number: int, actor: Actor) -> None:
        shipment = self._own(shipment_id, actor)
        if is_present(shipment, number):
            self._renew(shipment, actor, NO_MEMORY)

    def _renew(self, shipment: Shipment, actor: Actor, memory: Memory) -> ShipmentLinks:
        after = renewed(shipment, self.clock.now(), self.policy)
        found = self._links(after)
        self.journal.commit(ShipmentChange(after, (), shipment.version), *memory.of(found))
        facts = {"shipment_id": shipment.id, "number": shipment.link_generation, "by": actor.id}
        logger.info("tracking link revoked", extra=facts)
        return found

    def _links(self, shipment: Shipment) -> ShipmentLinks:
        return ShipmentLinks(shipment, links_of(shipment, self.clock.now(), self.policy))

    def _own(self, shipment_id: ShipmentId, actor: Actor) -> Shipment:
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        return shipment
