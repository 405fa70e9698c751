"""The search: as good as any order where all can be tried, and never against a rule."""

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.days import generated
from chalicelib.domain.eta.chain import BreakAhead
from chalicelib.domain.planning.completion import completed
from chalicelib.domain.planning.days import Day, Tables
from chalicelib.domain.planning.insertion import insert_all
from chalicelib.domain.planning.moves import Moves
from chalicelib.domain.planning.problems import Job, Problem, Solution, VanDay, require_complete
from chalicelib.domain.planning.search import solve
from tests.support.builders import HELSINKI
from tests.support.depth import times

START_S = 1_795_420_800.0
WAYS = st.integers(60, 1_800)


@st.composite
def problems(draw: st.DrawFn, most_jobs: int = 5, most_vans: int = 2) -> Problem:
    count = draw(st.integers(0, most_jobs))
    vans = draw(st.integers(1, most_vans))
    travel_s = [
        [0.0 if a == b else float(draw(WAYS)) for b in range(count + 1)] for a in range(count + 1)
    ]
    jobs = []
    for _ in range(count):
        job = Job(float(draw(st.integers(0, 600))), van=draw(st.sampled_from([None, 0, vans - 1])))
        if draw(st.booleans()):
            opens_s = START_S + draw(st.integers(-1_000, 8_000))
            job = job._replace(opens_s=opens_s, closes_s=opens_s + draw(st.integers(0, 5_000)))
        jobs.append(job)
    breaks: tuple[BreakAhead, ...] = ()
    if draw(st.booleans()):
        rest_s = START_S + draw(st.integers(0, 5_000))
        breaks = (BreakAhead(rest_s, rest_s + 1_800.0, 900.0),)
    days = tuple(
        VanDay(START_S, START_S + draw(st.sampled_from([math.inf, 4_000.0])), breaks)
        for _ in range(vans)
    )
    return Problem((HELSINKI,) * (count + 1), tuple(jobs), days, travel_s)


def all_late(problem: Problem, van: int, order: tuple[int, ...]) -> set[int]:
    """The jobs of no van that are late in this order."""
    day = Day(van, [job + 1 for job in order], Tables(problem))
    return {
        job
        for job, reached_s in zip(order, day.reaches_s, strict=False)
        if reached_s > problem.jobs[job].closes_s and problem.jobs[job].van is None
    }


@settings(max_examples=times(60, 2_000), deadline=None)
@given(problem=problems())
def test_each_job_is_once_in_the_answer_and_none_is_late_that_may_stay_out(
    problem: Problem,
) -> None:
    solution = solve(problem, most_steps=3_000)

    require_complete(problem, solution)
    for van, order in enumerate(solution.orders):
        assert not all_late(problem, van, order)
        assert len(order) <= problem.vans[van].most_stops


@settings(max_examples=times(25, 500), deadline=None)
@given(problem=problems(most_jobs=5, most_vans=1))
def test_no_order_of_one_vans_own_jobs_is_better(problem: Problem) -> None:
    jobs = tuple(job._replace(van=0) for job in problem.jobs)
    problem = Problem(problem.places, jobs, problem.vans, problem.travel_s)
    tables = Tables(problem)

    (order,) = solve(problem).orders

    found_s = tables.cost_s(0, [job + 1 for job in order])
    orders = itertools.permutations(range(1, len(jobs) + 1))
    assert found_s <= min(tables.cost_s(0, each) for each in orders) * 1.02 + 1e-6


@settings(max_examples=times(60, 1_000), deadline=None)
@given(problem=problems(most_jobs=7, most_vans=1))
def test_a_move_gives_another_order_of_the_same_stops_with_a_shorter_way(problem: Problem) -> None:
    order = list(range(1, len(problem.jobs) + 1))
    tables = Tables(problem)
    near = [tables.nearest(place) for place in range(len(problem.jobs) + 1)]

    def way_s(places: list[int]) -> float:
        path = [0, *places, 0]
        return sum(problem.travel_s[a][b] for a, b in itertools.pairwise(path))

    for moved in Moves(order, near, tables):
        assert sorted(moved) == order
        assert way_s(moved) < way_s(order)


def test_every_2_opt_and_or_opt_move_that_shortens_a_way_is_found() -> None:
    problem = generated(3, stops=7, windows=0.0)
    order = [3, 1, 7, 2, 6, 4, 5]
    tables = Tables(problem)
    near = [tables.nearest(place) for place in range(8)]
    found = {tuple(moved) for moved in Moves(order, near, tables)}

    def way_s(places: list[int]) -> float:
        path = [0, *places, 0]
        return sum(problem.travel_s[a][b] for a, b in itertools.pairwise(path))

    turned = [
        [*order[:i], *reversed(order[i:j]), *order[j:]]
        for i, j in itertools.combinations(range(8), 2)
        if i > 0 or j < 7  # the whole order turned round has no two new neighbours
    ]
    better = {tuple(each) for each in turned if way_s(each) < way_s(order) - 1e-6}
    assert better
    assert better <= found | {tuple(reversed(order))}


@settings(max_examples=times(60, 1_000), deadline=None)
@given(problem=problems(most_jobs=6, most_vans=1))
def test_an_insertion_costs_what_it_was_said_to_cost(problem: Problem) -> None:
    """Without breaks, which may then be taken elsewhere, and on shortest ways."""
    van = VanDay(START_S, problem.vans[0].ends_s)
    jobs = tuple(job._replace(van=None) for job in problem.jobs)
    problem = Problem(problem.places, jobs, (van,), shortest(problem.travel_s))
    tables = Tables(problem)
    days = [Day(0, [], tables)]

    for place in range(1, len(problem.jobs) + 1):
        others = days[0].order
        is_out = insert_all(days, [place], tables)
        if is_out:
            continue
        orders = [[*others[:i], place, *others[i:]] for i in range(len(others) + 1)]
        assert tables.cost_s(0, days[0].order) == pytest.approx(days[0].cost_s)
        assert days[0].cost_s <= min(tables.cost_s(0, order) for order in orders) + 1e-6


def shortest(travel_s: Sequence[Sequence[float]]) -> list[list[float]]:
    """The same ways, where no detour is shorter (Floyd 1962)."""
    found = [list(row) for row in travel_s]
    count = range(len(found))
    for by, a, b in itertools.product(count, count, count):
        found[a][b] = min(found[a][b], found[a][by] + found[by][b])
    return found


def test_the_same_day_has_the_same_answer() -> None:
    day = generated(1, stops=20)

    assert solve(day) == solve(day)


def test_the_work_is_counted() -> None:
    day = generated(2, stops=40, windows=0.0)
    few, many = (solve(day, most_steps=steps) for steps in (1_000, 60_000))

    assert few != many


def test_120_stops_are_in_the_hands_of_the_search_for_a_bounded_number_of_steps() -> None:
    tables = Tables(generated(1, windows=0.0))
    places = range(1, 121)

    left = insert_all([Day(0, [], tables)], places, tables)

    assert left == []
    assert tables.steps < 30_000  # each insertion looks at each place once, and walks it twice


def test_another_optimizers_answer_is_completed_or_refused() -> None:
    problem = generated(1, stops=4, windows=0.0, vans=2)
    own = tuple(job._replace(van=0) for job in problem.jobs)
    problem = Problem(problem.places, own, problem.vans, problem.travel_s)

    assert sorted(completed(problem, [[2], []]).orders[0]) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="stays on its van"):
        completed(problem, [[0, 1, 2], [3]])
    with pytest.raises(ValueError, match="once"):
        require_complete(problem, Solution(((0, 0, 1, 2),), ()))
