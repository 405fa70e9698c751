"""Routes: one driver's ordered stops of one service day, from a hub and back to it.

The plan (stops, order, windows, service times, promises) changes only with ``plan_version``; what
happens on the road is in the driver's live state, never in here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, StopId
from chalicelib.domain.instants import Range


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
    started (None while planned, and for a stop that has nothing on the van).
    """

    id: StopId
    coordinates: Coordinates
    time_zone: str
    consignments: tuple[Consignment, ...]
    window: Range | None = None
    service_time_s: float | None = None
    planned: Eta | None = None
    promise: Range | None = None

    @property
    def parcel_count(self) -> int:
        """Parcels to hand over."""
        return sum(len(consignment.barcodes) for consignment in self.consignments)

    @property
    def shipment_ids(self) -> tuple[ShipmentId, ...]:
        """The shipments of this visit."""
        return tuple(consignment.shipment_id for consignment in self.consignments)


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
