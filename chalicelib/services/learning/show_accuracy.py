"""How good the ETAs were that were told on a route, and on the routes of a hub's day.

Nothing is counted beforehand: it is all read and judged anew, a plan, its departures and the track
of its driver for each route. So a page of a day is short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.eta.accuracy import Accuracy, Horizon, Miss, judge, pool
from chalicelib.domain.ids import HubId, RouteId, StopId
from chalicelib.domain.learning.arrivals import Reached, reached
from chalicelib.domain.listings import Listing
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class RouteAccuracy:
    """What was told on a route against what came true."""

    route: Route
    reached: Reached
    misses: Mapping[StopId, Mapping[Horizon, Miss]]

    @property
    def accuracy(self) -> dict[Horizon, Accuracy]:
        """The figures of this route alone."""
        return pool(self.misses.values())


def pooled(routes: Sequence[RouteAccuracy]) -> dict[Horizon, Accuracy]:
    """The figures of all these routes: every arrival counts as much as any other."""
    return pool(misses for each in routes for misses in each.misses.values())


@dataclass(frozen=True, slots=True)
class ShowAccuracy:
    """One route, or a hub's day."""

    routes: Routes
    fleet: Fleet
    clock: Clock
    policy: Policy

    def of_route(self, route_id: RouteId) -> RouteAccuracy:
        """Raises NotFound."""
        return self._judged(self.routes.get(route_id))

    def of_day(
        self, service_day: date, hub_id: HubId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[RouteAccuracy]:
        """A hub's routes of one service day, those not started yet without anything to judge."""
        found = self.routes.by_service_day(service_day, hub_id, limit=limit, position=position)
        judged = tuple(self.of_route(summary.id) for summary in found.data)
        return Listing(judged, found.position)

    def _judged(self, route: Route) -> RouteAccuracy:
        found = self._reached(route)
        fresh_for = self.policy.stale_after
        misses = {
            stop_id: judge(arrival, fresh_for=fresh_for)
            for stop_id, arrival in found.arrivals.items()
        }
        return RouteAccuracy(route, found, misses)

    def _reached(self, route: Route) -> Reached:
        if route.status is RouteStatus.PLANNED:
            return Reached({})
        now = self.clock.now()
        departures = self.routes.departures(route.id, now)
        if not departures:
            return Reached({})
        told = self.fleet.told(
            route.driver_id,
            route.id,
            since=departures[0].left_at,
            until=departures[-1].left_at + self.policy.fix_future_limit,  # clocks may be ahead
            now=now,
        )
        return reached(route, departures, told)
