"""Routes are read by staff, and by the driver whose they are."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import DriverShipment, RunSheet, driver_shipments
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import HubId, RouteId, ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.routes import Route, RouteSummary
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.shifts import live_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class DriverRoute:
    """A route with what is delivered on it and how far it is."""

    route: Route
    shipments: Mapping[ShipmentId, DriverShipment]
    live: Live


@dataclass(frozen=True, slots=True)
class ShowRoutes:
    """One route, a hub's day, or the driver's own."""

    routes: Routes
    shipments: Shipments
    fleet: Fleet
    clock: Clock

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
    ) -> Listing[RouteSummary]:
        """A hub's routes of one service day, without their stops."""
        return self.routes.by_service_day(service_day, hub_id, limit=limit, position=position)

    def of_driver(self, actor: Actor, route_id: RouteId | None = None) -> DriverRoute:
        """The route under way, else the first planned one; or the driver's last one, by its id.

        Raises NotFound when there is none.
        """
        live = live_of(self.fleet, actor)
        if route_id is not None and live.route_id == route_id:
            sheet = self.routes.run_sheet(route_id, live.plan_version, self.clock.now())
        else:
            sheet = self._run_sheet(live)
        return DriverRoute(sheet.route, self._shipments(sheet, live), live)

    def _run_sheet(self, live: Live) -> RunSheet:
        now = self.clock.now()
        if live.is_on_shift and live.route_id is not None:
            return self.routes.run_sheet(live.route_id, live.plan_version, now)
        planned: list[RunSheet] = []
        for route_id in live.planned:
            with suppress(NotFound):
                planned.append(self.routes.run_sheet(route_id, 1, now))
        if not planned:
            raise NotFound
        return min(planned, key=lambda sheet: (sheet.route.starts_at, sheet.route.id))

    def _shipments(self, sheet: RunSheet, live: Live) -> Mapping[ShipmentId, DriverShipment]:
        """By the manifest; without one, by the shipments themselves.

        So are those that the office has changed since: no note tells their state.
        """
        route = sheet.route
        if sheet.manifest is None:
            return self._as_they_are(route, [key for s in route.stops for key in s.shipment_ids])
        noted = driver_shipments(route, sheet.manifest, sheet.handled, live)
        anew = sheet.manifest.read_anew
        if not anew:
            return noted
        told = {key: shipment for key, shipment in noted.items() if key not in anew}
        return told | self._as_they_are(route, anew)

    def _as_they_are(
        self, route: Route, shipment_ids: Sequence[ShipmentId]
    ) -> dict[ShipmentId, DriverShipment]:
        """Those that are on the route, and those that were cancelled: the driver is told so."""
        found = self.shipments.get_many(shipment_ids)
        return {
            key: DriverShipment.of(shipment)
            for key, shipment in found.items()
            if shipment.is_on(route.id) or shipment.status is Status.CANCELLED
        }
