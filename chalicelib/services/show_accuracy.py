"""How good the ETAs were that were told on a route, and on the routes of a hub's day.

Nothing is counted beforehand: it is all read and judged anew, a plan, its departures and the track
of its driver for each route. So a page of a day is short.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.accuracy import Accuracy, Horizon, measure
from chalicelib.domain.arrivals import Reached, reached
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.listings import Page
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes import Route, RouteStatus
from chalicelib.services.ports import Fleet, Routes


@dataclass(frozen=True, slots=True)
class RouteAccuracy:
    """What was told on a route against what came true."""

    route: Route
    reached: Reached

    @property
    def accuracy(self) -> dict[Horizon, Accuracy]:
        """The figures of this route alone."""
        return measure(self.reached.arrivals.values())


def pooled(routes: tuple[RouteAccuracy, ...]) -> dict[Horizon, Accuracy]:
    """The figures of all these routes: every arrival counts as much as any other."""
    return measure(arrival for each in routes for arrival in each.reached.arrivals.values())


@dataclass(frozen=True, slots=True)
class ShowAccuracy:
    """One route, or a hub's day."""

    routes: Routes
    fleet: Fleet
    policy: Policy

    def of_route(self, route_id: RouteId) -> RouteAccuracy:
        """Raises NotFound."""
        return self._judged(self.routes.get(route_id))

    def of_day(
        self, service_day: date, hub_id: HubId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[RouteAccuracy]:
        """A hub's routes of one service day, those not started yet without anything to judge."""
        found = self.routes.by_service_day(service_day, hub_id, limit=limit, position=position)
        return Page(tuple(map(self._judged, found.data)), found.position)

    def _judged(self, route: Route) -> RouteAccuracy:
        if route.status is RouteStatus.PLANNED:
            return RouteAccuracy(route, Reached({}))
        departures = self.routes.departures(route.id)
        if not departures:
            return RouteAccuracy(route, Reached({}))
        told = self.fleet.told(
            route.driver_id,
            route.id,
            since=departures[0].left_at,
            until=departures[-1].left_at + self.policy.fix_future_limit,  # clocks may be ahead
        )
        return RouteAccuracy(route, reached(route, departures, told))
