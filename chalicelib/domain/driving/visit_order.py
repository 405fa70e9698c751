"""The visit order: the order in which we expect a van at the stops that it has not reached.

It is the order of the plan until the driver reaches a stop out of turn. Then the plan goes on from
that stop. Each run of skipped stops is inserted where it costs the least. Neighbours in the plan
stay together, in either direction. The way back to the hub counts as well.

The order depends on the stops that were reached, never on where the van is between two stops, so it
cannot flip from fix to fix. Time moves a stop only while its window is still closed: a stop that
would make the van wait is put off, and moves forward as the wait gets shorter.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import Final

from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.geography import EARTH_RADIUS_M, Coordinates
from chalicelib.domain.routes.routes import Route

PACE_MPS: Final = 6.0
"""One second of waiting costs as much as this many metres of detour: a van's speed in a town."""

Point = tuple[float, float]
"""Metres east and north on a plane. Great circles give the same order at ten times the cost."""
HERE: Final[Point] = (0.0, 0.0)


def visit_order(
    live: Live, route: Route, plan_times: Sequence[StopTimes], at: datetime
) -> list[int]:
    """The indexes of the stops that are neither done nor reached, in the visit order.

    ``at`` is when the van sets out for the first of them.
    """
    waiting = [i for i, p in enumerate(live.progress) if not p.is_done and p.arrived_at is None]
    last = live.last_stop
    if last is None or not waiting or waiting[0] >= last:
        return waiting
    here = route.stops[last].coordinates
    points = {i: _point(route.stops[i].coordinates, here) for i in waiting}
    order = [i for i in waiting if i >= last]
    path = [HERE, *(points[i] for i in order), _point(route.hub_coordinates, here)]
    gaps_m = list(map(math.dist, path, path[1:]))
    for run in _runs([i for i in waiting if i < last]):
        run_path = [points[i] for i in run]
        waits_s = _waits_s(run, order, plan_times, at)
        place, is_reversed = _cheapest(run_path[0], run_path[-1], path, gaps_m, waits_s)
        if is_reversed:
            run.reverse()
            run_path.reverse()
        order[place:place] = run
        path[place + 1 : place + 1] = run_path
        detour = path[place : place + len(run) + 2]
        gaps_m[place : place + 1] = map(math.dist, detour, detour[1:])
    return order


def _runs(skipped: Sequence[int]) -> Iterator[list[int]]:
    """The skipped stops, in runs that are consecutive in the plan."""
    run: list[int] = []
    for i in skipped:
        if run and i != run[-1] + 1:
            yield run
            run = []
        run.append(i)
    if run:
        yield run


def _cheapest(
    first: Point,
    final: Point,
    path: Sequence[Point],
    gaps_m: Sequence[float],
    waits_s: Sequence[float],
) -> tuple[int, bool]:
    """The gap of the path where a run costs the least, and whether to visit the run backwards.

    The first of equal gaps wins. We calculate with whole lists because there can be many runs, up
    to half of all stops.
    """
    to_first_m = list(map(math.dist, path, repeat(first)))
    to_final_m = to_first_m if first is final else list(map(math.dist, path, repeat(final)))
    ahead_m = _detours_m(to_first_m, to_final_m, gaps_m)
    back_m = ahead_m if first is final else _detours_m(to_final_m, to_first_m, gaps_m)
    costs_m = ahead_m if first is final else list(map(min, ahead_m, back_m))
    if waits_s:
        costs_m = [
            cost_m + wait_s * PACE_MPS for cost_m, wait_s in zip(costs_m, waits_s, strict=True)
        ]
    place = costs_m.index(min(costs_m))
    return place, back_m[place] < ahead_m[place]


def _detours_m(
    enter_m: Sequence[float], leave_m: Sequence[float], gaps_m: Sequence[float]
) -> list[float]:
    """The extra metres, for each gap, to leave the path there, visit a run and come back."""
    pairs = zip(enter_m, leave_m[1:], gaps_m, strict=False)  # n places have n - 1 gaps
    return [there_m + back_m - gap_m for there_m, back_m, gap_m in pairs]


def _waits_s(
    run: Sequence[int], order: Sequence[int], plan_times: Sequence[StopTimes], at: datetime
) -> list[float]:
    """How long the run would wait for a window, before each place of the order and at its end.

    Empty when no stop of the run has a window.
    """
    opens = [window.earliest for i in run if (window := plan_times[i].window) is not None]
    if not opens:
        return []
    left_s = (max(opens) - at).total_seconds()
    waits_s = [max(0.0, left_s)]
    for i in order:
        left_s -= plan_times[i].travel.mean_s + plan_times[i].dwell.mean_s
        waits_s.append(max(0.0, left_s))
    return waits_s


def _point(place: Coordinates, origin: Coordinates) -> Point:
    """The place on a plane around the origin, the shorter way round the antimeridian."""
    east_deg = (place.lon_deg - origin.lon_deg + 180.0) % 360.0 - 180.0
    shrink = math.cos(math.radians(origin.lat_deg))
    return (
        math.radians(east_deg) * shrink * EARTH_RADIUS_M,
        math.radians(place.lat_deg - origin.lat_deg) * EARTH_RADIUS_M,
    )
