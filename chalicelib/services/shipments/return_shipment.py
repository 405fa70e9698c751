"""A dispatcher gives a shipment up after a failed attempt: it goes back to its sender."""

from dataclasses import dataclass, replace

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.custody import off_route
from chalicelib.domain.shipments.lifecycle import Step, take, transitions
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried
from chalicelib.services.routes.whereabouts import Whereabouts


@dataclass(frozen=True, slots=True)
class ReturnShipment:
    """Begins a return, and closes it. What is there already stays so.

    Raises NotFound, IllegalTransition, and OnRoute while a route still counts on the shipment.
    """

    shipments: Shipments
    routes: Routes
    journal: Journal
    clock: Clock
    ids: Ids

    def begin(
        self,
        shipment_id: ShipmentId,
        *,
        reason: str | None,
        actor: Actor,
        memory: Memory = NO_MEMORY,
    ) -> Shipment:
        """It goes back. ``reason`` is a person's text."""
        return retried(lambda: self._step(shipment_id, Step.RETURN, reason, actor, memory))

    def close(
        self, shipment_id: ShipmentId, *, actor: Actor, memory: Memory = NO_MEMORY
    ) -> Shipment:
        """Its sender has it."""
        return retried(lambda: self._step(shipment_id, Step.CLOSE_RETURN, None, actor, memory))

    def _step(
        self,
        shipment_id: ShipmentId,
        step: Step,
        reason: str | None,
        actor: Actor,
        memory: Memory,
    ) -> Shipment:
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        if shipment.status is transitions()[step].target:
            self.journal.commit(*memory.of(shipment))
            return shipment
        now = self.clock.now()
        after, event = take(
            off_route(shipment),
            step,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
        )
        place = Whereabouts.of(shipment, self.routes)
        place.require_no_plan()
        after = replace(after, closing_reason=reason or after.closing_reason)
        if after.status is Status.RETURNED:
            after = replace(after, completed_at=now)
        self.journal.commit(
            ShipmentChange(after, (event,), shipment.version),
            *place.told(after, self.routes, now, is_read_anew=True),
            *memory.of(after),
        )
        return after
