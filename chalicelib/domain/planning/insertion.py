"""Cheapest insertion: each job goes where it adds least to a day, or stays out."""

import math
from collections.abc import Callable, Iterable

from chalicelib.domain.planning.days import LATE_WEIGHT, Day, Tables
from chalicelib.domain.planning.problems import HUB

Overlook = Callable[[], bool]
"""Tells whether to pass over the best place found so far: a search looks elsewhere now and then."""


def insert_all(
    days: list[Day], places: Iterable[int], tables: Tables, overlook: Overlook | None = None
) -> list[int]:
    """Insert these places one after the other into ``days``. Returns those that stay out.

    A job of no van stays out where every van would be late, at it or later. A job of a van is put
    on it in any case.
    """
    vans = tables.problem.vans
    still_out: list[int] = []
    for place in places:
        own = tables.van_of[place]
        best_s, best_van, best_at = math.inf, -1, -1
        for van in range(len(days)) if own is None else (own,):
            if own is None and len(days[van].order) >= vans[van].most_stops:
                continue
            cost_s, at = _best_place(days[van], place, best_s, tables, overlook)
            if at >= 0:
                best_s, best_van, best_at = cost_s, van, at
        if best_van < 0 and own is not None:  # everything was overlooked
            best_van, best_at = own, len(days[own].order)
        if best_van < 0:
            still_out.append(place)
            continue
        order = days[best_van].order.copy()
        order.insert(best_at, place)
        days[best_van] = Day(best_van, order, tables)
    return still_out


def _best_place(
    day: Day, place: int, below_s: float, tables: Tables, overlook: Overlook | None
) -> tuple[float, int]:
    """The least cost of an insertion below ``below_s``, and its index; -1 where there is none.

    Constant time for each index, exact where no way is
    shorter through another place, and nothing is late.
    """
    travel, slacks, waits, reaches = tables.travel, day.slack_s, day.waits_s, day.reaches_s
    from_place, is_free = travel[place], tables.van_of[place] is None
    opens_s, closes_s = tables.opens[place], tables.closes[place]
    service_s = tables.service[place]
    tables.steps += len(day.leaves_s)
    best_s, best_at = below_s, -1
    before = HUB
    for i, (leaves_s, after) in enumerate(zip(day.leaves_s, (*day.order, HUB), strict=True)):
        at_s = leaves_s + travel[before][place]
        before = after
        late_s = 0.0
        if at_s > closes_s:
            if is_free:
                break  # further back in the order it would be later still
            late_s = at_s - closes_s
        begins_s = opens_s if at_s < opens_s else at_s  # noqa: FURB136 - a call less
        delay_s = begins_s + service_s + from_place[after] - reaches[i]
        if delay_s > slacks[i]:
            if is_free:
                continue
            late_s += delay_s - slacks[i]
        cost_s = delay_s - waits[i]
        if cost_s < 0.0 < waits[i]:
            cost_s = 0.0  # the van only waits less, or more
        cost_s += LATE_WEIGHT * late_s
        if cost_s < best_s and not (overlook is not None and overlook()):
            best_s, best_at = cost_s, i
    return best_s, best_at
