"""Details of a shipment are changed by its shipper or by a dispatcher, who say what they have read.

A change that changes nothing is not written, whatever was read. Details that plans are made of stay
as they are while an open route counts on them; the driver's sheet is told of all others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.amendments import (
    RULES,
    Detail,
    amended,
    changed_details,
    require_changeable,
)
from chalicelib.domain.shipments.custody import off_route
from chalicelib.domain.shipments.delivery_days import require_possible_time
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.versions import Expected
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.places import Geocoder, TimeZones
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried
from chalicelib.services.routes.whereabouts import Whereabouts
from chalicelib.services.shipments.settling import Settler


@dataclass(frozen=True, slots=True)
class ChangeShipment:
    """Changes one shipment. ``change`` makes the wanted one out of the present one.

    Raises NotFound, Outdated, Invalid (a window that is over), TooLateToChange, OnRoute (a detail
    of a plan) and StillOnTheRoad (an address that the driver has read).
    """

    shipments: Shipments
    routes: Routes
    geocoder: Geocoder
    time_zones: TimeZones
    hubs: Hubs
    policy: Policy
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self,
        shipment_id: ShipmentId,
        change: Callable[[Shipment], Shipment],
        *,
        expected: Expected,
        actor: Actor,
    ) -> Shipment:
        """The shipment after the change."""
        return retried(lambda: self._change(shipment_id, change, expected, actor))

    def _change(
        self,
        shipment_id: ShipmentId,
        change: Callable[[Shipment], Shipment],
        expected: Expected,
        actor: Actor,
    ) -> Shipment:
        before = self.shipments.get(shipment_id)
        if not actor.may_see(before.shipper_id):
            raise NotFound
        wanted = change(before)
        details = changed_details(before, wanted)
        if not details:
            return before
        expected.require(before.version)
        require_changeable(before, details)
        now = self.clock.now()
        if Detail.WINDOW in details:
            require_possible_time(wanted.window, wanted.service_day, wanted.address.time_zone, now)
        if Detail.PLACE in details:
            settler = Settler(self.geocoder, self.time_zones, self.hubs, self.policy)
            settler.require_in_reach(wanted.address.coordinates)
        place = Whereabouts.of(before, self.routes)
        _require_free(place, details)
        if place.never_written is not None:
            wanted = off_route(wanted)
        after, events = amended(
            before, wanted, actor=actor, event_id=lambda: EventId(self.ids.new(EVENT)), now=now
        )
        self.journal.commit(
            ShipmentChange(after, events, before.version),
            *place.told(after, self.routes, now, is_read_anew=False),
        )
        return after


def _require_free(place: Whereabouts, details: Sequence[Detail]) -> None:
    if any(RULES[detail].is_planned for detail in details):
        place.require_no_plan()
    if any(RULES[detail].is_of_the_driver for detail in details):
        place.require_not_on_the_road()
