"""Visits: where the van was at a stop, found in its trusted fixes, one after the other.

A visit begins when the van has been near a stop for a while and stands (``domain/eta/arrival``).
It ends when the driver reports what came of it. A van that drives away without any report was
perhaps at a traffic light: then the arrival is withdrawn, and nothing is learnt from it. A
driver's own report of the arrival is firm and is never withdrawn by fixes.

What is found depends only on the fixes in the order of their time. So it is the same for one batch
and for many. Late fixes are followed again from the start of the route (``late_visits``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.jumps import RECENT_FIXES
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.nearest_stop import CLEAR, centre_of, is_sure, is_vague, stop_at
from chalicelib.domain.driving.taking_over import set_out_at
from chalicelib.domain.driving.visit_order import visit_order
from chalicelib.domain.eta.arrival import has_arrived
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route

LEFT_AFTER: Final = timedelta(seconds=30)
"""A van that is clearly away for this long has left: one wrong fix withdraws nothing."""
SET_OUT_WITHIN: Final = timedelta(seconds=60)
"""A van that is first seen at a door so soon after the start has not driven there."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the fixes are laid over: the plan, and where vans park."""

    route: Route
    plan_times: Sequence[StopTimes]
    model: TravelModel
    policy: Policy


@dataclass(frozen=True, slots=True)
class Followed:
    """The live state after the van ``passed`` some fixes, and the facts to be told of it.

    ``is_complete`` is false when there was more to tell than room.
    """

    live: Live
    told: tuple[Alert, ...]
    passed: tuple[Fix, ...]
    is_complete: bool = True


@dataclass(slots=True)
class _Turns:
    """The stops ahead in the visit order. They are kept until something is reached or left."""

    ground: Ground
    _made_of: object = None
    _ahead: list[int] = field(default_factory=list)

    def ahead(self, live: Live, at: datetime) -> list[int]:
        """The stops that are neither done nor reached, the next one first."""
        made_of = (live.progress, live.last_stop, at if self._is_timed(live) else None)
        if self._made_of != made_of:
            self._made_of = made_of
            self._ahead = visit_order(live, self.ground.route, self.ground.plan_times, at)
        return self._ahead

    def _is_timed(self, live: Live) -> bool:
        """Whether a stop that was skipped waits for its window."""
        last = live.last_stop
        return last is not None and any(
            stop.window is not None and not progress.is_done
            for stop, progress in zip(
                self.ground.route.stops[:last], live.progress[:last], strict=True
            )
        )


def follow(
    live: Live, fixes: Sequence[Fix], ground: Ground, *, seen: Sequence[Fix] = (), room: int
) -> Followed:
    """Follow the van over these trusted fixes. ``seen`` are the trusted fixes before them.

    At most ``room`` alerts × shipments are told, but always one alert.
    """
    turns = _Turns(ground)
    told: list[Alert] = []
    window = [fix for fix in seen if not is_vague(fix, ground.policy)]
    for count, fix in enumerate(fixes):
        if is_vague(fix, ground.policy):
            continue
        window = [*window, fix][-RECENT_FIXES:]
        after, found = _step(live, fix, window, turns)
        room -= sum(len(ground.route.stops[alert.stop_index].consignments) for alert in found)
        if room < 0 and told and found:
            return Followed(live, tuple(told), tuple(fixes[:count]), is_complete=False)
        live = after
        told += found
    return Followed(live, tuple(told), tuple(fixes))


def _step(
    live: Live, fix: Fix, seen: Sequence[Fix], turns: _Turns
) -> tuple[Live, tuple[Alert, ...]]:
    """One fix further. A fix that withdraws an arrival tells of no other: the next one does."""
    ground = turns.ground
    is_first = len(seen) == 1 and live.nearest_stop is None
    live = _off_the_hub(live, fix, ground)
    under_way = live.under_way
    in_turn = _in_turn(live, fix.recorded_at, turns)
    near = stop_at(
        fix,
        in_turn if under_way is None else [under_way, *in_turn],
        (i for i, progress in enumerate(live.progress) if not progress.is_done),
        route=ground.route,
        model=ground.model,
        policy=ground.policy,
    )
    if near is None:
        is_kept = live.nearest_stop is None or _is_unsure_there(live, fix, ground)
        live = live if is_kept else replace(live, nearest_stop=None, near_since=None)
    elif near != live.nearest_stop:
        is_early = is_first and _has_just_started(live, fix, ground)
        since = None if is_early else fix.recorded_at
        live = replace(live, nearest_stop=near, near_since=since)
    live, told = _leave(live, fix, ground)
    return (live, told) if told else _arrive(live, fix, seen, turns)


def _arrive(
    live: Live, fix: Fix, seen: Sequence[Fix], turns: _Turns
) -> tuple[Live, tuple[Alert, ...]]:
    stop, since, policy = live.nearest_stop, live.near_since, turns.ground.policy
    if stop is None or since is None:
        return live, ()
    progress = live.progress[stop]
    if progress.arrived_at is not None or _began_there(live, stop, turns.ground):
        return live, ()
    is_next = stop in _in_turn(live, fix.recorded_at, turns)
    if not has_arrived(
        since,
        [(each.recorded_at, each.coordinates) for each in seen],
        as_of=fix.recorded_at,
        dwell=policy.arrival_dwell if is_next else policy.arrival_out_of_turn,
        is_next=is_next,
    ):
        return live, ()
    reached = live.with_progress(stop, with_arrival(progress, since))
    before = stop if is_next else live.last_stop
    after = replace(reached, last_stop=stop, last_stop_before=before, away_since=None)
    return after, (Alert(AlertKind.ARRIVED, stop, since),)


def _leave(live: Live, fix: Fix, ground: Ground) -> tuple[Live, tuple[Alert, ...]]:
    """Withdraw an arrival that nobody reported, at a stop that the van is clearly away from."""
    last = live.last_stop
    for i, progress in enumerate(live.progress):
        if progress.arrived_at is None or progress.is_done or progress.is_reported:
            continue
        if not _is_away(fix, i, ground):
            live = replace(live, away_since=None) if i == last and live.away_since else live
            continue
        left_at = fix.recorded_at
        if i == last:
            left_at = live.away_since or left_at
            if fix.recorded_at - left_at < LEFT_AFTER:
                live = live if live.away_since else replace(live, away_since=left_at)
                continue
            live = replace(live, last_stop=live.last_stop_before, away_since=None)
        left = live.with_progress(i, with_withdrawal(progress, left_at))
        return left, (Alert(AlertKind.WITHDRAWN, i, left_at),)
    return live, ()


def _in_turn(live: Live, at: datetime, turns: _Turns) -> list[int]:
    """The stops where an arrival is in turn: the next one, and one left without a report before it.

    A driver may report a visit only in the evening. So such a stop does not hold up the next.
    """
    ahead = turns.ahead(live, at)
    new = next((i for i in ahead if live.progress[i].unreported is None), None)
    return list(dict.fromkeys(i for i in (new, *ahead[:1]) if i is not None))


def _is_unsure_there(live: Live, fix: Fix, ground: Ground) -> bool:
    """Whether the fix lies at the stop that the van is at, but is not sure enough by itself."""
    if live.nearest_stop is None:
        return False
    door = ground.route.stops[live.nearest_stop].coordinates
    centre, within_m = centre_of(door, ground.model, ground.policy)
    way_m = distance_m(fix.coordinates, centre)
    return way_m <= within_m and not is_sure(fix, way_m, ground.policy)


def _off_the_hub(live: Live, fix: Fix, ground: Ground) -> Live:
    """The hub is left when the whole circle of the fix's error is clear of it."""
    if not live.is_at_hub:
        return live
    clear_m = CLEAR * ground.policy.arrival_radius_m
    if _least_m(fix, ground.route.hub_coordinates) <= clear_m:
        return live
    return replace(live, is_at_hub=False, nearest_stop=None, near_since=None)


def _began_there(live: Live, stop: int, ground: Ground) -> bool:
    """Whether the van has been near the door since the start, for the hub is near it."""
    clear_m = CLEAR * ground.policy.arrival_radius_m
    door = ground.route.stops[stop].coordinates
    return live.is_at_hub and distance_m(ground.route.hub_coordinates, door) <= clear_m


def _has_just_started(live: Live, fix: Fix, ground: Ground) -> bool:
    since = set_out_at(ground.route, live)
    return since is not None and fix.recorded_at - since <= SET_OUT_WITHIN


def _is_away(fix: Fix, stop: int, ground: Ground) -> bool:
    """Whether the van is clearly away from the door, and from where vans park for it."""
    door = ground.route.stops[stop].coordinates
    centre, _ = centre_of(door, ground.model, ground.policy)
    clear_m = CLEAR * ground.policy.arrival_radius_m
    return min(_least_m(fix, door), _least_m(fix, centre)) > clear_m


def _least_m(fix: Fix, place: Coordinates) -> float:
    """How far the van is from the place at least, as far as the fix knows."""
    return distance_m(fix.coordinates, place) - (fix.accuracy_m or 0.0)


def with_arrival(progress: Progress, since: datetime) -> Progress:
    """The progress of a stop where the van has arrived."""
    return replace(progress, arrived_at=since, has_approached=True, unreported=None)


def with_withdrawal(progress: Progress, left_at: datetime) -> Progress:
    """The progress of a stop that the van has left without a report."""
    since = progress.arrived_at or left_at
    return replace(
        progress,
        arrived_at=None,
        has_approached=False,
        unreported=Range(since, max(since, left_at)),
    )
