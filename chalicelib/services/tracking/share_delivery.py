"""A recipient shares a delivery: a link that shows when it comes and where the van is, no more."""

from dataclasses import dataclass

from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.tracking.shared_links import may_share, with_new_share_link
from chalicelib.domain.tracking.sharing import for_others
from chalicelib.domain.tracking.tracking import (
    TrackingView,
    require_open_link,
    require_open_share,
    view,
)
from chalicelib.services.driving.shifts import live_of_van
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Signer
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class ShareDelivery:
    """Raises NotFound for a link that is unknown, revoked or over: always the same."""

    shipments: Shipments
    shippers: Shippers
    fleet: Fleet
    routes: Routes
    journal: Journal
    signer: Signer
    clock: Clock
    policy: Policy

    def __call__(self, share_token: str) -> TrackingView:
        """What a share link shows now: two reads."""
        shipment_id, generation = self.signer.open_share_token(share_token)
        shipment, now = self.shipments.get(shipment_id), self.clock.now()
        require_open_share(shipment, generation, now, self.policy)
        live = None
        if shipment.assignment is not None and shipment.glimpse.driver_id is not None:
            live = live_of_van(self.fleet, self.routes, shipment.assignment)
        shipper = self.shippers.get(shipment.shipper_id)
        return for_others(view(shipment, (), live, shipper, now=now, policy=self.policy))

    def revoke(self, token: str, *, seen: int) -> bool:
        """End the share link that the page with this tracking link has shown.

        One that was revoked before stays so. Returns whether there is another one.
        """
        shipment_id, generation = self.signer.open_tracking_token(token)

        def attempt() -> bool:
            before, now = self.shipments.get(shipment_id), self.clock.now()
            require_open_link(before, generation, now, self.policy)
            after = with_new_share_link(before, seen, now)
            if after is not None:
                self.journal.commit(ShipmentChange(after, (), before.version))
            return may_share(after or before)

        return retried(attempt)
