"""A dispatcher makes a route out of shipments: stops in the given order, with planned arrivals.

Each shipment is claimed for the route under its version; a shipment on somebody else's open route
is a conflict. Claims come first and the route last, so that a route never lists what it does not
own. Claims for a route that was never written do not count: that route is closed before another one
takes over its shipments, and can then not be written any more. The road network is asked before the
claims: nothing is held while it thinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.forecasts import planned_etas
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry, run_sheet_expires_at
from chalicelib.domain.errors import (
    AlreadyAssigned,
    ConcurrentUpdate,
    Invalid,
    NotFound,
    NotPlannable,
    Unavailable,
)
from chalicelib.domain.ids import (
    EVENT,
    ROUTE,
    STOP,
    EventId,
    RouteId,
    ShipmentId,
    StopId,
)
from chalicelib.domain.journal.changes import (
    SHIPMENTS_PER_TRANSACTION,
    Change,
    LiveChange,
    ManifestChange,
    PlanningClosed,
    RouteChange,
    ShipmentChange,
)
from chalicelib.domain.routes.new_routes import (
    NewRoute,
    require_breaks,
    require_possible,
    require_service_day,
)
from chalicelib.domain.routes.new_stops import StopShare, make_stop
from chalicelib.domain.routes.routes import Consignment, Route, RouteStatus, Stop
from chalicelib.domain.shipments.custody import off_route, outstanding
from chalicelib.domain.shipments.lifecycle import Step, may_take, take
from chalicelib.domain.shipments.shipments import Assignment, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.accounts import Hubs
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

PLANNABLE: Final = frozenset({Status.CREATED, Status.ACCEPTED})
"""So is what can be tried again: after a failed attempt, where a parcel was left behind, or loaded
and not on an open route, so that it is back at the hub."""


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """Plans a route.

    Raises NotFound, Invalid (an empty or too long route, a shipment twice, a stop with two places
    or without a common window, a start on another day), Conflict (a shipment that is on another
    route or cannot be delivered any more).
    """

    hubs: Hubs
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
        hub = self.hubs.get(wanted.hub_id)
        require_service_day(wanted, hub)
        require_breaks(wanted)
        self.fleet.live(wanted.driver_id)
        found = self._shipments(wanted)
        now = self.clock.now()
        bare = Route(
            id=RouteId(self.ids.new(ROUTE)),
            driver_id=wanted.driver_id,
            hub_id=hub.id,
            hub_coordinates=hub.coordinates,
            service_day=wanted.service_day,
            starts_at=wanted.starts_at,
            stops=tuple(self._stop(wanted, i, found) for i in range(len(wanted.visits))),
            created_at=now,
            breaks=tuple(
                sorted(
                    wanted.breaks,
                    key=lambda planned_break: (planned_break.earliest, planned_break.latest),
                )
            ),
        )
        bare = self._with_road_times(bare)
        plan_times = self.forecasts.stop_times(bare, wanted.starts_at)
        etas = planned_etas(plan_times, self.forecasts.model, wanted.starts_at, bare.breaks)
        stops = [replace(stop, planned=eta) for stop, eta in zip(bare.stops, etas, strict=True)]
        route = replace(bare, stops=tuple(stops))
        manifest = Manifest(
            route_id=route.id,
            entries=self._claim(route, actor, now),
            expires_at=run_sheet_expires_at(route),
        )
        remembered = memory.of(route)
        retried(lambda: self._write(route, manifest, remembered))
        return route

    def _with_road_times(self, route: Route) -> Route:
        """Without them when the network fails: a plan by the great circle is better than none."""
        try:
            times_s = self.road_network.travel_times(route.places)
        except Unavailable as exc:
            count(Metric.ROAD_NETWORK_FAILOVERS)
            logger.warning(
                "road network failed over",
                extra={"route_id": route.id, "cause": type(exc.__cause__).__name__},
            )
            return route
        return route.with_road_times(times_s)

    def _shipments(self, wanted: NewRoute) -> dict[ShipmentId, Shipment]:
        ids = [shipment_id for visit in wanted.visits for shipment_id in visit.shipment_ids]
        found = self.shipments.get_many(ids)
        for v, visit in enumerate(wanted.visits):
            for i, shipment_id in enumerate(visit.shipment_ids):
                if shipment_id not in found:
                    text = "There is no such shipment."
                    raise Invalid(
                        text,
                        pointer=wanted.pointer(v, i),
                        code="unknown_shipment",
                    )
                if found[shipment_id].needs_placing:
                    text = "Nobody has placed this shipment yet: its address was found roughly."
                    raise Invalid(text, pointer=wanted.pointer(v, i), code="needs_placing")
        return found

    def _stop(self, wanted: NewRoute, visit: int, found: dict[ShipmentId, Shipment]) -> Stop:
        asked = wanted.visits[visit]
        return make_stop(
            StopId(self.ids.new(STOP)),
            [_share(found[shipment_id]) for shipment_id in asked.shipment_ids],
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
        self._require_free([found[shipment_id] for _, shipment_id in some], route)
        changes = [
            self._claimed(found[shipment_id], stop_index, route, actor, now)
            for stop_index, shipment_id in some
        ]
        self.journal.commit(*changes)
        return [ManifestEntry.of(change.after) for change in changes]

    def _require_free(self, shipments: Sequence[Shipment], mine: Route) -> None:
        """Raises AlreadyAssigned for one that is on another open route."""
        owners = {s.assignment.route_id for s in shipments if s.assignment is not None} - {mine.id}
        open_routes = {route_id for route_id in sorted(owners) if self._is_open(route_id, mine)}
        for shipment in shipments:
            if shipment.assignment is not None and shipment.assignment.route_id in open_routes:
                raise AlreadyAssigned(shipment_id=shipment.id)

    def _claimed(
        self, shipment: Shipment, stop_index: int, route: Route, actor: Actor, now: datetime
    ) -> ShipmentChange:
        is_back = may_take(shipment, Step.RETRY, actor)
        if shipment.status not in PLANNABLE and not is_back:
            raise NotPlannable(shipment_id=shipment.id, current=shipment.status.value)
        after, events = shipment, []
        if is_back:
            after, event = take(
                after,
                Step.RETRY,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                occurred_at=now,
                now=now,
            )
            events.append(event)
        assignment = Assignment(
            route_id=route.id,
            stop_id=route.stops[stop_index].id,
            stop_index=stop_index,
            driver_id=route.driver_id,
        )
        after = replace(
            off_route(after), assignment=assignment, version=shipment.version + 1, updated_at=now
        )
        return ShipmentChange(after=after, events=tuple(events), expected_version=shipment.version)

    def _is_open(self, route_id: RouteId, mine: Route) -> bool:
        try:
            other = self.routes.get(route_id)
        except NotFound:  # its planning has not finished, and must not do so any more
            self.journal.commit(PlanningClosed(route_id, run_sheet_expires_at(mine)))
            return False
        return other.status is not RouteStatus.COMPLETED

    def _write(self, route: Route, manifest: Manifest, remembered: Sequence[Change]) -> None:
        live = self.fleet.live(route.driver_id)
        after = replace(live, version=live.version + 1, planned=(*live.planned, route.id))
        try:
            self.journal.commit(
                LiveChange(after, live.version),
                RouteChange(route, None),
                ManifestChange(manifest, None),
                *remembered,
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


def _share(shipment: Shipment) -> StopShare:
    return StopShare(
        consignment=Consignment(shipment.id, _to_deliver(shipment)),
        coordinates=shipment.address.coordinates,
        time_zone=shipment.address.time_zone,
        window=shipment.window,
        service_time_s=shipment.service_time_s,
    )


def _to_deliver(shipment: Shipment) -> tuple[str, ...]:
    """The barcodes of the parcels that no earlier route has delivered."""
    left = outstanding(shipment)
    return tuple(barcode for barcode in shipment.barcodes if barcode in left)
