"""Visits: where the van was at a stop, found in its trusted fixes, one after the other.

A visit begins when the van has been near a stop for a while and stands (``domain/eta/arrival``).
It ends when the driver reports what came of it. A van that drives away without any report was
perhaps at a traffic light: then the arrival is withdrawn, and nothing is learnt from it. A
driver's own report of the arrival is firm and is never withdrawn by fixes.

What is found depends only on the fixes in the order of their time. So it is the same for one batch
and for many, and late fixes are followed again from the start of the route.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.jumps import RECENT_FIXES
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.nearest_stop import CLEAR, centre_of, is_sure, is_vague, stop_at
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
LEAST_HOLE_S: Final = 60.0
HOLE_STEPS: Final = 3.0
"""A gap is a hole in the track when it is longer than ``LEAST_HOLE_S`` and than so many usual gaps.

Fixes that fill it may still come. They would say better when the van came or left.
"""


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


def follow_again(
    live: Live,
    track: Sequence[Fix],
    ground: Ground,
    *,
    batch: Sequence[Fix],
    known_until: datetime,
    room: int,
) -> Followed:
    """The same from the start of the route, after a batch with late fixes came.

    ``track`` are all trusted fixes. What was told stays told. What is new is told, unless it lies
    at a hole before ``known_until``: the fixes that fill it may still come. Such a visit waits for
    the next newer fix. At most ``room`` alerts × shipments are told; the others are found again the
    next time.
    """
    most = len(track) * sum(len(stop.consignments) for stop in ground.route.stops)
    followed = follow(_from_start(live), track, ground, room=most)
    again = followed.live
    waited_until = live.unsettled_until
    newest_at = track[-1].recorded_at if track else known_until
    is_settled = waited_until is not None and newest_at > waited_until
    holes = set() if is_settled else _holes(track, batch, live.started_at, known_until)
    progress = list(live.progress)
    told: list[Alert] = []
    is_complete, waits_until = True, None
    for alert in followed.told:
        i = alert.stop_index
        if _is_known(progress[i], alert):
            continue
        if alert.occurred_at in holes and again.nearest_stop != i:
            waits_until = max(newest_at, waited_until or newest_at)
            continue
        room -= len(ground.route.stops[i].consignments)
        if room < 0 and told:
            is_complete, waits_until = False, waits_until or waited_until
            break
        told.append(alert)
        change = _arrived if alert.kind is AlertKind.ARRIVED else _withdrawn
        progress[i] = change(progress[i], alert.occurred_at)
    for i, (mine, theirs) in enumerate(zip(progress, again.progress, strict=True)):
        if mine.arrived_at and theirs.arrived_at and not mine.is_reported:
            progress[i] = replace(mine, arrived_at=theirs.arrived_at)
    last = again.last_stop
    is_agreed = last is None or _is_there(progress[last]) == _is_there(again.progress[last])
    if not is_agreed:
        before = {"last_stop": live.last_stop, "last_stop_before": live.last_stop_before}
        again = replace(again, **before)  # type: ignore[arg-type]
    after = replace(again, progress=tuple(progress), unsettled_until=waits_until)
    return Followed(after, tuple(told), tuple(track), is_complete)


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
        since = None if is_first and _has_just_started(live, fix) else fix.recorded_at
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
    reached = live.with_progress(stop, _arrived(progress, since))
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
        left = live.with_progress(i, _withdrawn(progress, left_at))
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


def _has_just_started(live: Live, fix: Fix) -> bool:
    return live.started_at is not None and fix.recorded_at - live.started_at <= SET_OUT_WITHIN


def _is_away(fix: Fix, stop: int, ground: Ground) -> bool:
    """Whether the van is clearly away from the door, and from where vans park for it."""
    door = ground.route.stops[stop].coordinates
    centre, _ = centre_of(door, ground.model, ground.policy)
    clear_m = CLEAR * ground.policy.arrival_radius_m
    return min(_least_m(fix, door), _least_m(fix, centre)) > clear_m


def _least_m(fix: Fix, place: Coordinates) -> float:
    """How far the van is from the place at least, as far as the fix knows."""
    return distance_m(fix.coordinates, place) - (fix.accuracy_m or 0.0)


def _arrived(progress: Progress, since: datetime) -> Progress:
    return replace(progress, arrived_at=since, has_approached=True, unreported=None)


def _withdrawn(progress: Progress, left_at: datetime) -> Progress:
    since = progress.arrived_at or left_at
    return replace(
        progress,
        arrived_at=None,
        has_approached=False,
        unreported=Range(since, max(since, left_at)),
    )


def _from_start(live: Live) -> Live:
    """The live state as if no fix had come: with what the driver reported, and nothing else."""
    firm = [i for i, each in enumerate(live.progress) if each.is_done or each.is_reported]
    progress = tuple(
        each if i in firm else replace(each, arrived_at=None, unreported=None)
        for i, each in enumerate(live.progress)
    )
    last = live.last_stop
    if last is not None and last not in firm:
        last = max(firm, default=None)
    return replace(
        live,
        progress=progress,
        last_stop=last,
        last_stop_before=None,
        nearest_stop=None,
        near_since=None,
        away_since=None,
        is_at_hub=True,
    )


def _is_known(progress: Progress, alert: Alert) -> bool:
    """Whether this was told, or overtaken by what was told."""
    if progress.is_done or progress.is_reported:
        return True
    if alert.kind is AlertKind.ARRIVED:
        left = progress.unreported
        is_told = left is not None and alert.occurred_at <= left.latest
        return progress.arrived_at is not None or is_told
    return progress.arrived_at is None or alert.occurred_at < progress.arrived_at


def _is_there(progress: Progress) -> bool:
    return progress.arrived_at is not None


def _holes(
    track: Sequence[Fix],
    batch: Sequence[Fix],
    started_at: datetime | None,
    known_until: datetime,
) -> set[datetime]:
    """The instants of fixes behind a hole of the track, as far as it may still be filled.

    A device sends what it has saved in its order. So a hole within a batch stays.
    """
    times = [fix.recorded_at for fix in track]
    if started_at is not None:
        times = [started_at, *times]
    gaps_s = [(b - a).total_seconds() for a, b in pairwise(times)]
    most_s = max(LEAST_HOLE_S, HOLE_STEPS * median(gaps_s or [0.0]))
    stays = set(pairwise(fix.recorded_at for fix in batch))
    return {
        at
        for before, at in pairwise(times)
        if (at - before).total_seconds() > most_s
        and at <= known_until
        and (before, at) not in stays
    }
