"""From routes and stops to a problem, and from its solution back to routes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from chalicelib.domain.eta.chain import BreakAhead
from chalicelib.domain.eta.model import TravelModel, Visit
from chalicelib.domain.planning.problems import HUB, Job, Problem, Solution, VanDay
from chalicelib.domain.planning.suggestions import Unplaceable
from chalicelib.domain.planning.travel import travel_times_s
from chalicelib.domain.routes.routes import Route, Stop

MARGIN_S: Final = 120.0
"""A stop is planned this much before its window ends, where the window is long enough. Times change
with the hour, and an order that fits to the second would break on the way."""


class Draft(NamedTuple):
    """A van's plan as it is, the end of its driver's shift, and how many stops it may have."""

    route: Route
    ends_at: datetime | None
    most_stops: int


def problem_of(drafts: Sequence[Draft], free: Sequence[Stop], model: TravelModel) -> Problem:
    """The jobs are the stops of each plan in their order, and then those of no van."""
    jobs: list[Job] = []
    days: list[VanDay] = []
    stops: list[Stop] = []
    for van, draft in enumerate(drafts):
        begin = len(stops)
        stops += draft.route.stops
        jobs += _jobs(draft.route.stops, model, draft.route, van)
        days.append(_day(draft, tuple(range(begin, len(stops)))))
    first = drafts[0].route
    jobs += _jobs(free, model, first, None)
    stops += free
    places = (first.hub_coordinates, *(stop.coordinates for stop in stops))
    travel_s = travel_times_s(
        places,
        model,
        at=first.starts_at,
        time_zone=stops[0].time_zone if stops else "UTC",
        driver_id=first.driver_id if len(drafts) == 1 else None,
    )
    return Problem(places, tuple(jobs), tuple(days), travel_s)


def routes_of(drafts: Sequence[Draft], free: Sequence[Stop], solution: Solution) -> list[Route]:
    """The routes in the order of the solution. New stops are numbered after those of the plan."""
    stops = [stop for draft in drafts for stop in draft.route.stops] + list(free)
    own = len(stops) - len(free)
    found: list[Route] = []
    for draft, order in zip(drafts, solution.orders, strict=True):
        number = max(draft.route.indexes_by_number, default=-1)
        ordered: list[Stop] = []
        for job in order:
            number += job >= own
            ordered.append(replace(stops[job], number=number) if job >= own else stops[job])
        found.append(replace(draft.route, stops=tuple(ordered)))
    return found


def reason_left(problem: Problem, job: int) -> Unplaceable:
    """Why no van makes a job: not even in time straight from the hub, or with all else to do."""
    closes_s, way_s = problem.jobs[job].closes_s, problem.travel_s[HUB][job + 1]
    if all(van.starts_s + way_s > closes_s for van in problem.vans):
        return Unplaceable.WINDOW_OUT_OF_REACH
    return Unplaceable.NO_TIME_LEFT


def _jobs(
    stops: Iterable[Stop], model: TravelModel, route: Route, van: int | None
) -> Iterable[Job]:
    for stop in stops:
        service = model.dwell(
            Visit(
                parcels=stop.parcel_count,
                service_time_s=stop.service_time_s,
                place=stop.coordinates,
                driver=None if van is None else route.driver_id,
                time_zone=stop.time_zone,
            ),
            route.starts_at,
        )
        if stop.window is None:
            yield Job(service.mean_s, van=van)
            continue
        opens_s, closes_s = stop.window.earliest.timestamp(), stop.window.latest.timestamp()
        margin_s = min(MARGIN_S, (closes_s - opens_s) / 2.0)
        yield Job(service.mean_s, opens_s, closes_s - margin_s, van)


def _day(draft: Draft, order: tuple[int, ...]) -> VanDay:
    breaks = tuple(
        BreakAhead(rest.earliest.timestamp(), rest.latest.timestamp(), rest.duration_s)
        for rest in draft.route.breaks
    )
    starts_s = draft.route.starts_at.timestamp()
    if draft.ends_at is None:
        return VanDay(starts_s, breaks=breaks, most_stops=draft.most_stops, order=order)
    return VanDay(starts_s, draft.ends_at.timestamp(), breaks, draft.most_stops, order)
