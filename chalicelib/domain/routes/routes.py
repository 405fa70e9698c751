"""Routes: one driver's ordered stops of one service day, from a hub and back to it.

The plan (stops, order, windows, service times, promises) changes only with ``plan_version``; what
happens on the road is in the driver's live state, never in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range

FASTEST_MPS: Final = 70.0
"""No road is driven faster as the crow flies (250 km/h)."""
SLOWEST_MPS: Final = 0.3
"""A ferry without a timetable is taken at 5 km/h (OSRM's profile ``car.lua``): this is one on a way
almost five times as long as the crow flies."""
LONGEST_DETOUR_S: Final = 4.5 * 3_600
"""On top, however near: around a fjord, over a pass, through one-way streets, for the next boat.
What a lorry driver may drive without a break (Regulation (EC) No 561/2006, article 7)."""


class RouteStatus(StrEnum):
    """A route is planned, then driven, then done."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Consignment:
    """One shipment as the plan knows it: enough to recognise its parcels when they are scanned."""

    shipment_id: ShipmentId
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit to one place for one or more shipments.

    ``planned`` is the ETA of the plan before the route started, ``promise`` the range told when it
    started (None while planned, and for a stop that has nothing on the van). ``road_s`` are the
    seconds that a road network gave for the way from the place before it in the plan, the hub or a
    stop; None where none was asked or none knew a way.
    """

    id: StopId
    coordinates: Coordinates
    time_zone: str
    consignments: tuple[Consignment, ...]
    window: Range | None = None
    service_time_s: float | None = None
    planned: Eta | None = None
    promise: Range | None = None
    road_s: float | None = None

    @property
    def parcel_count(self) -> int:
        """Parcels to hand over."""
        return sum(len(consignment.barcodes) for consignment in self.consignments)

    @property
    def shipment_ids(self) -> tuple[ShipmentId, ...]:
        """The shipments of this visit."""
        return tuple(consignment.shipment_id for consignment in self.consignments)


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of the driver, so many seconds long: begun in the span, both ends included."""

    earliest: datetime
    latest: datetime
    duration_s: int


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """A route without its stops, as lists show it."""

    id: RouteId
    driver_id: DriverId
    hub_id: HubId
    service_day: date
    starts_at: datetime
    created_at: datetime
    status: RouteStatus
    plan_version: int
    stop_count: int
    shipment_count: int
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A plan and its driver. ``starts_at`` is when it should leave, ``started_at`` when it did."""

    id: RouteId
    driver_id: DriverId
    hub_id: HubId
    hub_coordinates: Coordinates
    service_day: date
    starts_at: datetime
    stops: tuple[Stop, ...]
    created_at: datetime
    status: RouteStatus = RouteStatus.PLANNED
    plan_version: int = 1
    started_at: datetime | None = None
    completed_at: datetime | None = None
    breaks: tuple[Break, ...] = ()

    @property
    def summary(self) -> RouteSummary:
        """The route without its stops."""
        return RouteSummary(
            id=self.id,
            driver_id=self.driver_id,
            hub_id=self.hub_id,
            service_day=self.service_day,
            starts_at=self.starts_at,
            created_at=self.created_at,
            status=self.status,
            plan_version=self.plan_version,
            stop_count=len(self.stops),
            shipment_count=sum(len(stop.consignments) for stop in self.stops),
            started_at=self.started_at,
            completed_at=self.completed_at,
        )

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """Where it leads, in order: the hub, then every stop."""
        return (self.hub_coordinates, *(stop.coordinates for stop in self.stops))

    def with_road_times(self, times_s: Sequence[float | None]) -> "Route":
        """The same route with a road network's seconds for every leg, in order.

        What no vehicle can drive is left out, and so is what no van would be sent on: a network
        that does not know an address may have measured from the road nearest to it, on another
        island or at the edge of its map.
        """
        places = self.places
        stops = (
            replace(stop, road_s=_credible_s(road_s, distance_m(place, stop.coordinates)))
            for stop, place, road_s in zip(self.stops, places[:-1], times_s, strict=True)
        )
        return replace(self, stops=tuple(stops))

    def stop_index(self, stop_id: StopId) -> int | None:
        """Where a stop stands in the order, from 0."""
        return next((i for i, stop in enumerate(self.stops) if stop.id == stop_id), None)

    def find_barcode(self, barcode: str) -> tuple[ShipmentId, ...]:
        """The shipments that a scanned parcel may belong to, in the order of the stops.

        Two shippers may use the same barcode.
        """
        return tuple(
            consignment.shipment_id
            for stop in self.stops
            for consignment in stop.consignments
            if barcode in consignment.barcodes
        )


def _credible_s(road_s: float | None, way_m: float) -> float | None:
    if road_s is None or way_m >= FASTEST_MPS * road_s:
        return None
    if road_s > LONGEST_DETOUR_S + way_m / SLOWEST_MPS:
        return None
    return round(road_s, 1)
