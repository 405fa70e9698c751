"""A recipient sends the delivery to another address, by the tracking link.

The address is looked up first, and once, unless the recipient has put a point on the map: then
shipment and plan are one transaction. Whoever else
writes first, the rule is asked anew about what is true then.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import ConcurrentUpdate, Invalid, TooManyRequests
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.policy import LEDGER_KEEP_S, Policy
from chalicelib.domain.shipments.addresses import Address, Placement
from chalicelib.domain.shipments.placing import is_surely
from chalicelib.domain.shipments.redirects import RedirectOrder, redirected, require_may_redirect
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link, stops_before
from chalicelib.services.ports.accounts import Hubs, Shippers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.places import Geocoder, TimeZones
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.senders import Allowances
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.retries import retried
from chalicelib.services.routes.taking_off import TakingOff
from chalicelib.services.shipments.settling import Settler

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")
MOST_SEARCHES: Final = 10
"""So many different addresses are looked up for a shipment: each costs the operator a search."""


@dataclass(frozen=True, slots=True)
class RedirectDelivery:
    """Raises NotFound for a link that is unknown, revoked or over, TooLateToChange, Outdated,
    TooManyRequests, Unavailable where the search fails, and Invalid with the reason as its code:
    not_offered, place_unknown, place_unsure, out_of_reach.
    """

    shipments: Shipments
    shippers: Shippers
    hubs: Hubs
    fleet: Fleet
    routes: Routes
    journal: Journal
    road_network: RoadNetwork
    forecasts: Forecasts
    geocoder: Geocoder
    time_zones: TimeZones
    allowances: Allowances
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self, token: str, order: RedirectOrder) -> None:
        """Send it there; the address that holds already changes nothing."""
        shipment_id, generation = self.signer.open_tracking_token(token)
        found: list[Address] = []

        def attempt() -> None:
            before = self.shipments.get(shipment_id)
            require_open_link(before, generation, self.clock.now(), self.policy)
            if order.is_at(before.address):
                return
            self._require(before, order)
            if not found:
                found.append(self._found(before, order))
            self._redirect(shipment_id, generation, order, found[0])

        retried(attempt)

    def _redirect(
        self, shipment_id: ShipmentId, generation: int, order: RedirectOrder, address: Address
    ) -> None:
        """Read anew: the search has taken its time."""
        before, now = self.shipments.get(shipment_id), self.clock.now()
        require_open_link(before, generation, now, self.policy)
        self._require(before, order)
        TakingOff(
            self.fleet,
            self.routes,
            self.shipments,
            self.journal,
            self.road_network,
            self.ids,
            self.forecasts,
            self.policy,
        ).commit(
            before,
            lambda free: redirected(
                free,
                address,
                actor=A_RECIPIENT,
                event_id=lambda: EventId(self.ids.new(EVENT)),
                now=now,
            ),
            actor=A_RECIPIENT,
            now=now,
        )

    def _require(self, shipment: Shipment, order: RedirectOrder) -> None:
        shipper = self.shippers.get(shipment.shipper_id)
        require_may_redirect(shipment, order, shipper, self._stops_before(shipment))

    def _found(self, shipment: Shipment, order: RedirectOrder) -> Address:
        """The address at its place, which is the chosen point or must surely be the door."""
        wanted = order.of(shipment.address)
        settler = Settler(self.geocoder, self.time_zones, self.hubs, self.policy)
        if order.point is not None:
            settler.require_in_reach(order.point)
            zone = self.time_zones.at(order.point) or shipment.address.time_zone
            return wanted.at(order.point, zone, Placement.GIVEN)
        if not self.geocoder.is_there:
            text = "There is no address search here."
            raise Invalid(text, pointer="/address", code="not_offered")
        words = "\n".join((*order.lines, order.postal_code or "", order.city)).casefold()
        is_let = self.allowances.take(
            f"redirects#{shipment.id}",
            self.signer.pin_tag(shipment.id, words),
            most=MOST_SEARCHES,
            now=self.clock.now(),
            keep_s=LEDGER_KEEP_S,
        )
        if not is_let:
            raise TooManyRequests(retry_after_s=LEDGER_KEEP_S)
        found = self.geocoder.find(wanted)
        if found is None or found.country not in {None, wanted.country}:
            text = "The address search does not find this address."
            raise Invalid(text, pointer="/address", code="place_unknown")
        if not is_surely(found, wanted):
            text = "The address search does not find this door."
            raise Invalid(text, pointer="/address", code="place_unsure")
        settler.require_in_reach(found.coordinates)
        zone = self.time_zones.at(found.coordinates) or shipment.address.time_zone
        return wanted.at(found.coordinates, zone, Placement.FOUND)

    def _stops_before(self, shipment: Shipment) -> int | None:
        """Raises ConcurrentUpdate where the plan has lost the stop since the shipment was read."""
        driver_id = shipment.glimpse.driver_id
        if driver_id is None:
            return None
        found = stops_before(shipment, self.fleet.live(driver_id))
        if found is None and self.shipments.get(shipment.id).version != shipment.version:
            raise ConcurrentUpdate
        return found
