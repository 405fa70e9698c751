"""The built-in search for good orders: cheapest insertion, 2-opt and Or-opt, ruin and recreate.

1. Each job is inserted where it costs least; jobs that close early come first.
2. 2-opt and Or-opt shorten each van's order.
3. A job and its nearest neighbours are taken out and inserted anew, again and again. A worse order
   is taken over now and then, less and less often (Schrimpf et al. 2000, "Record breaking
   optimization results using the ruin and recreate principle").

The search ends after a number of counted steps, not by a clock, and its random numbers always
begin the same way. So a problem has the same answer on each machine and in each run.
"""

import math
from random import Random
from typing import Final

from chalicelib.domain.planning.completion import without_late
from chalicelib.domain.planning.days import Day, Tables
from chalicelib.domain.planning.insertion import insert_all
from chalicelib.domain.planning.moves import LEAST_GAIN_S, Moves
from chalicelib.domain.planning.problems import HUB, Problem, Solution

MOST_STEPS: Final = 3_000_000
"""Stops looked at in all: about a second of CPU."""
STEPS_PER_PAIR: Final = 1_000
"""For each pair of jobs: a short route is as good as it gets long before."""
LEFT_S: Final = 1e7
"""What a job on no van costs: more than any detour."""
SEED: Final = 1
NEAR: Final = 10
FEWEST_OUT: Final = 3
MOST_OUT: Final = 14
OVERLOOKED: Final = 0.02
"""The share of good places that an insertion passes over (Christiaens & Vanden Berghe 2020, "Slack
induction by string removals", use 0.01)."""
HOT: Final = 0.6
COLD: Final = 0.005
"""How much worse an order may be, at first and in the end, in ways between neighbours."""


def solve(
    problem: Problem, *, most_steps: int = MOST_STEPS, is_recreating: bool = True
) -> Solution:
    """Good orders for all vans. The third step can be left out, to see what it is worth.

    A job of a van stays on it, late or not. Any other job is left where each van would be late.
    """
    most = min(most_steps, STEPS_PER_PAIR * len(problem.jobs) ** 2)
    return _Search(problem, most).solution(is_recreating=is_recreating)


class _Search:
    def __init__(self, problem: Problem, most_steps: int) -> None:
        self.tables = Tables(problem)
        self.most_steps = most_steps
        self.random = Random(SEED).random  # noqa: S311 - for a search, not for a secret
        self.places = range(1, len(problem.jobs) + 1)
        self.nearest = [self.tables.nearest(place) for place in (HUB, *self.places)]
        self.near = [others[:NEAR] for others in self.nearest]
        self.days = [Day(van, [], self.tables) for van in range(len(problem.vans))]
        self.out: list[int] = []

    def solution(self, *, is_recreating: bool) -> Solution:
        tables = self.tables
        first = sorted(self.places, key=lambda p: (tables.closes[p], -tables.travel[HUB][p]))
        self.out = insert_all(self.days, self._own_first(first), tables)
        self.days = [self._polished(day) for day in self.days]
        if is_recreating:
            self._ruin_and_recreate()
            self.days = [self._polished(day) for day in self.days]
        self._leave_late()
        orders = tuple(tuple(place - 1 for place in day.order) for day in self.days)
        return Solution(orders, tuple(sorted(place - 1 for place in self.out)))

    def _own_first(self, places: list[int]) -> list[int]:
        """Jobs of a van before those that may stay out."""
        return sorted(places, key=lambda place: self.tables.van_of[place] is None)

    def _polished(self, day: Day) -> Day:
        """After 2-opt and Or-opt, until neither helps or the steps are used up."""
        order, cost_s = day.order, day.cost_s
        end = self.tables.steps + self.most_steps // 4
        is_better = True
        while is_better and self.tables.steps < end:
            is_better = False
            for candidate in Moves(order, self.near, self.tables):
                found_s = self.tables.cost_s(day.van, candidate)
                if found_s < cost_s - LEAST_GAIN_S:
                    order, cost_s, is_better = candidate, found_s, True
                    break
        return day if order is day.order else Day(day.van, order, self.tables)

    def _ruin_and_recreate(self) -> None:
        if len(self.places) <= 1:
            return
        now_s = best_s = self._total_s()
        days, out = best = self.days, self.out
        neighbours = [
            self.tables.travel[p][o] for p in self.places for o in self.near[p][:FEWEST_OUT]
        ]
        way_s = sum(neighbours) / len(neighbours)
        begin = self.tables.steps
        while self.tables.steps < self.most_steps:
            share = (self.tables.steps - begin) / (self.most_steps - begin)
            heat_s = way_s * HOT * (COLD / HOT) ** share
            self._ruin()
            self.out = insert_all(self.days, self.out, self.tables, self._overlook)
            then_s = self._total_s()
            if then_s >= now_s - heat_s * math.log(1.0 - self.random()):
                self.days, self.out = days, out
                continue
            now_s, days, out = then_s, self.days, self.out
            if then_s < best_s - LEAST_GAIN_S:
                best_s, best = then_s, (days, out)
        self.days, self.out = best

    def _overlook(self) -> bool:
        return self.random() < OVERLOOKED

    def _total_s(self) -> float:
        return sum(day.cost_s for day in self.days) + LEFT_S * len(self.out)

    def _ruin(self) -> None:
        """Take a random job and some of its nearest ones out, beside what is out already."""
        most = min(MOST_OUT, len(self.places))
        fewest = min(FEWEST_OUT, most)
        seed = 1 + int(self.random() * len(self.places))
        number = fewest + int(self.random() * (most - fewest + 1))
        taken = {seed, *self.nearest[seed][: number - 1]}
        self.days = [self._without(day, taken) for day in self.days]
        places = sorted(taken.union(self.out))
        keys = self._keys(places)
        self.out = self._own_first(sorted(places, key=keys.__getitem__))

    def _without(self, day: Day, taken: set[int]) -> Day:
        kept = [place for place in day.order if place not in taken]
        return day if len(kept) == len(day.order) else Day(day.van, kept, self.tables)

    def _keys(self, places: list[int]) -> dict[int, float]:
        """What jobs are inserted by: chance, far first, near first, or short windows first."""
        tables = self.tables
        match int(self.random() * 4):
            case 0:
                return {place: self.random() for place in places}
            case 1:
                return {place: -tables.travel[HUB][place] for place in places}
            case 2:
                return {place: tables.travel[HUB][place] for place in places}
            case _:
                return {place: tables.closes[place] - tables.opens[place] for place in places}

    def _leave_late(self) -> None:
        """A move may have made a job late that has to be on no van. Such a job stays out."""
        self.days = [without_late(day, self.tables) for day in self.days]
        on_vans = {place for day in self.days for place in day.order}
        self.out = [place for place in self.places if place not in on_vans]
