"""The one way to change the preferences of a shipment, for all who may."""

from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EVENT, EventId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.shipments.preferred import Wanted, preferred
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids


@dataclass(frozen=True, slots=True)
class Preferring:
    """Writes the shipment and the event together."""

    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self, shipment: Shipment, wanted: Wanted, *, actor: Actor, seen: int | None = None
    ) -> Shipment:
        """The shipment with the wanted preferences; nothing is written where they are there.

        Raises ConcurrentUpdate, Outdated and StoppedByRecipient.
        """
        found = preferred(
            shipment,
            wanted,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            now=self.clock.now(),
            seen=seen,
        )
        if found is None:
            return shipment
        after, event = found
        self.journal.commit(ShipmentChange(after, (event,), shipment.version))
        return after
