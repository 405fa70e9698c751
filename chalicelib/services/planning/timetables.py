"""The times of a suggested route: those that the plan itself would have."""

import math
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from chalicelib.domain.driving.breaks import breaks_ahead
from chalicelib.domain.driving.forecasts import planned_etas, stop_times
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.model import Leg, TravelModel
from chalicelib.domain.geography import distance_m
from chalicelib.domain.planning.suggestions import SuggestedRoute, SuggestedStop, Totals
from chalicelib.domain.planning.timings import Visited, timing
from chalicelib.domain.routes.routes import Route
from chalicelib.services.planning.vans import NOBODY, Van


def timetable(
    route: Route, van: Van, model: TravelModel
) -> tuple[tuple[SuggestedStop, ...], Totals]:
    """The stops of a route with their planned arrivals, and what its day is made of."""
    times = stop_times(route, model, route.starts_at)
    etas = planned_etas(times, model, route.starts_at, route.breaks)
    ends_at = van.asked.ends_at
    starts_s = route.starts_at.timestamp()
    found = timing(
        [_visited(each) for each in times],
        starts_s=starts_s,
        back_s=_back_s(route, model),
        ends_s=math.inf if ends_at is None else ends_at.timestamp(),
        breaks=breaks_ahead(route.breaks, route.starts_at),
    )
    totals = Totals.of(
        found, stops=len(route.stops), starts_s=starts_s, distance_m=_distance_m(route)
    )
    stops = tuple(
        SuggestedStop(stop, eta, stop.id in van.planned)
        for stop, eta in zip(route.stops, etas, strict=True)
    )
    return stops, replace(totals, broken_windows=sum(stop.breaks_window for stop in stops))


def suggested(van: Van, route: Route, model: TravelModel, before: Totals) -> SuggestedRoute:
    """The route as it is shown."""
    stops, after = timetable(route, van, model)
    return SuggestedRoute(
        route_id=van.asked.route_id,
        driver_id=None if route.driver_id == NOBODY else route.driver_id,
        starts_at=route.starts_at,
        ends_at=van.asked.ends_at,
        back_at=route.starts_at + timedelta(seconds=round(after.duration_s)),
        breaks=route.breaks,
        stops=stops,
        before=before,
        after=after,
    )


def _visited(times: StopTimes) -> Visited:
    window = times.window
    opens_s = -math.inf if window is None else window.earliest.timestamp()
    closes_s = math.inf if window is None else window.latest.timestamp()
    return Visited(times.travel.mean_s, times.dwell.mean_s, opens_s, closes_s)


def _back_s(route: Route, model: TravelModel) -> float:
    """The way from the last stop to the hub. It is not in the plan, so no road network knows it."""
    if not route.stops:
        return 0.0
    last = route.stops[-1]
    leg = Leg(
        distance_m(last.coordinates, route.hub_coordinates),
        origin=last.coordinates,
        destination=route.hub_coordinates,
        driver=route.driver_id,
        time_zone=last.time_zone,
    )
    return model.leg(leg, route.starts_at).mean_s


def _distance_m(route: Route) -> float:
    """From the hub over all stops and back."""
    if not route.stops:
        return 0.0
    return sum(distance_m(a, b) for a, b in pairwise((*route.places, route.hub_coordinates)))
