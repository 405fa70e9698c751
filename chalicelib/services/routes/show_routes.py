"""Routes are read by staff, and by the driver whose they are."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.effects import PlanNow
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import DriverShipment, RunSheet, driver_shipments
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.events import RouteEvent
from chalicelib.domain.routes.routes import Route, RouteStatus, RouteSummary
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.shifts import live_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import RouteHistory, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class Missing:
    """Parcels of one shipment that are planned for a van and are not on it."""

    stop_id: StopId
    shipment_id: ShipmentId
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A shipment that was cancelled since it was planned; ``scanned_barcodes`` are on the van."""

    stop_id: StopId
    shipment_id: ShipmentId
    reference: str
    barcodes: tuple[str, ...]
    scanned_barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DriverRoute:
    """A route with what is delivered on it and how far it is."""

    route: Route
    shipments: Mapping[ShipmentId, DriverShipment]
    live: Live

    @property
    def expected(self) -> Mapping[ShipmentId, DriverShipment]:
        """The shipments but for the cancelled ones."""
        found = self.shipments.items()
        return {key: each for key, each in found if each.status is not Status.CANCELLED}

    @property
    def cancelled(self) -> tuple[Cancelled, ...]:
        """What was cancelled since it was planned, in the order of the stops."""
        return tuple(
            Cancelled(stop.id, key, gone.entry.reference, gone.barcodes, gone.scanned_barcodes)
            for stop in self.route.stops
            for key in stop.shipment_ids
            if key in self.shipments and key not in self.expected
            for gone in [self.shipments[key]]
        )

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is planned for the van and not on it, in the order of the stops."""
        return tuple(
            Missing(stop.id, shipment_id, barcodes)
            for stop in self.route.stops
            for shipment_id in stop.shipment_ids
            if shipment_id in self.shipments and (barcodes := self.shipments[shipment_id].missing)
        )


@dataclass(frozen=True, slots=True)
class ShowRoutes:
    """One route, a hub's day, or the driver's own."""

    routes: Routes
    route_history: RouteHistory
    shipments: Shipments
    fleet: Fleet
    clock: Clock

    def one(self, route_id: RouteId) -> PlanNow:
        """The plan, with the live state while it is driven. Raises NotFound."""
        route = self.routes.get(route_id)
        if route.status is not RouteStatus.ACTIVE:
            return PlanNow(route)
        live = self.fleet.live(route.driver_id)
        is_same = (live.route_id, live.plan_version) == (route_id, route.plan_version)
        return PlanNow(route, live if is_same else None)

    def plans(self, wanted: Sequence[tuple[RouteId, int]]) -> tuple[Route, ...]:
        """Several routes, each at that version of its plan; one that has moved on is missing."""
        found = self.routes.plans(wanted)
        return tuple(found[route_id] for route_id in dict(wanted) if route_id in found)

    def aboard(self, route_id: RouteId) -> tuple[Shipment, ...]:
        """The shipments of a plan as they are, in the order of its stops. Raises NotFound."""
        route = self.routes.get(route_id)
        ids = [shipment_id for stop in route.stops for shipment_id in stop.shipment_ids]
        return self.shipments.glances(ids)

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

    def history(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[RouteEvent]:
        """What became of a route, oldest first. Raises NotFound for one that nobody knows."""
        found = self.route_history.page(route_id, limit=limit, position=position)
        if not found.data and position is None:
            self.routes.get(route_id)
        return found

    def of_driver(self, actor: Actor, route_id: RouteId | None = None) -> DriverRoute:
        """The route under way, else the first planned one; or the driver's last one, by its id.

        Raises NotFound when there is none.
        """
        return retried(lambda: self._of_driver(actor, route_id))

    def _of_driver(self, actor: Actor, route_id: RouteId | None) -> DriverRoute:
        live = live_of(self.fleet, actor)
        if route_id is not None and live.route_id == route_id:
            sheet = self.routes.run_sheet(route_id, live.plan_version, self.clock.now())
        else:
            sheet = self._run_sheet(live)
        if sheet.route.driver_id != live.driver_id:
            raise NotFound  # another driver has it by now
        is_driven = sheet.route.id == live.route_id
        if is_driven and sheet.route.plan_version != live.plan_version:
            raise ConcurrentUpdate  # the plan was edited in between: its stops are others
        return DriverRoute(sheet.route, self._shipments(sheet, live), live)

    def loaded(self, route: Route) -> DriverRoute:
        """A route that has started, with what is on its van. Raises Unavailable when it changes."""
        return retried(lambda: self._loaded(route))

    def _loaded(self, route: Route) -> DriverRoute:
        live = self.fleet.live(route.driver_id)
        sheet = self.routes.run_sheet(route.id, route.plan_version, self.clock.now())
        if sheet.route.plan_version != live.plan_version:
            raise ConcurrentUpdate  # as above
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
