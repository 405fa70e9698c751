"""VROOM over HTTP: the operator's own vroom-express (VROOM ``docs/API.md``, version 1.15).

VROOM gets the learnt travel times as its matrix, so it needs no road network of its own. All
windows are hard for it. Jobs of a van that it leaves out are inserted afterwards where they break
least.
"""

import math
import time
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any, Final

from chalicelib.adapters.road_networks.servers import Answer, RoutingServer
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.planning.completion import completed
from chalicelib.domain.planning.problems import Job, Problem, Solution, VanDay
from chalicelib.domain.planning.suggestions import Optimizer

DEADLINE_S: Final = 12.0
"""A dispatcher is waiting, and the function has 28 s in all. VROOM takes a second for 250 jobs."""
NO_END_S: Final = 10 * 86_400
OWN: Final = 100
"""The highest priority of VROOM: jobs of a van are left out last."""


class Vroom:
    """The port ``RouteOptimizer`` on a server whose address takes problems by POST at its root."""

    name = Optimizer.VROOM

    def __init__(self, server: RoutingServer, *, deadline_s: float = DEADLINE_S) -> None:
        self._server = server
        self._deadline_s = deadline_s

    def solve(self, problem: Problem) -> Solution:
        """One request. Raises Unavailable for any fault."""
        ends_at = time.monotonic() + self._deadline_s
        try:
            answer = self._server.post("/", question(problem), ends_at)
            return completed(problem, _orders(problem, _routes(answer)))
        except (OSError, HTTPException, ValueError, RecursionError) as exc:
            raise Unavailable(dependency="vroom") from exc


def question(problem: Problem) -> dict[str, Any]:
    """The request, in whole seconds after the first van leaves."""
    base_s = min(van.starts_s for van in problem.vans)
    return {
        "vehicles": [_vehicle(i, van, base_s) for i, van in enumerate(problem.vans)],
        "jobs": [
            _job(i, job, base_s) for i, job in enumerate(problem.jobs) if _is_open(job, base_s)
        ],
        "matrices": {
            "car": {
                "durations": [[math.ceil(seconds) for seconds in row] for row in problem.travel_s]
            }
        },
    }


def _is_open(job: Job, base_s: float) -> bool:
    """A window that closes before any van leaves cannot be told: VROOM has no time below 0."""
    return job.closes_s >= base_s


def _vehicle(number: int, van: VanDay, base_s: float) -> dict[str, Any]:
    begins_s = math.ceil(van.starts_s - base_s)
    told: dict[str, Any] = {
        "id": number,
        "start_index": 0,
        "end_index": 0,
        "skills": [number + 1],
        "max_tasks": max(van.most_stops, len(van.order)),
        "time_window": [begins_s, max(begins_s, _until(van.ends_s, base_s))],
    }
    if van.breaks:
        told["breaks"] = [
            {
                "id": i,
                "service": math.ceil(rest.left_s),
                "time_windows": [_span(rest.earliest_s, rest.latest_s, base_s)],
            }
            for i, rest in enumerate(van.breaks)
        ]
    return told


def _job(number: int, job: Job, base_s: float) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": number,
        "location_index": number + 1,
        "service": math.ceil(job.service_s),
    }
    if math.isfinite(job.opens_s) or math.isfinite(job.closes_s):
        told["time_windows"] = [_span(job.opens_s, job.closes_s, base_s)]
    if job.van is not None:
        told |= {"skills": [job.van + 1], "priority": OWN}
    return told


def _span(from_s: float, until_s: float, base_s: float) -> list[int]:
    begins_s = math.ceil(max(from_s - base_s, 0.0))
    return [begins_s, max(begins_s, _until(until_s, base_s))]


def _until(at_s: float, base_s: float) -> int:
    return math.floor(min(at_s - base_s, NO_END_S))


def _routes(answer: Answer) -> Sequence[object]:
    match answer:
        case Answer(200, {"code": 0, "routes": list() as routes}):
            return routes
        case Answer(status, _):
            msg = f"VROOM answered {status} without routes."
            raise ValueError(msg)


def _orders(problem: Problem, routes: Sequence[object]) -> list[list[int]]:
    """The jobs of each van. Raises ValueError for an answer of another shape."""
    orders: list[list[int]] = [[] for _ in problem.vans]
    seen: set[int] = set()
    for route in routes:
        match route:
            case {"vehicle": int(van), "steps": list() as steps} if 0 <= van < len(orders):
                found = [job for step in steps for job in _job_of(step)]
            case _:
                msg = "A route of the answer has no vehicle or no steps."
                raise ValueError(msg)
        for job in found:
            if not 0 <= job < len(problem.jobs) or job in seen:
                msg = "A job of the answer is unknown, or comes twice."
                raise ValueError(msg)
            seen.add(job)
        orders[van] += found
    return orders


def _job_of(step: object) -> tuple[int, ...]:
    """The job of a step; nothing for the start, a break and the end."""
    match step:
        case {"type": "job", "id": int(job)} if not isinstance(job, bool):
            return (job,)
        case {"type": "start" | "break" | "end"}:
            return ()
        case _:
            msg = "A step of the answer is of no kind that we asked for."
            raise ValueError(msg)
