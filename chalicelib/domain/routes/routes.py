"""Routes: one driver's ordered stops of one service day, from a hub and back to it.

Every change of the plan (stops, order, windows, service times, promises) changes ``plan_version``.
The events on the road are in the driver's live state, never here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import PLAN_RETENTION, Policy

FASTEST_MPS: Final = 70.0
"""250 km/h in a straight line. No road is faster."""
SLOWEST_MPS: Final = 0.3
"""A slow ferry on a detour. OSRM (``car.lua``) assumes 5 km/h for a ferry without a timetable; this
allows a way almost five times as long as the straight line."""
LONGEST_DETOUR_S: Final = 4.5 * 3_600
"""Allowed in addition at any distance: around a fjord, over a pass, through one-way streets, for
the next boat. A lorry driver may drive this long without a break (Regulation (EC) No 561/2006,
article 7)."""


class RouteStatus(StrEnum):
    """The statuses of a route, in their order."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether it is to be driven, or is driven now: its shipments are on no other route."""
        return self in {RouteStatus.PLANNED, RouteStatus.ACTIVE}


@dataclass(frozen=True, slots=True)
class Consignment:
    """One shipment in the plan, with enough data to recognise its parcels when they are scanned."""

    shipment_id: ShipmentId
    barcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit to one place for one or more shipments.

    ``number`` is its own for the life of its route: whatever is stored outside the plan names a
    stop by it, never by its place in the order. Numbers count from 0, and none is used twice.

    ``planned`` is the ETA of the plan before the route started. ``promise`` is the range told when
    it started; it is None before, and for a stop with nothing on the van. ``road_s`` are a road
    network's seconds for the leg from the place before in the plan, the hub or a stop. They are
    None when no network was asked or none knew a way.
    """

    id: StopId
    number: int
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
        """The number of parcels to hand over."""
        return sum(len(consignment.barcodes) for consignment in self.consignments)

    @property
    def shipment_ids(self) -> tuple[ShipmentId, ...]:
        """The shipments of this visit."""
        return tuple(consignment.shipment_id for consignment in self.consignments)


@dataclass(frozen=True, slots=True)
class Break:
    """A planned break of the driver. It begins in the span, both ends included."""

    earliest: datetime
    latest: datetime
    duration_s: int


@dataclass(frozen=True, slots=True)
class Stint:
    """The part of a route that a former driver drove: from the one before, or from the start.

    ``until`` is when another driver took over. ``previous`` is the route that this driver had
    driven before.
    """

    driver_id: DriverId
    until: datetime
    previous: RouteId | None = None


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
    """A plan and its driver.

    ``starts_at`` is when the van should leave the hub, ``started_at`` is when it did.
    ``start_action_id`` is the driver's own name for the start: a repeat has the same.
    ``previous`` is the route that the driver had driven before this one, known since the start.

    ``stops`` are in the order of the plan. ``taken_off`` is what edits took off it: each stop with
    the consignments that it lost. ``taken_off_with`` are the versions of the plan, one each, that
    had them no more. ``joined`` are all consignments, also those taken off, in the
    order in which they joined the route; empty means that of the stops.
    ``pauses`` are the times between an end and when the route went on after all.
    ``stints`` are those of the former drivers, in their order; ``driver_id`` and ``previous`` are
    of the driver of now.
    """

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
    start_action_id: str | None = None
    previous: RouteId | None = None
    joined: tuple[Consignment, ...] = ()
    taken_off: tuple[Stop, ...] = ()
    taken_off_with: tuple[int, ...] = ()
    pauses: tuple[Range, ...] = ()
    stints: tuple[Stint, ...] = ()

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
    def kept_until(self) -> datetime:
        """When the plan and its events are forgotten."""
        return max(self.starts_at, self.created_at) + PLAN_RETENTION

    @property
    def places(self) -> tuple[Coordinates, ...]:
        """The places of the route in order: the hub, then every stop."""
        return (self.hub_coordinates, *(stop.coordinates for stop in self.stops))

    def with_road_times(self, times_s: Sequence[float | None]) -> "Route":
        """The same route with a road network's seconds for every leg, in order.

        Times that are too fast for a vehicle or too slow for a sensible leg become None. If a
        network does not know an address, it may have measured from the nearest road that it knows,
        on another island or at the edge of its map.
        """
        places = self.places
        stops = (
            replace(stop, road_s=_credible_s(road_s, distance_m(place, stop.coordinates)))
            for stop, place, road_s in zip(self.stops, places[:-1], times_s, strict=True)
        )
        return replace(self, stops=tuple(stops))

    def previous_of(self, driver_id: DriverId) -> RouteId | None:
        """The route that this driver had driven before; None for one who never drove this one."""
        if driver_id == self.driver_id:
            return self.previous
        own = (stint for stint in reversed(self.stints) if stint.driver_id == driver_id)
        return next((stint.previous for stint in own), None)

    def may_start(self, now: datetime, policy: Policy) -> bool:
        """Whether this is the route's day where it is driven, or the planned start is near.

        A night's route may leave before midnight, and a late one after it.
        """
        zone = ZoneInfo(self.stops[0].time_zone) if self.stops else UTC
        if now.astimezone(zone).date() == self.service_day:
            return True
        return self.starts_at - policy.start_early <= now <= self.starts_at + policy.start_late

    def stop_index(self, stop_id: StopId) -> int | None:
        """The index of a stop in the plan, from 0; None for an unknown stop."""
        return next((i for i, stop in enumerate(self.stops) if stop.id == stop_id), None)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the stops, in the order of the plan."""
        return tuple(stop.number for stop in self.stops)

    @property
    def indexes_by_number(self) -> dict[int, int]:
        """The indexes of the stops in the plan, from 0, by their numbers."""
        return {stop.number: i for i, stop in enumerate(self.stops)}

    @property
    def roll(self) -> tuple[Consignment, ...]:
        """All consignments that ever joined, in that order."""
        if self.joined:
            return self.joined
        return tuple(each for stop in self.stops for each in stop.consignments)

    @property
    def listed(self) -> tuple[ShipmentId, ...]:
        """The shipments of the plan, in the order in which they joined it."""
        if not self.joined:
            return tuple(consignment.shipment_id for consignment in self.roll)
        planned = {shipment_id for stop in self.stops for shipment_id in stop.shipment_ids}
        last = {each.shipment_id: place for place, each in enumerate(self.joined)}
        return tuple(sorted(planned, key=last.__getitem__))

    @property
    def parcels(self) -> Iterator[tuple[ShipmentId, str]]:
        """Each parcel by its shipment and its barcode, in the order of the stops.

        Several shipments can have the same barcode.
        """
        for stop in self.stops:
            for consignment in stop.consignments:
                for barcode in consignment.barcodes:
                    yield consignment.shipment_id, barcode


def _credible_s(road_s: float | None, way_m: float) -> float | None:
    if road_s is None or way_m >= FASTEST_MPS * road_s:
        return None
    if road_s > LONGEST_DETOUR_S + way_m / SLOWEST_MPS:
        return None
    return round(road_s, 1)


@dataclass(frozen=True, slots=True)
class Duty:
    """A driver with a route under way."""

    driver_id: DriverId
    route_id: RouteId
