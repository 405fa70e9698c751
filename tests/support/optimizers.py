"""Optimizers of somebody else, as servers for tests: one greedy dispatcher, in each of the formats.

The formats are those of VROOM 1.15 (recorded in tests/contract/optimizers/vroom.json) and of the
API reference of OptimizeWaypoints.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.geography import Coordinates, distance_m
from tests.support.roads import Answer, Question, Tell

IsLeftOut = Callable[[int], bool]
"""Tells whether the server puts a job on no van."""


def tell_vroom(is_left_out: IsLeftOut = lambda _: False) -> Tell:
    """Each job goes to the first vehicle that has its skills, the nearest first."""

    def tell(question: Question) -> Answer:
        asked = question.body
        assert (question.method, question.path) == ("POST", "/")
        table = asked["matrices"]["car"]["durations"]
        left = {job["id"]: job for job in asked["jobs"] if not is_left_out(job["id"])}
        routes = [{"vehicle": v["id"], "steps": _visits(v, left, table)} for v in asked["vehicles"]]
        placed = {step["id"] for route in routes for step in route["steps"] if "id" in step}
        unassigned = [
            {"id": job["id"], "type": "job"} for job in asked["jobs"] if job["id"] not in placed
        ]
        used = [route for route in routes if len(route["steps"]) > 2]
        return 200, {"code": 0, "summary": {}, "unassigned": unassigned, "routes": used}

    return tell


def _visits(vehicle: Any, left: dict[int, Any], table: list[list[int]]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [{"type": "start"}]
    at = 0
    while len(steps) <= vehicle["max_tasks"]:
        fit = [job for job in left.values() if {*job.get("skills", ())} <= {*vehicle["skills"]}]
        if not fit:
            break
        job = min(fit, key=lambda each: (table[at][each["location_index"]], each["id"]))
        del left[job["id"]]
        at = job["location_index"]
        steps.append({"type": "job", "id": job["id"]})
    return [*steps, {"type": "end"}]


def tell_amazon(is_impeding: IsLeftOut = lambda _: False) -> Tell:
    """The nearest waypoint next, as the crow flies."""

    def tell(question: Question) -> Answer:
        asked = question.body
        assert (question.method, question.path) == ("POST", "/v2/optimize-waypoints")
        at, left = asked["Origin"], list(asked["Waypoints"])
        visited = [{"Id": "Origin", "Position": at, "DepartureTime": asked["DepartureTime"]}]
        while left:
            following = min(left, key=lambda each: (_way_m(at, each["Position"]), each["Id"]))
            left.remove(following)
            at = following["Position"]
            visited.append(
                {
                    "Id": following["Id"],
                    "Position": at,
                    "DepartureTime": asked["DepartureTime"],
                    "ArrivalTime": asked["DepartureTime"],
                }
            )
        impeding = [
            {"Id": each["Id"], "Position": each["Position"], "FailedConstraints": []}
            for each in asked["Waypoints"]
            if is_impeding(int(each["Id"]))
        ]
        return 200, {
            "Connections": [],
            "Distance": 0,
            "Duration": 0,
            "ImpedingWaypoints": impeding,
            "OptimizedWaypoints": visited,
            "TimeBreakdown": {},
        }

    return tell


def _way_m(a: list[float], b: list[float]) -> float:
    return distance_m(Coordinates(a[1], a[0]), Coordinates(b[1], b[0]))
