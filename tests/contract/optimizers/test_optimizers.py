"""Optimizers: each gives every job once, keeps a van's jobs on it, and breaks no window for others.

The answers in vroom.json were given by VROOM 1.15.0 (of the package pyvroom on PyPI, the engine
behind vroom-express); `record.py` beside them asks anew. Amazon Location has not been tried on AWS:
its server here was written after the API reference.
"""

import json
import time
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.adapters.optimizers.vroom import question
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.planning.problems import Job, Problem, Unsuited, VanDay, require_complete
from tests.contract.optimizers.optimizers import (
    AMAZON,
    BUILT_IN,
    HOUR_S,
    KINDS,
    QUESTIONS,
    START_S,
    VROOM,
    Kind,
    street,
    with_day,
    with_windows,
)
from tests.support.receivers import RUDE, Receiver
from tests.support.roads import Answer, Question, road_server

RECORDED: Final = json.loads(Path(__file__).with_name("vroom.json").read_text("utf-8"))
DEADLINE_S: Final = 0.4
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.name)


def solved(kind: Kind, problem: Problem, **how: Any) -> Any:
    """The answer; of a server with one that answers as told."""
    if kind.tell is None:
        with kind.open() as optimizer:
            return optimizer.solve(problem)
    with road_server(kind.tell(**how)) as server, kind.open(server.url) as optimizer:
        return optimizer.solve(problem)


def is_late(problem: Problem, order: tuple[int, ...], job: int) -> bool:
    """Whether a van that leaves at the start reaches the job too late."""
    at_s, place = START_S, 0
    for each in order:
        at_s += problem.travel_s[place][each + 1]
        if each == job:
            return at_s > problem.jobs[job].closes_s
        at_s = max(at_s, problem.jobs[each].opens_s) + problem.jobs[each].service_s
        place = each + 1
    return False


# ---------------------------------------------------------------- what all of them do


@every_kind
@pytest.mark.parametrize(
    "problem", [street(), street(1), street(2, 1, van=0), street(3, 1, 2)], ids=range(4)
)
def test_every_job_is_in_the_answer_once(kind: Kind, problem: Problem) -> None:
    solution = solved(kind, problem)

    require_complete(problem, solution)
    assert solution.left == ()


@every_kind
def test_a_job_stays_on_its_van(kind: Kind) -> None:
    problem = street(1, 2, 3, 4, vans=2)
    jobs = tuple(job._replace(van=i % 2) for i, job in enumerate(problem.jobs))
    problem = Problem(problem.places, jobs, problem.vans, problem.travel_s)

    solution = solved(kind, problem)

    assert [sorted(order) for order in solution.orders] == [[0, 2], [1, 3]]


@every_kind
def test_a_window_that_nobody_can_keep_leaves_a_job_out_unless_it_is_a_vans(kind: Kind) -> None:
    windows = (None, (0.0, 60.0))
    free = with_windows(street(1, 5), *windows)
    own = with_windows(street(1, 5, van=0), *windows)

    assert solved(kind, free).left == (1,)
    assert sorted(solved(kind, own).orders[0]) == [0, 1]


@every_kind
def test_no_window_breaks_for_a_job_that_may_stay_out(kind: Kind) -> None:
    problem = with_windows(street(1, 2, 3, 4), None, (0.0, 250.0), (0.0, 350.0), (900.0, 950.0))

    solution = solved(kind, problem)

    (order,) = solution.orders
    assert not any(is_late(problem, order, job) for job in order)


@every_kind
def test_a_shift_that_is_too_short_leaves_jobs_out(kind: Kind) -> None:
    problem = with_day(street(1, 2, 3, 10), ends_s=START_S + 900.0)

    solution = solved(kind, problem)

    assert 3 in solution.left
    assert {0, 1} <= set(solution.orders[0])


@every_kind
def test_a_van_has_no_more_stops_than_it_may(kind: Kind) -> None:
    problem = with_day(street(1, 2, 3), most_stops=2)

    if kind is AMAZON:
        with pytest.raises(Unsuited):
            solved(kind, problem)
        return
    assert len(solved(kind, problem).orders[0]) == 2


# ---------------------------------------------------------------- VROOM


@pytest.mark.parametrize("title", QUESTIONS)
def test_recorded_answers_of_vroom_are_understood(title: str) -> None:
    conversation = RECORDED["conversations"][title]

    def tell(asked: Question) -> Answer:
        assert asked.body == conversation["question"]
        return 200, conversation["answer"]

    with road_server(tell) as server, VROOM.open(server.url) as optimizer:
        solution = optimizer.solve(QUESTIONS[title])

    require_complete(QUESTIONS[title], solution)
    told = {
        route["vehicle"]: tuple(step["id"] for step in route["steps"] if step["type"] == "job")
        for route in conversation["answer"]["routes"]
    }
    if title == "a window that nobody can keep":  # the van's own job comes in again
        assert sorted(solution.orders[0]) == [0, 1]
    else:
        assert dict(enumerate(solution.orders)) == {0: (), **told} | {
            van: () for van in range(len(solution.orders)) if van not in told
        }


def test_what_vroom_leaves_out_of_a_vans_jobs_is_inserted_where_it_costs_least() -> None:
    solution = solved(VROOM, street(1, 2, 3, van=0), is_left_out=lambda job: job == 1)

    assert solution.orders[0] in {(0, 1, 2), (1, 0, 2), (0, 2, 1)}


def test_vroom_is_told_hours_breaks_and_windows_in_whole_seconds_from_the_start() -> None:
    asked = question(QUESTIONS["a break and the end of a shift"])

    (vehicle,) = asked["vehicles"]
    assert vehicle["time_window"] == [0, 1_200]
    assert vehicle["breaks"] == [{"id": 0, "service": 300, "time_windows": [[200, 900]]}]
    first_row = asked["matrices"]["car"]["durations"][0]
    assert first_row == pytest.approx([0, 100, 200, 300], abs=1)
    assert all(isinstance(seconds, int) for seconds in first_row)


ROUTES: Final[dict[str, Any]] = {
    "no routes": None,
    "no steps": [{"vehicle": 0}],
    "an unknown vehicle": [{"vehicle": 7, "steps": []}],
    "an unknown job": [{"vehicle": 0, "steps": [{"type": "job", "id": 99}]}],
    "a job twice": [{"vehicle": 0, "steps": [{"type": "job", "id": 0}] * 2}],
    "a job with a text": [{"vehicle": 0, "steps": [{"type": "job", "id": "0"}]}],
    "a job that is true": [{"vehicle": 0, "steps": [{"type": "job", "id": True}]}],
    "a step without a kind": [{"vehicle": 0, "steps": [{"id": 0}]}],
    "a step that is none": [{"vehicle": 0, "steps": [7]}],
    "the job of another van": [{"vehicle": 1, "steps": [{"type": "job", "id": 0}]}],
}


@pytest.mark.parametrize("routes", ROUTES.values(), ids=ROUTES)
def test_an_answer_of_vroom_of_another_shape_is_a_fault(routes: Any) -> None:
    problem = street(1, 2, vans=2)
    jobs = tuple(job._replace(van=0) for job in problem.jobs)
    problem = Problem(problem.places, jobs, problem.vans, problem.travel_s)

    with (
        road_server(lambda _: (200, {"code": 0, "routes": routes})) as server,
        VROOM.open(server.url) as optimizer,
        pytest.raises(Unavailable),
    ):
        optimizer.solve(problem)


# ---------------------------------------------------------------- Amazon Location


def spread(stops: int, *, window: bool = False) -> Problem:
    windows = [(0.0, 9 * HOUR_S)] * stops if window else [None] * stops
    return with_windows(street(*(i / 10 for i in range(stops)), van=0), *windows)


def test_what_amazon_does_not_solve_is_said_before_it_is_asked() -> None:
    """Fifty waypoints, twenty with windows, a hundred kilometres, one van."""
    assert AMAZON.tell is not None
    suited = [spread(50), spread(20, window=True), street(49, 1, van=0)]
    others = [spread(51), spread(21, window=True), street(51, 1, van=0), street(1, 2, vans=2)]

    with road_server(AMAZON.tell()) as server, AMAZON.open(server.url) as optimizer:
        for problem in others:
            with pytest.raises(Unsuited):
                optimizer.solve(problem)
        assert server.questions == []
        for problem in suited:
            require_complete(problem, optimizer.solve(problem))


def test_amazon_is_told_windows_as_access_hours_of_a_week_in_utc() -> None:
    assert AMAZON.tell is not None
    problem = with_windows(street(1, 2, van=0), None, (0.0, 2 * HOUR_S))
    with road_server(AMAZON.tell()) as server, AMAZON.open(server.url) as optimizer:
        optimizer.solve(problem)

    asked = server.questions[0].body
    first, second = sorted(asked["Waypoints"], key=lambda each: each["Id"])
    assert asked["DepartureTime"] == "2026-11-23T08:00:00Z"
    assert "AccessHours" not in first
    assert second["AccessHours"] == {
        "From": {"DayOfWeek": "Monday", "TimeOfDay": "08:00:00Z"},
        "To": {"DayOfWeek": "Monday", "TimeOfDay": "10:00:00Z"},
    }
    assert [each["ServiceDuration"] for each in (first, second)] == [60, 60]


def test_amazon_is_asked_once_for_each_van_with_something_to_order() -> None:
    assert AMAZON.tell is not None
    jobs = tuple(Job(60.0, van=van) for van in (0, 0, 1, 2, 2))
    problem = street(1, 2, 3, 4, 5)
    vans = tuple(VanDay(START_S) for _ in range(3))
    problem = Problem(problem.places, jobs, vans, problem.travel_s)

    with road_server(AMAZON.tell()) as server, AMAZON.open(server.url) as optimizer:
        require_complete(problem, optimizer.solve(problem))

    assert len(server.questions) == 2


def test_a_waypoint_that_amazon_cannot_fit_in_is_a_fault() -> None:
    with pytest.raises(Unavailable):
        solved(AMAZON, street(1, 2, van=0), is_impeding=lambda job: job == 0)


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("kind", "status"),
    [(VROOM, status) for status in (204, 301, 400, 403, 413, 429, 500, 503)]
    + [(AMAZON, status) for status in (403, 500)],
    ids=lambda each: getattr(each, "name", each),
)
def test_any_other_status_is_a_fault(kind: Kind, status: int) -> None:
    asked: list[Question] = []

    def tell(asking: Question) -> Answer:
        asked.append(asking)
        return status, {"code": 3, "error": "no", "message": "no"}

    with (
        road_server(tell) as server,
        kind.open(server.url) as optimizer,
        pytest.raises(Unavailable) as refusal,
    ):
        optimizer.solve(street(1, 2, van=0))

    assert refusal.value.__cause__ is not None
    assert len(asked) == 1  # neither repeated nor sent elsewhere


@pytest.mark.parametrize("rudeness", [name for name in RUDE if "10 MB" not in name][:6])
def test_a_rude_vroom_is_a_fault_soon(rudeness: str) -> None:
    receiver = Receiver(RUDE[rudeness])
    began_at = time.monotonic()
    try:
        with (
            VROOM.open(f"http://127.0.0.1:{receiver.port}", DEADLINE_S) as optimizer,
            pytest.raises(Unavailable),
        ):
            optimizer.solve(street(1, 2))
    finally:
        receiver.close()

    assert time.monotonic() - began_at < DEADLINE_S + 2


def test_the_built_in_one_answers_the_same_each_time() -> None:
    problem = street(5, 3, 8, 1, 9, 2, 7)

    assert solved(BUILT_IN, problem) == solved(BUILT_IN, problem)
