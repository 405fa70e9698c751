"""Breaks on the road: how much of each has been taken, and how much is still ahead.

The driver presses no button: we infer breaks from where the van stood. A van that stands still for
five minutes or more, away from all remaining stops, is on a break. The part of that time that lies
in the span of a planned break counts for that break. A shorter stand is a traffic light, a queue or
a call.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.eta.chain import BreakAhead
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Break, Route

STILL_WITHIN_M: Final = 30.0
"""A van this near to where it first stood still stands: fixes scatter. A queue moves farther."""
LEAST_BREAK: Final = timedelta(minutes=5)
LAT_MARGIN_DEG: Final = 0.002
"""About 200 m. We skip the distance calculation for stops farther north or south than this."""

Standing = tuple[datetime | None, tuple[int, ...]]
"""Since when the van has stood away from all stops, and the seconds taken of each break before."""


def breaks_taken(
    live: Live, before: Fix | None, passed: Sequence[Fix], route: Route, policy: Policy
) -> Standing:
    """The breaks after the fixes that the van ``passed`` since ``before``, in device order."""
    since, taken_s = live.standing_since, live.breaks_taken_s
    anchor = _anchor(live, since)
    stops = zip(route.stops, live.progress, strict=True)
    doors = [stop.coordinates for stop, progress in stops if not progress.is_done]
    for fix in passed:
        began = anchor or (fix if before is None else before).coordinates
        if not _is_still(began, fix.coordinates, doors, policy.arrival_radius_m):
            left_at = fix.recorded_at if before is None else before.recorded_at
            taken_s = _taken_s(route.breaks, taken_s, since, left_at)
            since = anchor = None
        elif before is not None and since is None:
            since, anchor = before.recorded_at, before.coordinates
        before = fix
    return since, taken_s


def breaks_ahead(
    breaks: Sequence[Break], at: datetime, live: Live | None = None
) -> Iterator[BreakAhead]:
    """The breaks, or the parts of them, that are still ahead at this time, in their order."""
    taken_s: Sequence[int] = ()
    stands_since = None
    if live is not None:
        stands_since = live.standing_since
        taken_s = _taken_s(breaks, live.breaks_taken_s, stands_since, at)
    is_on_break = stands_since is not None and at - stands_since >= LEAST_BREAK
    for i, planned_break in enumerate(breaks):
        left_s = planned_break.duration_s - (taken_s[i] if i < len(taken_s) else 0)
        if left_s <= 0 or at > planned_break.latest + timedelta(seconds=planned_break.duration_s):
            continue
        is_now = is_on_break and at >= planned_break.earliest
        yield BreakAhead(
            planned_break.earliest.timestamp(), planned_break.latest.timestamp(), left_s, is_now
        )
        is_on_break = is_on_break and not is_now


def _is_still(
    began: Coordinates, place: Coordinates, doors: Sequence[Coordinates], radius_m: float
) -> bool:
    """Whether a van that began to stand at ``began`` still stands, and is at none of the doors."""
    if distance_m(began, place) > STILL_WITHIN_M:
        return False
    near = (door for door in doors if abs(door.lat_deg - place.lat_deg) < LAT_MARGIN_DEG)
    return all(distance_m(place, door) > radius_m for door in near)


def _anchor(live: Live, since: datetime | None) -> Coordinates | None:
    """The place where the van began to stand, or the first later one among the newest fixes."""
    if since is None:
        return None
    return next((f.coordinates for f in live.recent if f.recorded_at >= since), None)


def _taken_s(
    breaks: Sequence[Break], taken_s: Sequence[int], since: datetime | None, until: datetime
) -> tuple[int, ...]:
    """The seconds taken of each break after a stand. Each second counts once, for the first break.

    A stand shorter than ``LEAST_BREAK`` adds nothing.
    """
    if since is None or until - since < LEAST_BREAK:
        return tuple(taken_s)
    counted: list[int] = []
    for i, planned_break in enumerate(breaks):
        before_s = taken_s[i] if i < len(taken_s) else 0
        begun = max(since, planned_break.earliest)
        ended = min(until, planned_break.latest + timedelta(seconds=planned_break.duration_s))
        taken_now_s = max(0, int((ended - begun).total_seconds()))
        taken_now_s = min(taken_now_s, planned_break.duration_s - before_s)
        counted.append(before_s + taken_now_s)
        if taken_now_s:
            since = begun + timedelta(seconds=taken_now_s)
    return tuple(counted)
