"""A shipper or a dispatcher cancels a shipment before it is out for delivery.

It leaves its planned route in the same transaction, and the driver is told: by the route, and by
the next scan of a parcel. What is on the van already stays scanned until it is unloaded.
"""

from dataclasses import dataclass, replace

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.custody import aboard, off_route
from chalicelib.domain.shipments.lifecycle import Step, take
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
class CancelShipment:
    """Cancels one shipment; one that is cancelled stays so.

    Raises NotFound, IllegalTransition, and StillOnTheRoad for one on a van that has left.
    """

    shipments: Shipments
    routes: Routes
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self,
        shipment_id: ShipmentId,
        *,
        reason: str | None,
        actor: Actor,
        memory: Memory = NO_MEMORY,
    ) -> Shipment:
        """Cancel it. ``reason`` is a person's text."""
        return retried(lambda: self._cancel(shipment_id, reason, actor, memory))

    def _cancel(
        self, shipment_id: ShipmentId, reason: str | None, actor: Actor, memory: Memory
    ) -> Shipment:
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        if shipment.status is Status.CANCELLED:
            self.journal.commit(*memory.of(shipment))
            return shipment
        now = self.clock.now()
        cancelled, event = take(
            off_route(shipment),
            Step.CANCEL,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
        )
        place = Whereabouts.of(shipment, self.routes)
        place.require_not_on_the_road()
        after = replace(
            cancelled,
            completed_at=now,
            scanned_barcodes=aboard(shipment),
            closing_reason=reason,
        )
        self.journal.commit(
            ShipmentChange(after, (event,), shipment.version),
            *place.told(after, self.routes, now, is_read_anew=True),
            *memory.of(after),
        )
        return after
