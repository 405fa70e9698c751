"""When a shipment comes, for its shipper and for staff."""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.shipments import Assignment
from chalicelib.domain.shipments.statuses import ON_THE_WAY
from chalicelib.domain.tracking.eta_story import EtaStory, eta_story
from chalicelib.services.driving.shifts import live_of_van
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock

NEWEST: Final = 100
"""So many lines of the history are looked through for what was told: no day has more."""


@dataclass(frozen=True, slots=True)
class ShowEta:
    """Raises NotFound for what is unknown or not the actor's."""

    shipments: Shipments
    routes: Routes
    fleet: Fleet
    shippers: Shippers
    clock: Clock
    policy: Policy

    def __call__(self, shipment_id: ShipmentId, actor: Actor) -> EtaStory:
        """One query, and on a route the live state and its plan."""
        shipment, history = self.shipments.with_history(shipment_id, newest=NEWEST)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        assigned = shipment.assignment
        live = None
        if assigned is not None and shipment.status in ON_THE_WAY:
            live = live_of_van(self.fleet, self.routes, assigned)
        return eta_story(
            shipment,
            history,
            route=None if assigned is None else self._route(assigned, live),
            live=live,
            shipper=self.shippers.get(shipment.shipper_id),
            now=self.clock.now(),
            policy=self.policy,
        )

    def _route(self, assigned: Assignment, live: Live | None) -> Route | None:
        """From the cache while it is driven; None when its plan has expired."""
        try:
            if live is not None and live.route_id == assigned.route_id:
                return self.routes.plan(assigned.route_id, live.plan_version)
        except (ConcurrentUpdate, NotFound):  # the plan has moved on since the glance
            pass
        try:
            return self.routes.get(assigned.route_id)
        except NotFound:
            return None
