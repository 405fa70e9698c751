"""A dispatcher makes a route out of shipments: stops in the given order, with planned arrivals.

Each shipment is claimed for the route under its version; a shipment on somebody else's open route
is a conflict. Claims come first and the route last, so that a route never lists what it does not
own. Claims for a route that was never written do not count: that route is closed before another one
takes over its shipments, and can then not be written any more. The road network is asked before the
claims: nothing is held while it thinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.forecasts import planned_etas
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry, run_sheet_expires_at
from chalicelib.domain.errors import AlreadyAssigned, Invalid, NotFound, NotPlannable, Unavailable
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
    LiveChange,
    ManifestChange,
    PlanningClosed,
    RouteChange,
    ShipmentChange,
)
from chalicelib.domain.routes.routes import Break, Consignment, Route, RouteStatus, Stop
from chalicelib.domain.shipments.lifecycle import Step, take
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
from chalicelib.services.retries import retried

MAX_STOPS: Final = 200
MAX_SHIPMENTS_PER_STOP: Final = 40
MAX_SHIPMENTS: Final = 1_000
MAX_BREAKS: Final = 5
MAX_BREAK_S: Final = 4 * 3_600
PLANNABLE: Final = frozenset(
    {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.ATTEMPT_FAILED}
)
"""Loaded but not on an open route: it was left behind by one, and is back at the hub."""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One visit as asked for: shipments of one place, and how long it takes where known."""

    shipment_ids: tuple[ShipmentId, ...]
    service_time_s: float | None = None


@dataclass(frozen=True, slots=True)
class NewRoute:
    """The route as asked for."""

    driver_id: DriverId
    hub_id: HubId
    service_day: date
    starts_at: datetime
    visits: tuple[PlannedVisit, ...]
    breaks: tuple[Break, ...] = ()
    is_list: bool = False
    """Asked for as a plain list of shipments, one stop each."""

    def pointer(self, visit: int, shipment: int) -> str:
        """Where in the request a shipment is named."""
        if self.is_list:
            return f"/shipment_ids/{visit}"
        return f"/stops/{visit}/shipment_ids/{shipment}"


@dataclass(frozen=True, slots=True)
class PlanRoute:
    """Plans a route. Raises NotFound, Invalid (an empty or too long route, a shipment twice),
    Conflict (a shipment that is on another route or cannot be delivered any more).
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

    def __call__(self, wanted: NewRoute, *, actor: Actor) -> Route:
        """Make the route and claim its shipments."""
        _require_possible(wanted)
        hub = self.hubs.get(wanted.hub_id)
        _require_breaks(wanted, hub)
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
            stops=tuple(self._stop(visit, found) for visit in wanted.visits),
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
        retried(lambda: self._write(route, manifest))
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
                    text = "No such shipment."
                    raise Invalid(
                        text,
                        pointer=wanted.pointer(v, i),
                        code="unknown_shipment",
                    )
        return found

    def _stop(self, visit: PlannedVisit, found: dict[ShipmentId, Shipment]) -> Stop:
        shipments = [found[shipment_id] for shipment_id in visit.shipment_ids]
        first = shipments[0]
        windows = [shipment.window for shipment in shipments if shipment.window is not None]
        given = [s.service_time_s for s in shipments if s.service_time_s is not None]
        return Stop(
            id=StopId(self.ids.new(STOP)),
            coordinates=first.address.coordinates,
            time_zone=first.address.time_zone,
            consignments=tuple(
                Consignment(s.id, tuple(parcel.barcode for parcel in s.parcels)) for s in shipments
            ),
            window=windows[0] if windows else None,
            service_time_s=visit.service_time_s or (sum(given) if given else None),
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
        if shipment.status not in PLANNABLE:
            raise NotPlannable(shipment_id=shipment.id, current=shipment.status.value)
        after, events = shipment, []
        if shipment.status in {Status.ATTEMPT_FAILED, Status.LOADED}:
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
            after,
            assignment=assignment,
            version=shipment.version + 1,
            scanned_barcodes=frozenset(),
            promise=None,
            first_promise=None,
            is_delayed=False,
            updated_at=now,
        )
        return ShipmentChange(after=after, events=tuple(events), expected_version=shipment.version)

    def _is_open(self, route_id: RouteId, mine: Route) -> bool:
        try:
            other = self.routes.get(route_id)
        except NotFound:  # its planning has not finished, and must not do so any more
            self.journal.commit(PlanningClosed(route_id, run_sheet_expires_at(mine)))
            return False
        return other.status is not RouteStatus.COMPLETED

    def _write(self, route: Route, manifest: Manifest) -> None:
        live = self.fleet.live(route.driver_id)
        after = replace(live, version=live.version + 1, planned=(*live.planned, route.id))
        self.journal.commit(
            LiveChange(after, live.version),
            RouteChange(route, None),
            ManifestChange(manifest, None),
        )


def _require_breaks(wanted: NewRoute, hub: Hub) -> None:
    """Each has a span within the service day, as the hub's clocks say."""
    if len(wanted.breaks) > MAX_BREAKS:
        text = f"A route has at most {MAX_BREAKS} breaks."
        raise Invalid(text, pointer="/breaks")
    for i, planned_break in enumerate(wanted.breaks):
        if not 1 <= planned_break.duration_s <= MAX_BREAK_S:
            text = f"A break lasts 1 to {MAX_BREAK_S} seconds."
            raise Invalid(text, pointer=f"/breaks/{i}/duration_s")
        if planned_break.latest < planned_break.earliest:
            text = "A break must not begin at the latest before it may begin."
            raise Invalid(text, pointer=f"/breaks/{i}/latest", code="invalid_range")
        for name, at in (("earliest", planned_break.earliest), ("latest", planned_break.latest)):
            if at.astimezone(ZoneInfo(hub.time_zone)).date() != wanted.service_day:
                text = "A break lies within the service day, in the hub's time zone."
                raise Invalid(text, pointer=f"/breaks/{i}/{name}", code="outside_service_day")


def _require_possible(wanted: NewRoute) -> None:
    if not 1 <= len(wanted.visits) <= MAX_STOPS:
        text = f"A route has 1 to {MAX_STOPS} stops."
        raise Invalid(text, pointer="/stops")
    seen: set[ShipmentId] = set()
    for v, visit in enumerate(wanted.visits):
        if not 1 <= len(visit.shipment_ids) <= MAX_SHIPMENTS_PER_STOP:
            text = f"A stop has 1 to {MAX_SHIPMENTS_PER_STOP} shipments."
            raise Invalid(text, pointer=f"/stops/{v}/shipment_ids")
        for i, shipment_id in enumerate(visit.shipment_ids):
            if shipment_id in seen:
                text = "This shipment is on the route already."
                raise Invalid(
                    text,
                    pointer=wanted.pointer(v, i),
                    code="repeated_shipment",
                )
            seen.add(shipment_id)
    if len(seen) > MAX_SHIPMENTS:
        text = f"A route has at most {MAX_SHIPMENTS} shipments."
        raise Invalid(text, pointer="/stops")
