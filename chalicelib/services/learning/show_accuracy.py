"""The accuracy of the ETAs told on a route, and on all routes of a hub's day.

Nothing is counted in advance. For each route we read the plan, its departures and its driver's
track, and judge the ETAs again. So a page of the listing of a day is short.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.eta.accuracy import Accuracy, Horizon, Miss, judge, pool
from chalicelib.domain.ids import HubId, RouteId, StopId
from chalicelib.domain.learning.arrivals import Reached
from chalicelib.domain.listings import Listing
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.services.learning.telling_etas import reached_stops
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class RouteAccuracy:
    """The ETAs told on a route, compared with the arrivals."""

    route: Route
    reached: Reached
    misses: Mapping[StopId, Mapping[Horizon, Miss]]

    @property
    def stops_planned(self) -> int:
        """Stops of the plan."""
        return len(self.route.stops)

    @property
    def stops_judged(self) -> int:
        """Stops with a known time of arrival."""
        return len(self.reached.arrivals)

    @property
    def stops_unknown(self) -> int:
        """Stops that were left, but nobody knows when they were reached."""
        return len(self.reached.unknown)

    @property
    def accuracy(self) -> dict[Horizon, Accuracy]:
        """The figures of this route alone."""
        return pool(self.misses.values())


def pooled(routes: Sequence[RouteAccuracy]) -> dict[Horizon, Accuracy]:
    """The figures of all these routes together. Every arrival has the same weight."""
    return pool(misses for each in routes for misses in each.misses.values())


@dataclass(frozen=True, slots=True)
class ShowAccuracy:
    """Shows the accuracy of one route, or of a hub's day."""

    routes: Routes
    fleet: Fleet
    clock: Clock
    policy: Policy

    def of_route(self, route_id: RouteId) -> RouteAccuracy:
        """The accuracy of one route. Raises NotFound."""
        return self._judged(self.routes.get(route_id))

    def of_day(
        self, service_day: date, hub_id: HubId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[RouteAccuracy]:
        """A hub's routes of one service day. Routes not started yet have no figures."""
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
        return reached_stops(
            route,
            self.routes.departures(route.id, now),
            fleet=self.fleet,
            policy=self.policy,
            now=now,
        )
