"""Amazon Location Routes: ``OptimizeWaypoints`` (geo-routes, version 2), one van a request.

Limits (Developer Guide, "Routes Quota and Usage"): 50 waypoints, 20 of them where any has access
hours or a service time; 100 km along great circles in the order that is sent, so we send a good
one; 500 km round the box that holds all of them. The service puts no jobs on several vans, and
knows no end of a shift and no span of a break. What lies beyond is Unsuited.
"""

import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import client
from chalicelib.adapters.webhooks.deadlines import within
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import KM_M, Coordinates, distance_m
from chalicelib.domain.planning.completion import completed
from chalicelib.domain.planning.problems import Job, Problem, Solution, Unsuited
from chalicelib.domain.planning.search import solve
from chalicelib.domain.planning.suggestions import Optimizer

DEADLINE_S: Final = 12.0
"""For all vans. A dispatcher is waiting, and the function has 28 s in all."""
MOST_WAYPOINTS: Final = 50
MOST_CONSTRAINED: Final = 20
MOST_WAY_M: Final = 100 * KM_M
MOST_PERIMETER_M: Final = 500 * KM_M
FIRST_STEPS: Final = 100_000
"""Enough for an order that is short enough to be sent."""
WEEK_S: Final = 7 * 86_400
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class AmazonLocation:
    """The port ``RouteOptimizer``. The region of the deployment must offer the service."""

    name = Optimizer.AMAZON_LOCATION

    def __init__(self, *, deadline_s: float = DEADLINE_S) -> None:
        self._client = client("geo-routes", total_attempts=1)
        self._deadline_s = deadline_s

    def solve(self, problem: Problem) -> Solution:
        """One request for each van with two stops or more.

        Raises Unsuited beyond the limits, and Unavailable for any fault, also when AWS denies the
        request or finds a way to some stop impossible.
        """
        is_choosing = any(job.van is None for job in problem.jobs)
        if is_choosing and len(problem.vans) > 1:
            msg = "Amazon Location puts no stops on several vans."
            raise Unsuited(msg)
        if is_choosing and len(problem.jobs) > problem.vans[0].most_stops:
            msg = "Amazon Location leaves no stops out."
            raise Unsuited(msg)
        first = solve(problem, most_steps=FIRST_STEPS)
        orders = [
            [*order, *(first.left if len(problem.vans) == 1 else ())] for order in first.orders
        ]
        questions = [_question(problem, van, order) for van, order in enumerate(orders)]
        ends_at = time.monotonic() + self._deadline_s
        try:
            found = [
                order if question is None else self._ask(question, order, ends_at)
                for question, order in zip(questions, orders, strict=True)
            ]
            return completed(problem, found)
        except (BotoCoreError, ClientError, OSError, ValueError) as exc:
            raise Unavailable(dependency="amazon_location") from exc

    def _ask(self, question: dict[str, Any], order: Sequence[int], ends_at: float) -> list[int]:
        answer = within(ends_at, lambda: self._client.optimize_waypoints(**question))
        match answer:
            case {"ImpedingWaypoints": [], "OptimizedWaypoints": list() as visited}:
                return _jobs(visited, order)
            case _:
                msg = "The answer has no order of all waypoints."
                raise ValueError(msg)


def _question(problem: Problem, van: int, order: Sequence[int]) -> dict[str, Any] | None:
    """The request; None where there is nothing to be put in order. Raises Unsuited."""
    if len(order) <= 1:
        return None
    jobs = [problem.jobs[job] for job in order]
    is_constrained = any(map(_has_window, jobs))
    most = MOST_CONSTRAINED if is_constrained else MOST_WAYPOINTS
    if len(order) > most:
        msg = f"Amazon Location orders at most {most} such stops."
        raise Unsuited(msg)
    hub = problem.places[0]
    _require_near([hub, *(problem.places[job + 1] for job in order), hub])
    return {
        "Origin": [hub.lon_deg, hub.lat_deg],
        "Destination": [hub.lon_deg, hub.lat_deg],
        "Waypoints": [
            _waypoint(number, problem.jobs[number], problem.places[number + 1], is_constrained)
            for number in order
        ],
        "DepartureTime": _written(problem.vans[van].starts_s),
        "OptimizeSequencingFor": "FastestRoute",
        "Traffic": {"Usage": "IgnoreTrafficData"},
        "TravelMode": "Car",
    }


def _require_near(way: Sequence[Coordinates]) -> None:
    """Raises Unsuited for stops too far apart."""
    length_m = sum(map(distance_m, way[:-1], way[1:]))
    lats, lons = [place.lat_deg for place in way], [place.lon_deg for place in way]
    corner = Coordinates(min(lats), min(lons))
    height_m = distance_m(corner, Coordinates(max(lats), min(lons)))
    width_m = distance_m(corner, Coordinates(min(lats), max(lons)))
    if length_m > MOST_WAY_M or 2.0 * (height_m + width_m) > MOST_PERIMETER_M:
        msg = "The stops lie farther apart than Amazon Location orders them."
        raise Unsuited(msg)


def _waypoint(number: int, job: Job, place: Coordinates, is_constrained: bool) -> dict[str, Any]:  # noqa: FBT001
    told: dict[str, Any] = {"Id": str(number), "Position": [place.lon_deg, place.lat_deg]}
    if is_constrained:
        told["ServiceDuration"] = round(job.service_s)
    if _has_window(job):
        told["AccessHours"] = {"From": _hour(job.opens_s), "To": _hour(job.closes_s)}
    return told


def _has_window(job: Job) -> bool:
    """Access hours come again each week: a window as long as that says nothing."""
    return math.isfinite(job.opens_s) and job.closes_s - job.opens_s < WEEK_S


def _hour(at_s: float) -> dict[str, str]:
    at = datetime.fromtimestamp(at_s, UTC)
    return {"DayOfWeek": DAYS[at.weekday()], "TimeOfDay": f"{at:%H:%M:%S}Z"}


def _written(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%S}Z"


def _jobs(visited: Sequence[object], order: Sequence[int]) -> list[int]:
    """The jobs in the order of the answer. It names origin and destination, too."""
    known = {str(job): job for job in order}
    found: list[int] = []
    for each in visited:
        match each:
            case {"Id": str(name)}:
                found += [known[name]] if name in known else []
            case _:
                msg = "A waypoint of the answer has no name."
                raise ValueError(msg)
    if sorted(found) != sorted(order):
        msg = "The answer leaves waypoints out, or repeats one."
        raise ValueError(msg)
    return found
