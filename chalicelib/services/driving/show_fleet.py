"""The vans on the road, for the office."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.driving.vans import Van, van
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.policy import Policy
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class ShownFleet:
    """The vans at one moment."""

    at: datetime
    vans: tuple[Van, ...]


@dataclass(frozen=True, slots=True)
class ShowFleet:
    """All drivers with a route under way; one who has just started or finished may be missing."""

    fleet: Fleet
    routes: Routes
    clock: Clock
    policy: Policy

    def __call__(self) -> ShownFleet:
        """One query and half a unit for each driver; plans come from the cache once it is warm."""
        duties, now = self.routes.on_duty(), self.clock.now()
        lives = self.fleet.glances([duty.driver_id for duty in duties])
        vans: list[Van] = []
        for duty in duties:
            live = lives.get(duty.driver_id)
            if live is None or not live.is_on_shift or live.route_id != duty.route_id:
                continue
            try:
                route = self.routes.plan(duty.route_id, live.plan_version)
            except (ConcurrentUpdate, NotFound):  # just edited: the next look shows it
                continue
            vans.append(van(live, route, now, self.policy))
        return ShownFleet(now, tuple(vans))
