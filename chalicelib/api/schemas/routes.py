"""Routes on the wire."""

from datetime import date
from typing import Annotated, Self

from pydantic import AliasPath, Field, model_validator

from chalicelib.api.schemas.values import Day, EtaOut, Id, Instant, RangeOut
from chalicelib.api.schemas.wishes import WishesSaid
from chalicelib.domain.driving.effects import PlanNow
from chalicelib.domain.driving.live import Progress
from chalicelib.domain.ids import DriverId, HubId, ShipmentId
from chalicelib.domain.proofs.proofs import Requirement
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Break, Route, RouteStatus
from chalicelib.domain.shipments.custody import ParcelState
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.edge.queries import QueryDay, QueryId
from chalicelib.edge.schemas import ListingQuery, Maybe, Out, Query, Schema, Time
from chalicelib.edge.sentences import misfit
from chalicelib.services.routes.show_routes import DriverRoute

ServiceTime = Annotated[float, Field(ge=0, le=14_400)]


class VisitIn(Schema):
    """One visit: the shipments of one place."""

    shipment_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=40)]
    service_time_s: Maybe[ServiceTime] = None


class BreakIn(Schema):
    """A rest of the driver: begun in this span, so long."""

    earliest: Instant
    latest: Instant
    duration_s: Annotated[int, Field(ge=1, le=14_400)]


class RouteIn(Schema):
    """A route out of shipments: ``stops``, or ``shipment_ids`` for one stop each in that order.

    Without a ``service_day`` it belongs to the day of ``starts_at`` in the hub's time zone.
    """

    driver_id: Id
    hub_id: Id
    service_day: Maybe[Day] = None
    starts_at: Instant
    stops: Annotated[tuple[VisitIn, ...], Field(min_length=1, max_length=200)] | None = None
    shipment_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200)] | None = None
    breaks: Annotated[tuple[BreakIn, ...], Field(max_length=5)] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.stops is None) == (self.shipment_ids is None):
            words = "Give either stops or shipment_ids, and not both."
            raise misfit(("stops",), "one_of_both", words)
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


class RoutesQuery(ListingQuery):
    """A hub's routes of one service day."""

    service_day: QueryDay
    hub_id: QueryId


class StartQuery(Query):
    """``confirm_other_day``: the route is meant although it is planned for another day."""

    confirm_other_day: bool = False


class StopOut(Out):
    """A stop as planned, and how far it is while the route is driven.

    ``number`` is its own for the life of the route. ``promise`` is what was told last. ``eta`` is
    None before the start, and where there is nothing left to reach.
    """

    id: str
    number: int
    shipment_ids: tuple[str, ...]
    lat_deg: float = Field(validation_alias=AliasPath("coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("coordinates", "lon_deg"))
    time_zone: str
    window: RangeOut | None
    service_time_s: float | None
    planned_arrival: EtaOut | None = Field(validation_alias="planned")
    promise: RangeOut | None
    eta: EtaOut | None
    arrived_at: Time | None
    is_done: bool

    @classmethod
    def all_of(cls, plan: PlanNow) -> list[Self]:
        """The stops of a plan, in its order."""
        live, count = plan.live, len(plan.route.stops)
        progress = [Progress()] * count if live is None else live.progress
        etas = [None] * count if live is None else live.etas
        return [
            cls.joined(
                stop,
                promise=each.promise or stop.promise,
                eta=eta,
                arrived_at=each.arrived_at,
                is_done=each.is_done,
            )
            for stop, each, eta in zip(plan.route.stops, progress, etas, strict=True)
        ]


class BreakOut(Out):
    """A rest of the driver, as planned."""

    earliest: Time
    latest: Time
    duration_s: int


class FormerDriverOut(Out):
    """Who drove a route before another driver took it over, and when that was."""

    driver_id: str
    until: Time


class RouteFields(Out):
    """What is said of a route in every answer."""

    id: str
    driver_id: str
    hub_id: str
    service_day: date
    starts_at: Time
    status: RouteStatus
    plan_version: int
    started_at: Time | None
    completed_at: Time | None
    created_at: Time
    breaks: tuple[BreakOut, ...]
    former_drivers: tuple[FormerDriverOut, ...] = Field(validation_alias="stints")
    stops: tuple[StopOut, ...]


class RouteOut(RouteFields):
    """A route."""

    @classmethod
    def of(cls, value: Route | PlanNow) -> Self:
        """A plan, with the live state where it is driven."""
        plan = value if isinstance(value, PlanNow) else PlanNow(value)
        return cls.joined(plan.route, stops=StopOut.all_of(plan))


class MissingOut(Out):
    """Parcels of one shipment that are planned for this van and are not on it."""

    stop_id: str
    shipment_id: str
    barcodes: tuple[str, ...]


class StartedRouteOut(RouteFields):
    """A route that has started. ``missing`` is what is planned for it and not on the van."""

    missing: tuple[MissingOut, ...]

    @classmethod
    def of(cls, value: DriverRoute) -> Self:
        """The plan, and what is not aboard."""
        plan = PlanNow(value.route, value.live)
        return cls.joined(plan.route, stops=StopOut.all_of(plan), missing=value.missing)


class RouteShipmentOut(Out):
    """A shipment of a route, as much as tells whose door it is."""

    id: str
    reference: str
    status: Status
    recipient_name: str = Field(validation_alias=AliasPath("recipient", "name"))
    address_lines: tuple[str, ...] = Field(validation_alias=AliasPath("address", "lines"))
    city: str = Field(validation_alias=AliasPath("address", "city"))
    postal_code: str | None = Field(validation_alias=AliasPath("address", "postal_code"))
    parcel_count: int

    @classmethod
    def aboard(cls, value: Shipment) -> Self:
        """The shipment."""
        return cls.joined(value, parcel_count=len(value.parcels))


class RouteShipmentsOut(Out):
    """The shipments of a route, in the order of its stops."""

    data: tuple[RouteShipmentOut, ...]
    next_cursor: None = None


class RouteSummaryOut(Out):
    """A route without its stops."""

    id: str
    driver_id: str
    hub_id: str
    service_day: date
    starts_at: Time
    status: RouteStatus
    plan_version: int
    started_at: Time | None
    completed_at: Time | None
    created_at: Time
    stop_count: int
    shipment_count: int


class RoutesOut(Out):
    """A page of routes, each without its stops."""

    data: tuple[RouteSummaryOut, ...]
    next_cursor: str | None


class DriverParcelOut(Out):
    """A parcel of a driver's shipment, and where it is."""

    barcode: str
    state: ParcelState


class CancelledOut(Out):
    """A shipment that was cancelled since it was planned; ``scanned_barcodes`` are on the van."""

    stop_id: str
    shipment_id: str
    reference: str
    barcodes: tuple[str, ...]
    scanned_barcodes: tuple[str, ...]


class DriverShipmentOut(Out):
    """A shipment as its driver needs it: with name and door."""

    id: str = Field(validation_alias=AliasPath("entry", "shipment_id"))
    reference: str = Field(validation_alias=AliasPath("entry", "reference"))
    status: Status
    recipient_name: str = Field(validation_alias=AliasPath("entry", "recipient_name"))
    address_lines: tuple[str, ...] = Field(validation_alias=AliasPath("entry", "address_lines"))
    city: str = Field(validation_alias=AliasPath("entry", "city"))
    postal_code: str | None = Field(validation_alias=AliasPath("entry", "postal_code"))
    instructions: str | None = Field(validation_alias=AliasPath("entry", "instructions"))
    barcodes: tuple[str, ...]
    scanned_barcodes: tuple[str, ...]
    parcels: tuple[DriverParcelOut, ...]
    photo: Requirement = Field(validation_alias=AliasPath("entry", "photo"))
    wishes: WishesSaid = Field(validation_alias=AliasPath("entry", "wishes"))
    signature: Requirement = Field(validation_alias=AliasPath("entry", "signature"))
    pin: Requirement = Field(validation_alias=AliasPath("entry", "pin"))
    photo_when_failed: Requirement = Field(validation_alias=AliasPath("entry", "photo_when_failed"))


class DriverStopOut(Out):
    """A stop as its driver needs it, with what is handed over there."""

    id: str
    lat_deg: float = Field(validation_alias=AliasPath("coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("coordinates", "lon_deg"))
    time_zone: str
    window: RangeOut | None
    is_done: bool
    eta: EtaOut | None
    shipments: tuple[DriverShipmentOut, ...]


class DriverRouteOut(Out):
    """The driver's own route. ``missing`` is what is planned for it and not on the van.

    ``cancelled`` is what was planned and is not delivered any more. A stop of which nothing is left
    is not among the ``stops``.
    """

    id: str
    status: RouteStatus
    plan_version: int
    service_day: date
    starts_at: Time
    started_at: Time | None
    breaks: tuple[BreakOut, ...]
    stops: tuple[DriverStopOut, ...]
    missing: tuple[MissingOut, ...]
    cancelled: tuple[CancelledOut, ...]

    @classmethod
    def of(cls, value: DriverRoute) -> Self:
        """The plan's stops, each with its ETA of now and its own shipments."""
        route, live, found = value.route, value.live, value.expected
        is_live = live.route_id == route.id
        stops = [
            DriverStopOut.joined(
                stop,
                is_done=is_live and live.progress[i].is_done,
                eta=live.etas[i] if is_live else stop.planned,
                shipments=[found[each] for each in stop.shipment_ids if each in found],
            )
            for i, stop in enumerate(route.stops)
            if any(each in found for each in stop.shipment_ids)
        ]
        return cls.joined(route, stops=stops, missing=value.missing, cancelled=value.cancelled)
