"""The vans on the road, for the office."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.driving.vans import Van
from chalicelib.domain.policy import Policy
from chalicelib.services.driving.shifts import vans_on_the_road
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
        """The vans of now."""
        now = self.clock.now()
        return ShownFleet(now, vans_on_the_road(self.fleet, self.routes, now, self.policy))
