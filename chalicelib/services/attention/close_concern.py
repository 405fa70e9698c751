"""Somebody of the office says that what a recipient complained of has been dealt with."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.concerns import About, closed
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class CloseConcern:
    """Raises NotFound. What is closed already, or was never open, stays as it is."""

    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(self, shipment_id: ShipmentId, about: About, *, actor: Actor) -> None:
        """Close it: it is no concern any more until the recipient says something new."""

        def attempt() -> None:
            shipment = self.shipments.get(shipment_id)
            if not actor.may_see(shipment.shipper_id):
                raise NotFound
            found = closed(
                shipment,
                about,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                now=self.clock.now(),
            )
            if found is not None:
                after, event = found
                self.journal.commit(ShipmentChange(after, (event,), shipment.version))

        retried(attempt)
