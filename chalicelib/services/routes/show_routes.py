"""Routes are read by staff, and by the driver whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import HubId, RouteId, ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.driving.shifts import live_of, planned_routes
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class DriverRoute:
    """A route with what is delivered on it and how far it is."""

    route: Route
    shipments: Mapping[ShipmentId, Shipment]
    live: Live


@dataclass(frozen=True, slots=True)
class ShowRoutes:
    """One route, a hub's day, or the driver's own."""

    routes: Routes
    shipments: Shipments
    fleet: Fleet

    def one(self, route_id: RouteId) -> Route:
        """Raises NotFound."""
        return self.routes.get(route_id)

    def of_day(
        self,
        service_day: date,
        hub_id: HubId,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Route]:
        """A hub's routes of one service day."""
        return self.routes.by_service_day(service_day, hub_id, limit=limit, position=position)

    def of_driver(self, actor: Actor) -> DriverRoute:
        """The route under way, else the first planned one. Raises NotFound when there is none."""
        live = live_of(self.fleet, actor)
        if live.is_on_shift and live.route_id is not None:
            route: Route | None = self.routes.get(live.route_id)
        else:
            route = next(iter(planned_routes(self.routes, live)), None)
        if route is None:
            raise NotFound
        wanted = [shipment_id for stop in route.stops for shipment_id in stop.shipment_ids]
        found = self.shipments.get_many(wanted)
        carried = {key: shipment for key, shipment in found.items() if shipment.is_on(route.id)}
        return DriverRoute(route, carried, live)
