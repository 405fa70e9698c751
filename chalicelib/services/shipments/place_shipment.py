"""A dispatcher says where an address is that a search has found only roughly."""

from dataclasses import dataclass, replace

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotRough
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.addresses import Placement
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.places import Geocoder, TimeZones
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried
from chalicelib.services.shipments.settling import Settler


@dataclass(frozen=True, slots=True)
class PlaceShipment:
    """Places one shipment. Its window stays at the instants that its shipper was told.

    Raises NotFound, NotRough for a place that nobody doubts, and Invalid for one out of reach.
    """

    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids
    policy: Policy
    hubs: Hubs
    geocoder: Geocoder
    time_zones: TimeZones

    def __call__(
        self,
        shipment_id: ShipmentId,
        place: Coordinates,
        *,
        actor: Actor,
        memory: Memory = NO_MEMORY,
    ) -> Shipment:
        """The shipment at its place."""
        settle = Settler(self.geocoder, self.time_zones, self.hubs, self.policy)
        settle.require_in_reach(place)
        return retried(lambda: self._place(shipment_id, place, actor, memory))

    def _place(
        self, shipment_id: ShipmentId, place: Coordinates, actor: Actor, memory: Memory
    ) -> Shipment:
        shipment = self.shipments.get(shipment_id)
        if not shipment.needs_placing:
            raise NotRough(shipment_id=shipment_id)
        now = self.clock.now()
        address = replace(
            shipment.address,
            coordinates=place,
            time_zone=self.time_zones.at(place) or shipment.address.time_zone,
            placement=Placement.GIVEN,
        )
        after, event = append(
            replace(shipment, address=address, details_version=shipment.version + 1),
            EventType.UPDATED,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
            data={"changed": ["address"]},
        )
        change = ShipmentChange(after, (event,), shipment.version)
        self.journal.commit(change, *memory.of(after))
        return after
