"""Whose turn it is: the order in which a van is expected at the stops that it has not reached.

The order of the plan, until the driver reaches a stop out of turn. Then the rest of the plan goes
on from there, and what was skipped is fitted in where it costs the least: neighbours in the plan
stay together, either way round, and the way home to the hub counts.

The order follows from what has been reached, never from where the van is between two stops, so it
cannot flap from fix to fix. Only a window that is still to open moves its stop as time goes by, and
only forward: what would have to be waited for is put off, until the wait is short enough.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from chalicelib.domain.eta.chain import Link
from chalicelib.domain.geography import EARTH_RADIUS_M, Coordinates
from chalicelib.domain.live import Live
from chalicelib.domain.routes import Route

PACE_MPS: Final = 6.0
"""What a second of waiting is worth in metres of detour: a van in a town."""

Point = tuple[float, float]
"""Metres east and north on a plane: great circles order alike, and cost ten times as much."""


def in_turn(live: Live, route: Route, plan_links: Sequence[Link], at: datetime) -> list[int]:
    """The indexes of the stops that are neither done nor reached, in the expected order.

    ``at`` is when the van sets out for the first of them.
    """
    waiting = [i for i, p in enumerate(live.progress) if not p.is_done and p.arrived_at is None]
    last = live.last_stop
    if last is None or not waiting or waiting[0] >= last:
        return waiting
    here = route.stops[last].coordinates
    points = {i: _point(route.stops[i].coordinates, here) for i in waiting}
    home = _point(route.hub_coordinates, here)
    order = [i for i in waiting if i >= last]
    for run in _runs([i for i in waiting if i < last]):
        waits_s = _waits_s(run, order, plan_links, at)
        place, is_reversed = _cheapest(run, order, points, home, waits_s)
        order[place:place] = reversed(run) if is_reversed else run
    return order


def _runs(skipped: Sequence[int]) -> Iterator[list[int]]:
    """What was skipped, in pieces that follow one another in the plan."""
    run: list[int] = []
    for i in skipped:
        if run and i != run[-1] + 1:
            yield run
            run = []
        run.append(i)
    if run:
        yield run


def _cheapest(
    run: Sequence[int],
    order: Sequence[int],
    points: Mapping[int, Point],
    home: Point,
    waits_s: Sequence[float],
) -> tuple[int, bool]:
    """Before which place of the order the run costs the least, and whether backwards.

    Of equal places the first.
    """
    first, final = points[run[0]], points[run[-1]]
    least, found = math.inf, (0, False)
    before: Point = (0.0, 0.0)
    for place, wait_s in enumerate(waits_s):
        after = points[order[place]] if place < len(order) else home
        saved_m = math.dist(before, after)
        ahead_m = math.dist(before, first) + math.dist(final, after) - saved_m
        back_m = math.dist(before, final) + math.dist(first, after) - saved_m
        cost_m = min(ahead_m, back_m) + wait_s * PACE_MPS
        if cost_m < least:
            least, found = cost_m, (place, back_m < ahead_m)
        before = after
    return found


def _waits_s(
    run: Sequence[int], order: Sequence[int], plan_links: Sequence[Link], at: datetime
) -> list[float]:
    """How long the run would wait for a window, before each place of the order and at its end."""
    opens = [window.earliest for i in run if (window := plan_links[i].window) is not None]
    if not opens:
        return [0.0] * (len(order) + 1)
    left_s = (max(opens) - at).total_seconds()
    waits_s = [max(0.0, left_s)]
    for i in order:
        left_s -= plan_links[i].travel.mean_s + plan_links[i].dwell.mean_s
        waits_s.append(max(0.0, left_s))
    return waits_s


def _point(place: Coordinates, origin: Coordinates) -> Point:
    """On the plane about the origin; the shorter way round the antimeridian."""
    east_deg = (place.lon_deg - origin.lon_deg + 180.0) % 360.0 - 180.0
    shrink = math.cos(math.radians(origin.lat_deg))
    return (
        math.radians(east_deg) * shrink * EARTH_RADIUS_M,
        math.radians(place.lat_deg - origin.lat_deg) * EARTH_RADIUS_M,
    )
