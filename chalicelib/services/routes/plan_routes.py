"""A dispatcher makes a route out of shipments: stops in the given order, with planned arrivals.

Each shipment is claimed for the route under its version (``claims``). Claims come first and the
route last, so that a route never lists what it does not own. The road network is asked before the
claims: nothing is held while it thinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.forecasts import planned_etas
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry, run_sheet_expires_at
from chalicelib.domain.errors import (
    AlreadyAssigned,
    ConcurrentUpdate,
    Deactivated,
    Invalid,
    NotFound,
)
from chalicelib.domain.ids import (
    EVENT,
    ROUTE,
    STOP,
    DriverId,
    EventId,
    HubId,
    RouteId,
    ShipmentId,
    StopId,
)
from chalicelib.domain.journal.changes import (
    SHIPMENTS_PER_TRANSACTION,
    Change,
    LiveChange,
    ManifestChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.routes.new_routes import (
    NewRoute,
    require_breaks,
    require_drivable,
    require_possible,
    require_start,
    require_windows,
    service_day_of,
)
from chalicelib.domain.routes.new_stops import make_stop
from chalicelib.domain.routes.routes import Route, Stop
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.accounts import Drivers, Hubs
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried
from chalicelib.services.routes.claims import Claims, require_placed, share_of
from chalicelib.services.routes.road_times import with_road_times


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """Plans a route.

    Raises Invalid (no such driver or hub, an empty or too long route, a shipment twice, a stop with
    two places or without a common window, one that nobody can serve on this route, a start on
    another day or long ago), Conflict (a shipment that is on another route or cannot be delivered
    any more).
    """

    hubs: Hubs
    drivers: Drivers
    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    road_network: RoadNetwork
    clock: Clock
    ids: Ids
    forecasts: Forecasts

    def __call__(self, wanted: NewRoute, *, actor: Actor, memory: Memory = NO_MEMORY) -> Route:
        """Make the route and claim its shipments."""
        require_possible(wanted)
        now = self.clock.now()
        require_start(wanted, now)
        hub = self._hub(wanted.hub_id)
        service_day = service_day_of(wanted, hub)
        require_breaks(wanted)
        live = self._live(wanted.driver_id)
        self._require_active(wanted.driver_id, hub)
        found = self._shipments(wanted)
        stops = tuple(self._stop(wanted, i, found) for i in range(len(wanted.visits)))
        require_windows(wanted, stops)
        bare = Route(
            id=RouteId(self.ids.new(ROUTE)),
            driver_id=wanted.driver_id,
            hub_id=hub.id,
            hub_coordinates=hub.coordinates,
            service_day=service_day,
            starts_at=wanted.starts_at,
            stops=stops,
            created_at=now,
            breaks=tuple(
                sorted(
                    wanted.breaks,
                    key=lambda planned_break: (planned_break.earliest, planned_break.latest),
                )
            ),
        )
        bare = with_road_times(bare, self.road_network)
        plan_times = self.forecasts.stop_times(bare, wanted.starts_at)
        require_drivable(wanted, plan_times)
        etas = planned_etas(plan_times, self.forecasts.model, wanted.starts_at, bare.breaks)
        planned = [replace(stop, planned=eta) for stop, eta in zip(bare.stops, etas, strict=True)]
        route = replace(bare, stops=tuple(planned))
        manifest = Manifest(
            route_id=route.id,
            entries=self._claim(route, actor, now),
            expires_at=run_sheet_expires_at(route),
        )
        remembered = memory.of(route)
        change = route_changed(
            None, route, actor=actor, event_id=EventId(self.ids.new(EVENT)), now=now
        )
        written = (*change, *remembered)
        retried(lambda: self._write(route, hub, live.epoch, manifest, written))
        return route

    def _hub(self, hub_id: HubId) -> Hub:
        try:
            return self.hubs.get(hub_id)
        except NotFound as exc:
            text = "There is no hub with this id."
            raise Invalid(text, pointer="/hub_id", code="unknown_hub") from exc

    def _live(self, driver_id: DriverId) -> Live:
        try:
            return self.fleet.live(driver_id)
        except NotFound as exc:
            text = "There is no driver with this id."
            raise Invalid(text, pointer="/driver_id", code="unknown_driver") from exc

    def _require_active(self, driver_id: DriverId, hub: Hub) -> None:
        """Raises Deactivated when the driver or the hub is not in use any more."""
        for account in (self.drivers.get(driver_id), hub):
            if not account.is_active:
                raise Deactivated(account_id=account.id)

    def _shipments(self, wanted: NewRoute) -> dict[ShipmentId, Shipment]:
        ids = [shipment_id for visit in wanted.visits for shipment_id in visit.shipment_ids]
        found = self.shipments.get_many(ids)
        for v, visit in enumerate(wanted.visits):
            for i, shipment_id in enumerate(visit.shipment_ids):
                require_placed(found.get(shipment_id), pointer=wanted.pointer(v, i))
        return found

    def _stop(self, wanted: NewRoute, visit: int, found: dict[ShipmentId, Shipment]) -> Stop:
        asked = wanted.visits[visit]
        return make_stop(
            StopId(self.ids.new(STOP)),
            [share_of(found[shipment_id]) for shipment_id in asked.shipment_ids],
            number=visit,
            service_time_s=asked.service_time_s,
            pointer=partial(wanted.pointer, visit),
        )

    def _claim(self, route: Route, actor: Actor, now: datetime) -> tuple[ManifestEntry, ...]:
        pairs = [
            (stop_index, shipment_id)
            for stop_index, stop in enumerate(route.stops)
            for shipment_id in stop.shipment_ids
        ]
        entries: list[ManifestEntry] = []
        for start in range(0, len(pairs), SHIPMENTS_PER_TRANSACTION):
            some = pairs[start : start + SHIPMENTS_PER_TRANSACTION]
            entries += retried(partial(self._claim_some, route, some, actor, now))
        return tuple(entries)

    def _claim_some(
        self, route: Route, some: Sequence[tuple[int, ShipmentId]], actor: Actor, now: datetime
    ) -> list[ManifestEntry]:
        found = self.shipments.get_many([shipment_id for _, shipment_id in some])
        claims = Claims(self.routes, self.journal, self.ids)
        claims.require_free([found[shipment_id] for _, shipment_id in some], route)
        changes = [
            claims.claimed(found[shipment_id], route.stops[stop_index], route, actor=actor, now=now)
            for stop_index, shipment_id in some
        ]
        self.journal.commit(*changes)
        return [ManifestEntry.of(change.after) for change in changes]

    def _write(
        self,
        route: Route,
        hub: Hub,
        epoch: int,
        manifest: Manifest,
        others: Sequence[Change],
    ) -> None:
        """``others`` are the plan and what goes with it.

        ``epoch`` is the driver's as it was read: a deactivation since then has raised it.
        """
        live = self.fleet.live(route.driver_id)
        if live.epoch != epoch:
            self._require_active(route.driver_id, hub)
        after = replace(live, version=live.version + 1, planned=(*live.planned, route.id))
        try:
            self.journal.commit(
                LiveChange(after, live.version),
                ManifestChange(manifest, None),
                *others,
            )
        except ConcurrentUpdate:
            self._require_owned(route)
            raise

    def _require_owned(self, route: Route) -> None:
        """Raises AlreadyAssigned for what another route has taken over from this one."""
        wanted = [shipment_id for stop in route.stops for shipment_id in stop.shipment_ids]
        for shipment in self.shipments.get_many(wanted).values():
            if not shipment.is_on(route.id):
                raise AlreadyAssigned(shipment_id=shipment.id)
