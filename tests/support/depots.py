"""A depot in memory: its use cases plan, load, start and edit a route as a carrier's people do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.edits import Assign, Operation
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Route
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.domain.versions import Expected
from chalicelib.services.driving.ingest_positions import FixBatch, IngestPositions, IngestReport
from chalicelib.services.driving.scan_parcels import ScanParcels
from chalicelib.services.driving.work_stops import WorkStop
from chalicelib.services.routes.edit_route import EditOrder, EditRoute
from chalicelib.services.routes.editing import EditEffect
from chalicelib.services.routes.end_route import Ended, EndRoute
from chalicelib.services.routes.move_stop import MoveEffect, MoveOrder, MoveStop
from chalicelib.services.routes.plan_routes import PlanRoute
from chalicelib.services.routes.show_routes import DriverRoute, ShowRoutes
from chalicelib.services.routes.start_route import StartRoute
from chalicelib.services.shipments.retry_shipment import RetryShipment
from chalicelib.services.shipments.return_shipment import ReturnShipment
from tests.support.builders import (
    HELSINKI,
    make_actor,
    make_address,
    make_driver,
    make_hub,
    make_shipment,
    north_of,
)
from tests.support.fakes.road_networks import InMemoryRoadNetwork
from tests.support.in_memory import InMemoryCarrier

DISPATCHER: Final = Actor(Role.DISPATCHER, "key_1")
DRIVER: Final = make_actor(id="drv_1", epoch=1)
OTHER: Final = make_actor(id="drv_2", driver_id=DriverId("drv_2"), epoch=1)


@dataclass
class Depot:
    """One hub with drivers `drv_1` and `drv_2`. Shipments lie along a road to the north."""

    carrier: InMemoryCarrier = field(default_factory=InMemoryCarrier)
    apart_m: float = 1_000.0
    reports: int = 0
    scans: int = 0

    def __post_init__(self) -> None:
        self.carrier.road_network = InMemoryRoadNetwork()  # type: ignore[attr-defined]
        self.carrier.hubs.put(make_hub())
        for number in (1, 2):
            self.carrier.has(Live(make_driver(number).id))

    @property
    def now(self) -> datetime:
        return self.carrier.clock.now()

    def ship(self, *numbers: int) -> tuple[ShipmentId, ...]:
        """New shipments of these numbers."""
        for number in numbers:
            place = north_of(HELSINKI, self.apart_m * number)
            self.carrier.has(make_shipment(number, address=make_address(coordinates=place)))
        return tuple(ShipmentId(f"shp_{number:04d}") for number in numbers)

    def plan(self, *numbers: int, driver: int = 1) -> Route:
        """A route of new shipments, one stop each."""
        self.ship(*numbers)
        return self.plan_of(*numbers, driver=driver)

    def plan_of(self, *numbers: int, driver: int = 1) -> Route:
        """A route of shipments that there are."""
        ids = (ShipmentId(f"shp_{number:04d}") for number in numbers)
        wanted = NewRoute(
            driver_id=DriverId(f"drv_{driver}"),
            hub_id=make_hub().id,
            service_day=self.now.date(),
            starts_at=self.now,
            visits=tuple(PlannedVisit((shipment_id,)) for shipment_id in ids),
        )
        return self.carrier.use(PlanRoute)(wanted, actor=DISPATCHER)

    def load(self, *numbers: int, actor: Actor = DRIVER) -> None:
        """Scan the parcels of these shipments."""
        self.scans += 1
        scans = tuple(Scan(f"scan-{self.scans}-{n}", f"BARCODE-{n}", self.now) for n in numbers)
        self.carrier.use(ScanParcels)(scans, actor=actor)

    def started(self, *numbers: int) -> Route:
        """A route of these shipments that has left with all of them."""
        route = self.plan(*numbers)
        self.load(*numbers)
        return self.start(route)

    def start(self, route: Route, actor: Actor = DRIVER) -> Route:
        """The van leaves with what is aboard."""
        return self.carrier.use(StartRoute)(route.id, actor=actor)

    def edit(
        self, route_id: RouteId, *operations: Operation, about: int | None = None, **more: bool
    ) -> EditEffect:
        """Edit the plan, whatever its version is, unless `about` says so."""
        expected = Expected(None if about is None else frozenset({about}))
        order = EditOrder(operations, expected, **more)
        return self.carrier.use(EditRoute)(route_id, order, actor=DISPATCHER)

    def move(self, source: RouteId, stop_id: StopId, target: RouteId, **more: Any) -> MoveEffect:
        """A stop goes over to another route, whatever the versions of both plans are."""
        versions = (self.route(source).plan_version, self.route(target).plan_version)
        order = MoveOrder(stop_id, versions[0], target, versions[1], **more)
        return self.carrier.use(MoveStop)(source, order, actor=DISPATCHER)

    def cancel(self, route_id: RouteId) -> Ended:
        return self.carrier.use(EndRoute).cancel(route_id, actor=DISPATCHER)

    def complete(self, route_id: RouteId) -> Ended:
        return self.carrier.use(EndRoute).complete(route_id, actor=DISPATCHER)

    def report(
        self,
        stop_id: StopId,
        step: Step = Step.DELIVER,
        *,
        at: datetime | None = None,
        actor: Actor = DRIVER,
        **more: Any,
    ) -> tuple[Shipment, ...]:
        """The driver reports a step of a visit."""
        self.reports += 1
        said = StopReport(
            stop_id=stop_id,
            step=step,
            action_id=f"action-{self.reports}",
            occurred_at=at or self.now,
            reason=FailureReason.NOT_HOME if step is Step.FAIL else None,
            **more,
        )
        return self.carrier.use(WorkStop)(said, actor=actor)

    def retry(self, number: int) -> Shipment:
        """The office lets a shipment be tried again."""
        use, key = self.carrier.use(RetryShipment), ShipmentId(f"shp_{number:04d}")
        return use(key, lambda shipment: shipment, actor=DISPATCHER)

    def give_up(self, number: int) -> Shipment:
        """The office sends a shipment back."""
        use, key = self.carrier.use(ReturnShipment), ShipmentId(f"shp_{number:04d}")
        return use.begin(key, reason=None, actor=DISPATCHER)

    def drive(
        self, place: Coordinates, *, after: timedelta = timedelta(seconds=30), driver: int = 1
    ) -> None:
        """One fix, a while later."""
        self.send(Fix(self.carrier.clock.go_on(after), place, 8.0), driver=driver)

    def send(self, *fixes: Fix, driver: int = 1) -> IngestReport:
        """Fixes reach us now."""
        batch = FixBatch(DriverId(f"drv_{driver}"), 1, fixes)
        return self.carrier.use(IngestPositions)(batch)

    def hand_over(self, route: Route, driver: int, **more: bool) -> EditEffect:
        """Another driver takes the van over, with all that is aboard."""
        return self.edit(route.id, Assign(DriverId(f"drv_{driver}")), **more)

    def route(self, route_id: RouteId) -> Route:
        return self.carrier.routes.get(route_id)

    def live(self, driver: int = 1) -> Live:
        return self.carrier.fleet.live(DriverId(f"drv_{driver}"))

    def sheet(self, actor: Actor = DRIVER, route_id: RouteId | None = None) -> DriverRoute:
        """The route as its driver reads it."""
        return self.carrier.use(ShowRoutes).of_driver(actor, route_id)


def numbers(route: Route) -> list[int]:
    """The numbers of the stops in the order of the plan."""
    return [stop.number for stop in route.stops]


def delivered_by(route: Route) -> list[str]:
    """The shipments in the order of the plan."""
    return [shipment_id for stop in route.stops for shipment_id in stop.shipment_ids]
