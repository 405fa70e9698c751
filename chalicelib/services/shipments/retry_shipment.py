"""A dispatcher lets a shipment be tried again after a failed attempt, perhaps at another time."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.amendments import amended
from chalicelib.domain.shipments.custody import off_route
from chalicelib.domain.shipments.delivery_days import require_possible_time
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
class RetryShipment:
    """Takes one shipment in again. What is taken in already, for the same time, stays so.

    Raises NotFound, IllegalTransition, Invalid (a window that is over), and OnRoute while a route
    still counts on it.
    """

    shipments: Shipments
    routes: Routes
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self,
        shipment_id: ShipmentId,
        change: Callable[[Shipment], Shipment],
        *,
        actor: Actor,
        memory: Memory = NO_MEMORY,
    ) -> Shipment:
        """``change`` makes the wanted shipment out of the present one: another window, or a day."""
        return retried(lambda: self._retry(shipment_id, change, actor, memory))

    def _retry(
        self,
        shipment_id: ShipmentId,
        change: Callable[[Shipment], Shipment],
        actor: Actor,
        memory: Memory,
    ) -> Shipment:
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        wanted = change(shipment)
        is_changed = (wanted.window, wanted.service_day) != (shipment.window, shipment.service_day)
        if _is_taken_in(shipment) and not is_changed:
            self.journal.commit(*memory.of(shipment))
            return shipment
        now = self.clock.now()
        if is_changed:
            require_possible_time(
                wanted.window, wanted.service_day, shipment.address.time_zone, now
            )
        after, accepted = take(
            off_route(shipment),
            Step.RETRY,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
        )
        place = Whereabouts.of(shipment, self.routes)
        place.require_no_plan()
        rescheduled = replace(after, window=wanted.window, service_day=wanted.service_day)
        after, events = amended(
            after, rescheduled, actor=actor, event_id=lambda: EventId(self.ids.new(EVENT)), now=now
        )
        self.journal.commit(
            ShipmentChange(after, (accepted, *events), shipment.version),
            *place.told(after, self.routes, now, is_read_anew=True),
            *memory.of(after),
        )
        return after


def _is_taken_in(shipment: Shipment) -> bool:
    return shipment.status is Status.ACCEPTED and shipment.standing_attempts > 0
