"""A recipient says what is to happen at the door, by the tracking link.

Shipment, event and the driver's sheet are written together. Whoever else writes first, a driver
who delivers or a dispatcher who changes the plan, the rule is asked anew about what is true then.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.custody import off_route
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.wished import wished
from chalicelib.domain.tracking.tracking import require_open_link, stops_before
from chalicelib.domain.wishes.wishes import WishesOrder
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.retries import retried
from chalicelib.services.routes.whereabouts import Whereabouts

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class ChangeWishes:
    """Raises NotFound for a link that is unknown, revoked or over, TooLateToChange, Outdated for a
    page that was read before another change, and Invalid for what the shipper does not offer.
    """

    shipments: Shipments
    shippers: Shippers
    routes: Routes
    fleet: Fleet
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self, token: str, order: WishesOrder) -> None:
        """Change the wishes; the same ones again change nothing."""
        shipment_id, generation = self.signer.open_tracking_token(token)
        retried(lambda: self._change(shipment_id, generation, order))

    def _change(self, shipment_id: ShipmentId, generation: int, order: WishesOrder) -> None:
        before, now = self.shipments.get(shipment_id), self.clock.now()
        require_open_link(before, generation, now, self.policy)
        found = wished(
            before,
            order,
            self.shippers.get(before.shipper_id),
            stops_before=self._stops_before(before),
            actor=A_RECIPIENT,
            event_id=EventId(self.ids.new(EVENT)),
            now=now,
        )
        if found is None:
            return
        after, event = found
        place = Whereabouts.of(before, self.routes)
        if place.never_written is not None:
            after = off_route(after)
        self.journal.commit(
            ShipmentChange(after, (event,), before.version),
            *place.told(after, self.routes, now, is_read_anew=False),
        )

    def _stops_before(self, shipment: Shipment) -> int | None:
        """Raises ConcurrentUpdate where the plan has lost the stop since the shipment was read."""
        driver_id = shipment.glimpse.driver_id
        if driver_id is None:
            return None
        found = stops_before(shipment, self.fleet.live(driver_id))
        if found is None and self.shipments.get(shipment.id).version != shipment.version:
            raise ConcurrentUpdate
        return found
