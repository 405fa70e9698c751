"""Routes on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from chalicelib.api.schemas.values import EtaOut, Id, Instant, RangeOut, Schema
from chalicelib.domain.ids import DriverId, HubId, ShipmentId
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Break, Route, RouteSummary
from chalicelib.services.routes.show_routes import DriverRoute

ServiceTime = Annotated[float, Field(ge=0, le=14_400)]


class VisitIn(Schema):
    """One visit: the shipments of one place."""

    shipment_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=40)]
    service_time_s: ServiceTime | None = None


class BreakIn(Schema):
    """A rest of the driver: begun in this span, so long."""

    earliest: Instant
    latest: Instant
    duration_s: Annotated[int, Field(ge=1, le=14_400)]


class RouteIn(Schema):
    """A route out of shipments: ``stops``, or ``shipment_ids`` for one stop each in that order."""

    driver_id: Id
    hub_id: Id
    service_day: Annotated[date, Field(strict=False)]
    starts_at: Instant
    stops: Annotated[tuple[VisitIn, ...], Field(min_length=1, max_length=200)] | None = None
    shipment_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200)] | None = None
    breaks: Annotated[tuple[BreakIn, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.stops is None) == (self.shipment_ids is None):
            msg = "give either stops or shipment_ids"
            raise ValueError(msg)
        return self

    def to_domain(self) -> NewRoute:
        """The order."""
        visits = self.stops or tuple(
            VisitIn(shipment_ids=(shipment_id,)) for shipment_id in self.shipment_ids or ()
        )
        return NewRoute(
            driver_id=DriverId(self.driver_id),
            hub_id=HubId(self.hub_id),
            service_day=self.service_day,
            starts_at=self.starts_at,
            is_list=self.stops is None,
            breaks=tuple(
                Break(planned_break.earliest, planned_break.latest, planned_break.duration_s)
                for planned_break in self.breaks
            ),
            visits=tuple(
                PlannedVisit(
                    shipment_ids=tuple(ShipmentId(s) for s in visit.shipment_ids),
                    service_time_s=visit.service_time_s,
                )
                for visit in visits
            ),
        )


class StopOut(Schema):
    """A stop as planned."""

    id: str
    shipment_ids: tuple[str, ...]
    lat_deg: float
    lon_deg: float
    time_zone: str
    window: RangeOut | None
    service_time_s: float | None
    planned_arrival: EtaOut | None
    promise: RangeOut | None


class BreakOut(Schema):
    """A rest of the driver, as planned."""

    earliest: datetime
    latest: datetime
    duration_s: int

    @classmethod
    def of(cls, planned_break: Break) -> "BreakOut":
        """From the domain."""
        return cls(
            earliest=planned_break.earliest,
            latest=planned_break.latest,
            duration_s=planned_break.duration_s,
        )


class RouteOut(Schema):
    """A route."""

    id: str
    driver_id: str
    hub_id: str
    service_day: date
    starts_at: datetime
    status: str
    plan_version: int
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    breaks: tuple[BreakOut, ...]
    stops: tuple[StopOut, ...]

    @classmethod
    def of(cls, route: Route) -> "RouteOut":
        """From the domain."""
        return cls(
            id=route.id,
            driver_id=route.driver_id,
            hub_id=route.hub_id,
            service_day=route.service_day,
            starts_at=route.starts_at,
            status=route.status.value,
            plan_version=route.plan_version,
            started_at=route.started_at,
            completed_at=route.completed_at,
            created_at=route.created_at,
            breaks=tuple(map(BreakOut.of, route.breaks)),
            stops=tuple(
                StopOut(
                    id=stop.id,
                    shipment_ids=stop.shipment_ids,
                    lat_deg=stop.coordinates.lat_deg,
                    lon_deg=stop.coordinates.lon_deg,
                    time_zone=stop.time_zone,
                    window=RangeOut.of(stop.window),
                    service_time_s=stop.service_time_s,
                    planned_arrival=EtaOut.of(stop.planned),
                    promise=RangeOut.of(stop.promise),
                )
                for stop in route.stops
            ),
        )


class RouteSummaryOut(Schema):
    """A route without its stops."""

    id: str
    driver_id: str
    hub_id: str
    service_day: date
    starts_at: datetime
    status: str
    plan_version: int
    started_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    stop_count: int
    shipment_count: int

    @classmethod
    def of(cls, route: RouteSummary) -> "RouteSummaryOut":
        """From the domain."""
        return cls(
            id=route.id,
            driver_id=route.driver_id,
            hub_id=route.hub_id,
            service_day=route.service_day,
            starts_at=route.starts_at,
            status=route.status.value,
            plan_version=route.plan_version,
            started_at=route.started_at,
            completed_at=route.completed_at,
            created_at=route.created_at,
            stop_count=route.stop_count,
            shipment_count=route.shipment_count,
        )


class RoutesOut(Schema):
    """A page of routes, each without its stops."""

    data: tuple[RouteSummaryOut, ...]
    next_cursor: str | None


class DriverStopOut(Schema):
    """A stop as its driver needs it: with names and doors, for these are the driver's customers."""

    id: str
    lat_deg: float
    lon_deg: float
    time_zone: str
    window: RangeOut | None
    is_done: bool
    eta: EtaOut | None
    shipments: tuple[dict[str, Any], ...]


class DriverRouteOut(Schema):
    """The driver's own route."""

    id: str
    status: str
    plan_version: int
    service_day: date
    starts_at: datetime
    started_at: datetime | None
    breaks: tuple[BreakOut, ...]
    stops: tuple[DriverStopOut, ...]

    @classmethod
    def of(cls, found: DriverRoute) -> "DriverRouteOut":
        """From the domain."""
        route, live = found.route, found.live
        is_live = live.route_id == route.id
        return cls(
            id=route.id,
            status=route.status.value,
            plan_version=route.plan_version,
            service_day=route.service_day,
            starts_at=route.starts_at,
            started_at=route.started_at,
            breaks=tuple(map(BreakOut.of, route.breaks)),
            stops=tuple(
                DriverStopOut(
                    id=stop.id,
                    lat_deg=stop.coordinates.lat_deg,
                    lon_deg=stop.coordinates.lon_deg,
                    time_zone=stop.time_zone,
                    window=RangeOut.of(stop.window),
                    is_done=is_live and live.progress[i].is_done,
                    eta=EtaOut.of(live.etas[i] if is_live else stop.planned),
                    shipments=tuple(
                        _for_driver(found, shipment_id)
                        for shipment_id in stop.shipment_ids
                        if shipment_id in found.shipments
                    ),
                )
                for i, stop in enumerate(route.stops)
            ),
        )


def _for_driver(found: DriverRoute, shipment_id: ShipmentId) -> dict[str, Any]:
    shipment = found.shipments[shipment_id]
    entry = shipment.entry
    return {
        "id": entry.shipment_id,
        "reference": entry.reference,
        "status": shipment.status.value,
        "recipient_name": entry.recipient_name,
        "address_lines": list(entry.address_lines),
        "city": entry.city,
        "postal_code": entry.postal_code,
        "instructions": entry.instructions,
        "barcodes": list(shipment.barcodes),
        "scanned_barcodes": list(shipment.scanned_barcodes),
        "photo": entry.photo.value,
    }
