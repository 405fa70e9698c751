"""What the optimizer of somebody else leaves to do: what is late goes out, the rest comes in.

Such an optimizer may leave jobs of a van out, or know other travel times than ours. By ours a job
that may stay out must not be late, and a job of a van must be on it.
"""

from collections.abc import Sequence

from chalicelib.domain.planning.days import Day, Tables
from chalicelib.domain.planning.insertion import insert_all
from chalicelib.domain.planning.problems import Problem, Solution, require_complete


def completed(problem: Problem, orders: Sequence[Sequence[int]]) -> Solution:
    """The same orders with all jobs in them that have to be.

    Raises ValueError where a job is on another van than its own, or twice.
    """
    tables = Tables(problem)
    days = [Day(van, [job + 1 for job in order], tables) for van, order in enumerate(orders)]
    days = [without_late(day, tables) for day in days]
    on_vans = {place for day in days for place in day.order}
    missing = [place for place in range(1, len(problem.jobs) + 1) if place not in on_vans]
    missing.sort(key=lambda place: (tables.van_of[place] is None, tables.closes[place]))
    left = insert_all(days, missing, tables)
    found = tuple(tuple(place - 1 for place in day.order) for day in days)
    solution = Solution(found, tuple(sorted(place - 1 for place in left)))
    require_complete(problem, solution)
    return solution


def without_late(day: Day, tables: Tables) -> Day:
    """The day without jobs that may stay out and are late, or make it too long."""
    while True:
        late = late_strangers(day, tables)
        if not late:
            return day
        day = Day(day.van, [place for place in day.order if place not in late], tables)


def late_strangers(day: Day, tables: Tables) -> set[int]:
    """The places of jobs of no van that are late; the last such job where the van is back late."""
    strangers = [place for place in day.order if tables.van_of[place] is None]
    reached_s = dict(zip(day.order, day.reaches_s, strict=False))
    late = {place for place in strangers if reached_s[place] > tables.closes[place]}
    is_over = day.reaches_s[-1] > tables.problem.vans[day.van].ends_s
    return late or (set(strangers[-1:]) if is_over else set())
