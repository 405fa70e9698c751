"""Suggested routes on the wire."""

from datetime import date
from typing import Annotated, Self

from pydantic import AliasPath, Field, model_validator

from chalicelib.api.schemas.routes import BreakIn, BreakOut, VisitIn
from chalicelib.api.schemas.values import Day, EtaOut, Id, Instant, RangeOut
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId
from chalicelib.domain.planning.suggestions import (
    MAX_SUGGESTED_SHIPMENTS,
    MAX_VANS,
    AskedVan,
    Failover,
    Optimizer,
    Question,
    Unplaceable,
)
from chalicelib.domain.routes.new_routes import MAX_STOPS, PlannedVisit
from chalicelib.domain.routes.routes import Break
from chalicelib.edge.schemas import Maybe, Out, Schema, Time
from chalicelib.edge.sentences import misfit

OF_A_NEW_VAN = ("driver_id", "starts_at", "breaks")


class VanIn(Schema):
    """A van: a planned route by its ``route_id``, or a new one with the time when it leaves.

    ``stops`` stay on it, behind those of its route. ``ends_at`` is the end of its driver's shift.
    """

    route_id: Maybe[Id] = None
    driver_id: Maybe[Id] = None
    starts_at: Maybe[Instant] = None
    ends_at: Maybe[Instant] = None
    breaks: Annotated[tuple[BreakIn, ...], Field(max_length=5)] = ()
    stops: Annotated[tuple[VisitIn, ...], Field(max_length=MAX_STOPS)] = ()
    max_stops: Annotated[int, Field(ge=1, le=MAX_STOPS)] = MAX_STOPS

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.route_id is None:
            if self.starts_at is None:
                words = "A van without a route needs the time when it leaves."
                raise misfit(("starts_at",), "missing", words)
            return self
        for name in OF_A_NEW_VAN:
            if name in self.model_fields_set:
                words = "A planned route has this already. Leave it out, or edit the route."
                raise misfit((name,), "unexpected", words)
        return self

    def to_domain(self) -> AskedVan:
        """The van as it is asked for."""
        return AskedVan(
            route_id=None if self.route_id is None else RouteId(self.route_id),
            driver_id=None if self.driver_id is None else DriverId(self.driver_id),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            breaks=tuple(Break(b.earliest, b.latest, b.duration_s) for b in self.breaks),
            visits=tuple(
                PlannedVisit(tuple(map(ShipmentId, stop.shipment_ids)), stop.service_time_s)
                for stop in self.stops
            ),
            most_stops=self.max_stops,
        )


class SuggestionIn(Schema):
    """A day of a hub, its vans, and what is to be put on any of them.

    That is ``shipment_ids``, or with ``all_unassigned`` all that are wanted that day, or on no day,
    and are on no route. ``keep_order`` moves nothing and tells the times.
    """

    hub_id: Id
    service_day: Day
    vans: Annotated[tuple[VanIn, ...], Field(min_length=1, max_length=MAX_VANS)]
    shipment_ids: Annotated[tuple[Id, ...], Field(max_length=MAX_SUGGESTED_SHIPMENTS)] = ()
    all_unassigned: bool = False
    keep_order: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.all_unassigned and self.shipment_ids:
            words = "Give either shipment_ids or all_unassigned, and not both."
            raise misfit(("shipment_ids",), "one_of_both", words)
        if self.keep_order and (self.all_unassigned or self.shipment_ids):
            words = "With keep_order name all shipments in the stops of a van."
            raise misfit(("keep_order",), "unexpected", words)
        return self

    def to_domain(self) -> Question:
        """The question."""
        named = tuple(map(ShipmentId, self.shipment_ids))
        return Question(
            hub_id=HubId(self.hub_id),
            service_day=self.service_day,
            vans=tuple(van.to_domain() for van in self.vans),
            shipment_ids=None if self.all_unassigned else named,
            keeps_order=self.keep_order,
        )


class SuggestedStopOut(Out):
    """A stop in its place of the suggested order.

    ``stop_id`` is that of a stop of a planned route; None for one that is not planned yet.
    """

    stop_id: str | None
    shipment_ids: tuple[str, ...] = Field(validation_alias=AliasPath("stop", "shipment_ids"))
    lat_deg: float = Field(validation_alias=AliasPath("stop", "coordinates", "lat_deg"))
    lon_deg: float = Field(validation_alias=AliasPath("stop", "coordinates", "lon_deg"))
    time_zone: str = Field(validation_alias=AliasPath("stop", "time_zone"))
    window: RangeOut | None = Field(validation_alias=AliasPath("stop", "window"))
    service_time_s: float | None = Field(validation_alias=AliasPath("stop", "service_time_s"))
    planned_arrival: EtaOut = Field(validation_alias="planned")
    breaks_window: bool
    may_break_window: bool


class TotalsOut(Out):
    """What the days of vans are made of, from the hub and back to it."""

    stops: int
    duration_s: float
    driving_s: float
    service_s: float
    waiting_s: float
    break_s: float
    distance_m: float
    broken_windows: int


class SuggestedRouteOut(Out):
    """A van's day as suggested. ``before`` is its own stops as they are now."""

    route_id: str | None
    driver_id: str | None
    starts_at: Time
    ends_at: Time | None
    back_at: Time
    is_over_time: bool
    breaks: tuple[BreakOut, ...]
    stops: tuple[SuggestedStopOut, ...]
    before: TotalsOut
    after: TotalsOut


class UnplacedOut(Out):
    """A shipment that is on none of the suggested routes, and why."""

    shipment_id: str
    reason: Unplaceable


class SuggestionOut(Out):
    """Suggested routes: nothing is written.

    ``optimizer`` found the order; None where nothing was to be moved. ``failover`` says why that is
    the built-in one in place of the one that is set.
    """

    hub_id: str
    service_day: date
    optimizer: Optimizer | None
    failover: Failover | None
    routes: tuple[SuggestedRouteOut, ...]
    unplaced: tuple[UnplacedOut, ...]
    before: TotalsOut
    after: TotalsOut
