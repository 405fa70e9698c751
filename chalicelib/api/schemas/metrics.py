"""Figures on the wire. All times are seconds; numerators stand beside what is divided by them."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import AfterValidator, AliasPath, Field, model_validator

from chalicelib.domain.errors import Invalid
from chalicelib.domain.eta.accuracy import Horizon
from chalicelib.domain.ids import HubId
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.edge.queries import QueryDay, QueryId
from chalicelib.edge.schemas import Listed, ListingQuery, Out, Time, number_up_to
from chalicelib.services.learning.show_accuracy import RouteAccuracy, pooled

MOST_ROUTES: Final = 5
"""To judge a route of 150 stops with a fix each 20 s takes a function of 512 MB some 4 s of 28."""

Milliseconds = Annotated[float, AfterValidator(lambda value_s: round(value_s, 3))]
"""Seconds to three digits."""
Ratio = Annotated[float, AfterValidator(lambda ratio: round(ratio, 4))]
"""From 0 to 1, to four digits."""


class EtaAccuracyQuery(ListingQuery):
    """One route, or a page of a hub's routes of one service day."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROUTES), number_up_to(MOST_ROUTES)] = MOST_ROUTES
    service_day: QueryDay | None = None
    hub_id: QueryId | None = None
    route_id: QueryId | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        for name in sorted(self.model_fields_set - {"route_id"}):
            if self.route_id is not None:
                text = "This parameter is of no use beside route_id."
                raise Invalid(text, pointer=f"?{name}", code="unexpected")
        return self

    def day_of_hub(self) -> tuple[date, HubId]:
        """The hub and the day, if no route is named. Raises Invalid for one that is missing."""
        text = "This parameter is needed."
        if self.service_day is None:
            raise Invalid(text, pointer="?service_day", code="missing")
        if self.hub_id is None:
            raise Invalid(text, pointer="?hub_id", code="missing")
        return self.service_day, HubId(self.hub_id)


class AccuracyOut(Out):
    """How good what was told at one horizon was.

    ``count`` is the denominator of every mean and ratio; the sums of several routes or pages may be
    added up, their medians may not. A positive ``bias_s`` means that vans come earlier than told.
    """

    count: int
    covered: int
    coverage_ratio: Ratio | None
    absolute_error_sum_s: Milliseconds = Field(validation_alias="absolute_error_s")
    mean_absolute_error_s: Milliseconds | None = Field(validation_alias="mean_s")
    median_absolute_error_s: Milliseconds | None = Field(validation_alias="median_s")
    p90_absolute_error_s: Milliseconds | None = Field(validation_alias="p90_s")
    signed_error_sum_s: Milliseconds = Field(validation_alias="signed_error_s")
    bias_s: Milliseconds | None
    range_width_sum_s: Milliseconds = Field(validation_alias="width_s")
    mean_range_width_s: Milliseconds | None = Field(validation_alias="mean_width_s")


class MissOut(Out):
    """How far one ETA was off: positive when the van came earlier than told."""

    error_s: Milliseconds
    is_covered: bool
    range_width_s: Milliseconds = Field(validation_alias="width_s")


class JudgedStopOut(Out):
    """A stop that was reached. ``arrived_at`` is not before its window opened, if the van waited.

    ``misses`` are by horizon: those horizons at which something had been told.
    """

    stop_id: str
    arrived_at: Time
    misses: dict[Horizon, MissOut]


class RouteAccuracyOut(Out):
    """The figures of a route, by horizon.

    Stops left at an unknown time are counted in ``stops_unknown`` and judged nowhere.
    """

    route_id: str = Field(validation_alias=AliasPath("route", "id"))
    driver_id: str = Field(validation_alias=AliasPath("route", "driver_id"))
    hub_id: str = Field(validation_alias=AliasPath("route", "hub_id"))
    service_day: date = Field(validation_alias=AliasPath("route", "service_day"))
    status: RouteStatus = Field(validation_alias=AliasPath("route", "status"))
    started_at: Time | None = Field(validation_alias=AliasPath("route", "started_at"))
    stops_planned: int
    stops_judged: int
    stops_unknown: int
    horizons: dict[Horizon, AccuracyOut] = Field(validation_alias="accuracy")


class JudgedRouteOut(Out):
    """One route with each of its stops, in the order in which they were left."""

    route: RouteAccuracyOut
    stops: tuple[JudgedStopOut, ...]

    @classmethod
    def of(cls, value: RouteAccuracy) -> Self:
        """The route, and how each of its stops was judged."""
        stops = [
            {"stop_id": stop_id, "arrived_at": arrival.arrived_at, "misses": value.misses[stop_id]}
            for stop_id, arrival in value.reached.arrivals.items()
        ]
        return cls.model_validate({"route": value, "stops": stops})


class PooledAccuracyOut(Out):
    """The figures of all routes of a page: its stops are thrown together, not its routes' means."""

    routes: int
    stops_judged: int
    stops_unknown: int
    horizons: dict[Horizon, AccuracyOut]


class DayAccuracyOut(Out):
    """A page of a hub's routes of a day."""

    data: tuple[RouteAccuracyOut, ...]
    pooled: PooledAccuracyOut
    next_cursor: str | None

    @classmethod
    def of(cls, value: Listed) -> Self:
        """A page of RouteAccuracy, and the figures of all of it together."""
        routes = [each for each in value.data if isinstance(each, RouteAccuracy)]
        together = {
            "routes": len(routes),
            "stops_judged": sum(each.stops_judged for each in routes),
            "stops_unknown": sum(each.stops_unknown for each in routes),
            "horizons": pooled(routes),
        }
        return cls.joined(value, pooled=together)
