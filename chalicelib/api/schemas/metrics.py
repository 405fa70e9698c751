"""Figures on the wire. All times are seconds; numerators stand beside what is divided by them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from chalicelib.api.schemas.values import Schema
from chalicelib.domain.eta.accuracy import Accuracy, Horizon, Miss
from chalicelib.domain.ids import StopId
from chalicelib.services.learning.show_accuracy import RouteAccuracy, pooled

MILLISECOND_DIGITS: Final = 3


class AccuracyOut(Schema):
    """How good what was told at one horizon was.

    ``count`` is the denominator of every mean and ratio; the sums of several routes or pages may be
    added up, their medians may not. A positive ``bias_s`` means that vans come earlier than told.
    """

    count: int
    covered: int
    coverage_ratio: float | None
    absolute_error_sum_s: float
    mean_absolute_error_s: float | None
    median_absolute_error_s: float | None
    p90_absolute_error_s: float | None
    signed_error_sum_s: float
    bias_s: float | None
    range_width_sum_s: float
    mean_range_width_s: float | None

    @classmethod
    def of(cls, accuracy: Accuracy) -> "AccuracyOut":
        """From the domain."""
        return cls(
            count=accuracy.count,
            covered=accuracy.covered,
            coverage_ratio=_rounded(accuracy.coverage_ratio, 4),
            absolute_error_sum_s=round(accuracy.absolute_error_s, MILLISECOND_DIGITS),
            mean_absolute_error_s=_rounded(accuracy.mean_s),
            median_absolute_error_s=_rounded(accuracy.median_s),
            p90_absolute_error_s=_rounded(accuracy.p90_s),
            signed_error_sum_s=round(accuracy.signed_error_s, MILLISECOND_DIGITS),
            bias_s=_rounded(accuracy.bias_s),
            range_width_sum_s=round(accuracy.width_s, MILLISECOND_DIGITS),
            mean_range_width_s=_rounded(accuracy.mean_width_s),
        )


class MissOut(Schema):
    """How far one ETA was off: positive when the van came earlier than told."""

    error_s: float
    is_covered: bool
    range_width_s: float

    @classmethod
    def of(cls, miss: Miss) -> "MissOut":
        """From the domain."""
        return cls(
            error_s=round(miss.error_s, MILLISECOND_DIGITS),
            is_covered=miss.is_covered,
            range_width_s=round(miss.width_s, MILLISECOND_DIGITS),
        )


class JudgedStopOut(Schema):
    """A stop that was reached. ``arrived_at`` is not before its window opened, if the van waited.

    ``misses`` are by horizon: those horizons at which something had been told.
    """

    stop_id: str
    arrived_at: datetime
    misses: dict[str, MissOut]

    @classmethod
    def of(
        cls, stop_id: StopId, arrived_at: datetime, misses: Mapping[Horizon, Miss]
    ) -> "JudgedStopOut":
        """From the domain."""
        by_horizon = {horizon.value: MissOut.of(miss) for horizon, miss in misses.items()}
        return cls(stop_id=stop_id, arrived_at=arrived_at, misses=by_horizon)


class RouteAccuracyOut(Schema):
    """The figures of a route, by horizon.

    Stops left at an unknown time are counted in ``stops_unknown`` and judged nowhere.
    """

    route_id: str
    driver_id: str
    hub_id: str
    service_day: date
    status: str
    started_at: datetime | None
    stops_planned: int
    stops_judged: int
    stops_unknown: int
    horizons: dict[str, AccuracyOut]

    @classmethod
    def of(cls, found: RouteAccuracy) -> "RouteAccuracyOut":
        """From the domain."""
        route = found.route
        return cls(
            route_id=route.id,
            driver_id=route.driver_id,
            hub_id=route.hub_id,
            service_day=route.service_day,
            status=route.status.value,
            started_at=route.started_at,
            stops_planned=len(route.stops),
            stops_judged=len(found.reached.arrivals),
            stops_unknown=len(found.reached.unknown),
            horizons=_by_horizon(found.accuracy),
        )


class JudgedRouteOut(Schema):
    """One route with each of its stops, in the order in which they were left."""

    route: RouteAccuracyOut
    stops: tuple[JudgedStopOut, ...]

    @classmethod
    def of(cls, found: RouteAccuracy) -> "JudgedRouteOut":
        """From the domain."""
        return cls(
            route=RouteAccuracyOut.of(found),
            stops=tuple(
                JudgedStopOut.of(stop_id, arrival.arrived_at, found.misses[stop_id])
                for stop_id, arrival in found.reached.arrivals.items()
            ),
        )


class PooledAccuracyOut(Schema):
    """The figures of all routes of a page: its stops are thrown together, not its routes' means."""

    routes: int
    stops_judged: int
    stops_unknown: int
    horizons: dict[str, AccuracyOut]


class DayAccuracyOut(Schema):
    """A page of a hub's routes of a day."""

    data: tuple[RouteAccuracyOut, ...]
    pooled: PooledAccuracyOut
    next_cursor: str | None

    @classmethod
    def of(cls, routes: tuple[RouteAccuracy, ...], next_cursor: str | None) -> "DayAccuracyOut":
        """From the domain."""
        return cls(
            data=tuple(map(RouteAccuracyOut.of, routes)),
            pooled=PooledAccuracyOut(
                routes=len(routes),
                stops_judged=sum(len(each.reached.arrivals) for each in routes),
                stops_unknown=sum(len(each.reached.unknown) for each in routes),
                horizons=_by_horizon(pooled(routes)),
            ),
            next_cursor=next_cursor,
        )


def _by_horizon(accuracy: Mapping[Horizon, Accuracy]) -> dict[str, AccuracyOut]:
    return {horizon.value: AccuracyOut.of(accuracy[horizon]) for horizon in Horizon}


def _rounded(value: float | None, digits: int = MILLISECOND_DIGITS) -> float | None:
    return None if value is None else round(value, digits)
