"""A plan lets go of shipments that somebody else has delivered: nobody drives to their doors."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.effects import PlanNow
from chalicelib.domain.driving.forecasts import planned_etas, stop_times
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.replanning import (
    in_expected_order,
    reached_stops,
    under_plan,
    with_new_etas,
)
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import without_outcome
from chalicelib.domain.routes.routes import Route, RouteStatus


def let_go(
    before: PlanNow,
    gone: Collection[ShipmentId],
    *,
    now: datetime,
    model: TravelModel,
    policy: Policy,
) -> PlanNow | None:
    """The plan without these shipments, and its ETAs; None while the van is at one of their doors.

    A route that has nothing else to do is over.
    """
    route, live = before.route, before.live
    reached = frozenset() if live is None else reached_stops(live, route)
    at_door = (stop for stop in route.stops if stop.number in reached)
    if any(key in gone for stop in at_door for key in stop.shipment_ids):
        return None
    kept = frozenset(route.listed).difference(gone)
    left = without_outcome(route if live is None else in_expected_order(live, route), kept)
    after = _with_known_legs(replace(left, plan_version=route.plan_version + 1), route)
    if live is None:
        return PlanNow(_planned(after, model, now))
    moved = under_plan(live, route, after)
    if not moved.remaining():
        return ended(after, moved, now)
    times = stop_times(after, model, now)
    return PlanNow(after, with_new_etas(moved, after, times, model=model, policy=policy))


def ended(route: Route, live: Live, now: datetime) -> PlanNow:
    """A route that is driven, with nothing of its plan left to drive."""
    done = replace(route, status=RouteStatus.COMPLETED, completed_at=now)
    return PlanNow(done, replace(live, ended_at=now))


def _planned(route: Route, model: TravelModel, now: datetime) -> Route:
    """With the ETAs of the plan; cancelled where nothing is left of it."""
    if not route.stops:
        return replace(route, status=RouteStatus.CANCELLED, completed_at=now)
    times = stop_times(route, model, route.starts_at)
    etas = planned_etas(times, model, route.starts_at, route.breaks)
    stops = (replace(stop, planned=eta) for stop, eta in zip(route.stops, etas, strict=True))
    return replace(route, stops=tuple(stops))


def _with_known_legs(route: Route, before: Route) -> Route:
    """Without the road's seconds where the stop before is another one: nobody is asked for them."""
    came_from = dict(zip(before.numbers, (-1, *before.numbers), strict=False))
    stops = (
        stop if came_from[stop.number] == place else replace(stop, road_s=None)
        for stop, place in zip(route.stops, (-1, *route.numbers), strict=False)
    )
    return replace(route, stops=tuple(stops))
