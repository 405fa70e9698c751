"""One van's day while an order is searched: its cost, and what another stop would cost anywhere.

Everything is kept in plain lists by place. A search looks at a million places, so nothing here is
made twice.
"""

import math
from collections.abc import Sequence
from typing import Final

from chalicelib.domain.eta.chain import Breaks
from chalicelib.domain.planning.problems import HUB, Problem

LATE_WEIGHT: Final = 1_000.0
"""A second too late costs as much as a quarter of an hour of work: a window breaks only where
nothing else is possible."""


class Tables:
    """The figures of a problem by place, and the count of the work that a search has done."""

    __slots__ = ("closes", "opens", "problem", "service", "steps", "travel", "van_of")

    def __init__(self, problem: Problem) -> None:
        """Nothing is done yet."""
        jobs = problem.jobs
        self.problem = problem
        self.travel = [[float(seconds) for seconds in row] for row in problem.travel_s]
        self.service = [0.0, *(job.service_s for job in jobs)]
        self.opens = [-math.inf, *(job.opens_s for job in jobs)]
        self.closes = [math.inf, *(job.closes_s for job in jobs)]
        self.van_of: list[int | None] = [None, *(job.van for job in jobs)]
        self.steps = 0

    def nearest(self, place: int) -> list[int]:
        """The places of all other jobs, the nearest first, there and back."""
        row = self.travel[place]
        others = [other for other in range(1, len(self.service)) if other != place]
        return sorted(others, key=lambda other: row[other] + self.travel[other][place])

    def cost_s(self, van: int, order: Sequence[int]) -> float:
        """The seconds of a van's day, and more where it is late. A van without stops costs nothing.

        The same walk as in ``Day``, without what only an insertion needs.
        """
        if not order:
            return 0.0
        self.steps += len(order)
        day = self.problem.vans[van]
        travel, service, opens, closes = self.travel, self.service, self.opens, self.closes
        breaks = Breaks(day.breaks, day.starts_s) if day.breaks else None
        at_s, late_s, before = day.starts_s, 0.0, HUB
        for place in order:
            way_s = travel[before][place]
            if breaks is not None:
                at_s += breaks.taken_s(at_s - day.starts_s, way_s, is_left=before != HUB)
            at_s += way_s
            if at_s < opens[place]:
                at_s = opens[place]
            elif at_s > closes[place]:
                late_s += at_s - closes[place]
            at_s += service[place]
            before = place
        way_s = travel[before][HUB]
        if breaks is not None:
            at_s += breaks.taken_s(at_s - day.starts_s, way_s, is_left=True)
        at_s += way_s
        late_s += max(0.0, at_s - day.ends_s)
        return at_s - day.starts_s + LATE_WEIGHT * late_s


class Day:
    """A van's order of places. The columns have one entry for each, and one for the way back.

    ``leaves_s``: when the van leaves for it. ``reaches_s``: when it is there. ``slack_s``: how much
    later it may be there so that nothing from there on is late. ``waits_s``: how much of a delay
    it makes up from there on, because it would wait anyway.
    """

    __slots__ = ("cost_s", "leaves_s", "order", "reaches_s", "slack_s", "van", "waits_s")

    def __init__(self, van: int, order: list[int], tables: Tables) -> None:
        """The columns of this order. They are never changed: another order is another day."""
        self.van, self.order = van, order
        self.leaves_s, self.reaches_s, late_s = _walked(van, order, tables)
        self.slack_s, self.waits_s = _allowances(van, order, self.reaches_s, tables)
        took_s = self.reaches_s[-1] - tables.problem.vans[van].starts_s
        self.cost_s = took_s + LATE_WEIGHT * late_s


def _walked(
    van: int, order: Sequence[int], tables: Tables
) -> tuple[list[float], list[float], float]:
    """Forwards: when the van leaves for each place and reaches it, and how late it is in all."""
    tables.steps += len(order) + 1
    day = tables.problem.vans[van]
    travel, service, opens, closes = tables.travel, tables.service, tables.opens, tables.closes
    breaks = Breaks(day.breaks, day.starts_s) if day.breaks else None
    at_s, late_s, before = day.starts_s, 0.0, HUB
    leaves: list[float] = []
    reaches: list[float] = []
    for place in order:
        way_s = travel[before][place]
        if breaks is not None:
            at_s += breaks.taken_s(at_s - day.starts_s, way_s, is_left=before != HUB)
        leaves.append(at_s)
        at_s += way_s
        reaches.append(at_s)
        if at_s < opens[place]:
            at_s = opens[place]
        elif at_s > closes[place]:
            late_s += at_s - closes[place]
        at_s += service[place]
        before = place
    way_s = travel[before][HUB] if order else 0.0
    if breaks is not None and order:
        at_s += breaks.taken_s(at_s - day.starts_s, way_s, is_left=True)
    leaves.append(at_s)
    reaches.append(at_s + way_s)
    if order:
        late_s += max(0.0, at_s + way_s - day.ends_s)
    return leaves, reaches, late_s


def _allowances(
    van: int, order: Sequence[int], reaches: Sequence[float], tables: Tables
) -> tuple[list[float], list[float]]:
    """Backwards: the slack and the waiting from each place on."""
    tables.steps += len(order) + 1
    opens, closes = tables.opens, tables.closes
    slack_s, wait_s = max(0.0, tables.problem.vans[van].ends_s - reaches[-1]), 0.0
    slacks, waits = [slack_s], [wait_s]
    for i in range(len(order) - 1, -1, -1):
        place, reached_s = order[i], reaches[i]
        early_s = opens[place] - reached_s
        if early_s > 0.0:
            wait_s += early_s
            slack_s += early_s
        slack_s = min(slack_s, max(0.0, closes[place] - reached_s))
        slacks.append(slack_s)
        waits.append(wait_s)
    slacks.reverse()
    waits.reverse()
    return slacks, waits
