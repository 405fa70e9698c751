"""A recipient chooses another day or window, by the tracking link.

What is on a plan leaves it in the same transaction, and everybody else is expected anew.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import EVENT, EventId, ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.choices import chosen, moved_to
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link, stops_before
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.retries import retried
from chalicelib.services.routes.taking_off import TakingOff

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class ChooseDay:
    """Raises NotFound for a link that is unknown, revoked or over, TooLateToChange, Outdated for a
    page that was read before another change, and Invalid for what is not offered any more.
    """

    shipments: Shipments
    shippers: Shippers
    fleet: Fleet
    routes: Routes
    journal: Journal
    road_network: RoadNetwork
    forecasts: Forecasts
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self, token: str, choice: str, *, seen: str) -> None:
        """Agree on this time; the same one again changes nothing."""
        shipment_id, generation = self.signer.open_tracking_token(token)
        retried(lambda: self._choose(shipment_id, generation, choice, seen))

    def _choose(self, shipment_id: ShipmentId, generation: int, choice: str, seen: str) -> None:
        before, now = self.shipments.get(shipment_id), self.clock.now()
        require_open_link(before, generation, now, self.policy)
        wanted = chosen(
            before,
            choice,
            self.shippers.get(before.shipper_id),
            seen=seen,
            now=now,
            stops_before=self._stops_before(before),
        )
        if wanted is None:
            return
        self._taking_off.commit(
            before,
            lambda free: moved_to(
                free,
                wanted,
                actor=A_RECIPIENT,
                event_id=lambda: EventId(self.ids.new(EVENT)),
                now=now,
            ),
            actor=A_RECIPIENT,
            now=now,
        )

    @property
    def _taking_off(self) -> TakingOff:
        return TakingOff(
            self.fleet,
            self.routes,
            self.shipments,
            self.journal,
            self.road_network,
            self.ids,
            self.forecasts,
            self.policy,
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
