"""Journeys: a batch of fixes or a driver's report turns one live state into the next.

All functions are pure. The order is: newest fixes → head → visits → ETAs of all remaining stops →
alerts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.driving.alerts import Alert, AlertKind, decide, is_coming_soon
from chalicelib.domain.driving.breaks import breaks_taken
from chalicelib.domain.driving.doubts import doubts
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import remaining_etas
from chalicelib.domain.driving.jumps import is_drivable
from chalicelib.domain.driving.late_visits import follow_again
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.nearest_stop import CLEAR
from chalicelib.domain.driving.screening import Screened
from chalicelib.domain.driving.visits import Followed, Ground, follow
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


@dataclass(frozen=True, slots=True)
class Advance:
    """The live state after a batch, and the alerts to tell.

    ``is_complete`` is false when the batch has more to tell than one commit can hold. Then the same
    batch is to be given again, with this live state.
    """

    live: Live
    alerts: tuple[Alert, ...] = ()
    is_complete: bool = True


def needs_track(live: Live, screened: Screened, policy: Policy) -> bool:
    """Whether visits must be found again in the track.

    Usable fixes lie before the head, or a newer one settles where a visit has waited to be told.
    """
    head, waits_until = live.head(policy), live.unsettled_until
    if head is None:
        return False
    if waits_until and any(fix.recorded_at > waits_until for fix in screened.usable):
        return True
    return any(fix.sort_key < head.sort_key and fix not in live.recent for fix in screened.usable)


def advance(
    live: Live,
    screened: Screened,
    route: Route,
    plan_times: Sequence[StopTimes],
    *,
    now: datetime,
    model: TravelModel,
    policy: Policy,
    track: Sequence[Fix] | None = None,
) -> Advance:
    """The live state after a batch, and the alerts to tell.

    ``track`` are all trusted fixes of the route with those of the batch. They are needed only when
    it ``needs_track``. The head only moves forward. Late fixes do not change it, and predict
    nothing; but visits are found however late.
    """
    before = live.head(policy)
    newer = live.with_fixes(screened.usable)
    head = newer.head(policy)
    is_new = head is not None and (before is None or head.sort_key > before.sort_key)
    if head is None or not (is_new or track):
        return Advance(newer)
    ground = Ground(route, plan_times, model, policy)
    passed = [fix for fix in screened.trusted if _is_between(fix, before, head)]
    found = _followed(live, newer, ground, passed=passed, track=track, batch=screened.trusted)
    if not found.is_complete and track is None:
        return _part_of(live, found, screened, ground, now=now)
    after, facts = found.live, found.told
    if route.breaks:
        standing_since, breaks_taken_s = breaks_taken(live, before, passed, route, policy)
        after = replace(after, standing_since=standing_since, breaks_taken_s=breaks_taken_s)
    if is_new or facts:
        after = _with_etas(after, head, plan_times, route, model)
    after, facts = _with_what_follows(after, facts, head.recorded_at, now, policy)
    if not (is_new and found.is_complete):
        return Advance(after, facts, found.is_complete)
    after, predictions = decide(
        after,
        route,
        as_of=head.recorded_at,
        now=now,
        limit=policy.alerts_per_commit,
        policy=policy,
        told=facts,
        doubts=doubts(
            live,
            after,
            lambda: remaining_etas(after, after.credible(policy)[-2], plan_times, route, model),
            policy,
        ),
    )
    return Advance(after, (*facts, *predictions))


def _followed(
    live: Live,
    newer: Live,
    ground: Ground,
    *,
    passed: Sequence[Fix],
    track: Sequence[Fix] | None,
    batch: Sequence[Fix],
) -> Followed:
    """The visits after a batch: from the start where fixes came late, else from the head on.

    ``newer`` is the live state with the fixes of the batch.
    """
    policy, before, head = ground.policy, live.head(ground.policy), newer.head(ground.policy)
    room = policy.alerts_per_commit
    if track is not None and before is not None and head is not None:
        until_head = [fix for fix in track if fix.sort_key <= head.sort_key]
        return follow_again(
            newer, until_head, ground, batch=batch, known_until=before.recorded_at, room=room
        )
    if before is None and passed:  # these may be the end of a journey, and its beginning comes late
        first_at = passed[0].recorded_at
        found = follow_again(newer, passed, ground, batch=batch, known_until=first_at, room=room)
        if found.is_complete:
            return found
    seen = _seen_before(live, before, policy)
    return follow(newer, passed, ground, seen=seen, room=room)


def _part_of(
    live: Live, found: Followed, screened: Screened, ground: Ground, *, now: datetime
) -> Advance:
    """The journey up to the last fix that was followed: that of the others is told next."""
    policy, last = ground.policy, found.passed[-1]
    first = [fix for fix in screened.usable if fix.sort_key <= last.sort_key]
    part = replace(screened, usable=tuple(first), trusted=found.passed)
    step = advance(
        live, part, ground.route, ground.plan_times, now=now, model=ground.model, policy=policy
    )
    after, waits_until = step.live, step.live.unsettled_until
    if waits_until:  # the rest of the same batch settles nothing
        newest_at = screened.usable[-1].recorded_at
        after = replace(after, unsettled_until=max(waits_until, newest_at))
    has_moved = after.head(policy) != live.head(policy)
    return replace(step, live=after, is_complete=not has_moved)


def reach(
    live: Live, stop_index: int, arrived_at: datetime, policy: Policy, *, is_firm: bool = True
) -> Live:
    """The live state after the driver reports the arrival at a stop.

    A late report does not make this stop the last one if the van has been at another stop since.
    After the report no fix withdraws the arrival; the time that the fixes show for it stays.

    It is not ``is_firm`` when the driver reported only what came of a part of the visit: a van that
    drives off then has left the other part undecided. A visit that the van has left stays left.
    """
    progress = live.progress[stop_index]
    if progress.is_done or progress.is_reported:
        return live
    if progress.arrived_at is not None:
        return live.with_progress(stop_index, replace(progress, is_reported=is_firm))
    visited_at = progress.arrival_before(arrived_at, policy)
    if visited_at is not None and not is_firm:
        return live
    reached = replace(
        progress,
        arrived_at=visited_at or arrived_at,
        has_approached=True,
        is_reported=is_firm,
        unreported=None,
    )
    etas = (*live.etas[:stop_index], None, *live.etas[stop_index + 1 :])
    after = replace(live.with_progress(stop_index, reached), etas=etas)
    if _was_elsewhere_since(live, stop_index, arrived_at, policy):
        return after
    return replace(after, last_stop=stop_index)


def can_be_at_stop(live: Live, stop_index: int, there: Fix, policy: Policy) -> bool:
    """Whether the van can be at the stop, as far as the fixes show.

    Drivers sometimes give up on a parcel for a later stop from far away. That must not change the
    visit order. So if we have recent fixes, one of them must be near the stop.
    """
    head = live.head(policy)
    return head is None or (
        is_drivable(head, there, policy) and _was_seen(live, stop_index, head, there, policy)
    )


def leave(
    live: Live,
    stop_index: int,
    route: Route,
    plan_times: Sequence[StopTimes],
    *,
    left_at: datetime,
    now: datetime,
    model: TravelModel,
    policy: Policy,
) -> Live:
    """The live state after all work at a stop is done. After the last stop the shift has ended.

    We assume that the van is at the stop, unless fixes say otherwise. Without a newer fix the way
    ahead begins at the stop.
    """
    after = live.with_progress(stop_index, Progress(is_done=True))
    etas = (*live.etas[:stop_index], None, *live.etas[stop_index + 1 :])
    after = replace(after, nearest_stop=None, near_since=None, away_since=None, etas=etas)
    if not after.remaining():
        return replace(after, ended_at=now)
    there = Fix(left_at, route.stops[stop_index].coordinates)
    head = after.head(policy)
    is_next = stop_index == live.next_stop
    if head is None:
        after, head = replace(after, last_stop=stop_index), there
    elif is_drivable(head, there, policy) and (
        is_next or can_be_at_stop(live, stop_index, there, policy)
    ):
        if head.recorded_at < left_at + policy.stale_after:
            after = replace(after, last_stop=stop_index)
        if head.recorded_at < left_at:
            head = there
    return _with_etas(after, head, plan_times, route, model)


def reopen(
    live: Live,
    stop_index: int,
    route: Route,
    plan_times: Sequence[StopTimes],
    *,
    now: datetime,
    model: TravelModel,
    policy: Policy,
) -> Live:
    """The live state after something was found on the van for a stop that is to be made anew.

    A stop that counted as done begins again; if that was the last one, the shift goes on. At a stop
    that is still open the van is heard again, so it has a new ETA. The way ahead begins now, where
    the van was last.
    """
    progress = live.progress[stop_index]
    opened = Progress() if progress.is_done else replace(progress, is_silent=False)
    after = replace(live.with_progress(stop_index, opened), ended_at=None)
    head = after.head(policy)
    if head is None:
        last = after.last_stop
        place = route.hub_coordinates if last is None else route.stops[last].coordinates
        head = Fix(now, place)
    head = replace(head, recorded_at=max(head.recorded_at, now))
    return _with_etas(after, head, plan_times, route, model)


def _was_elsewhere_since(live: Live, stop_index: int, arrived_at: datetime, policy: Policy) -> bool:
    """Whether the van was at another stop after ``arrived_at``, as far as we know.

    We keep only the latest departure time. If the van has already left its last stop, newer fixes
    must show that it is not at this stop either. They must be newer by ``Policy.stale_after``,
    because phones send fixes before the driver taps. Newer fixes never rule out a stop later in
    the plan than the last one: some vans park around the corner.
    """
    last, news_at = live.last_stop, live.estimated_at
    if last is None or news_at is None:
        return False
    last_arrived_at = live.progress[last].arrived_at
    if last_arrived_at is not None:
        return last_arrived_at > arrived_at
    head = live.head(policy)
    if head is None or head.recorded_at < news_at:  # the latest news is the departure itself
        return news_at > arrived_at
    if stop_index > last or live.nearest_stop == stop_index:
        return False
    return head.recorded_at >= arrived_at + policy.stale_after


def _was_seen(live: Live, stop_index: int, head: Fix, there: Fix, policy: Policy) -> bool:
    if live.nearest_stop == stop_index or live.progress[stop_index].arrived_at is not None:
        return True
    near_m = CLEAR * policy.arrival_radius_m
    seen = (distance_m(fix.coordinates, there.coordinates) for fix in live.recent)
    has_recent_fixes = there.recorded_at - head.recorded_at <= policy.stale_after
    return not has_recent_fixes or any(way_m <= near_m for way_m in seen)


def _seen_before(live: Live, before: Fix | None, policy: Policy) -> list[Fix]:
    """The newest credible fixes up to the head."""
    if before is None:
        return []
    return [fix for fix in live.credible(policy) if fix.sort_key <= before.sort_key]


def _with_what_follows(
    live: Live, facts: Sequence[Alert], as_of: datetime, now: datetime, policy: Policy
) -> tuple[Live, tuple[Alert, ...]]:
    """The facts, where an arrival that is withdrawn now also says what is expected instead."""
    told = list(facts)
    is_fresh = now - as_of <= policy.stale_after
    last_facts = {fact.stop_index: n for n, fact in enumerate(facts)}
    for stop_index, n in last_facts.items():
        eta = live.etas[stop_index]
        if facts[n].kind is not AlertKind.WITHDRAWN or eta is None or not is_fresh:
            continue
        stops_before = live.stops_before(stop_index)
        told[n] = replace(facts[n], eta=eta, stops_before=stops_before)
        if is_coming_soon(eta, stops_before, as_of, policy):
            told[n] = replace(told[n], kind=AlertKind.WITHDRAWN_NEARBY)
            nearby = replace(live.progress[stop_index], has_approached=True)
            live = live.with_progress(stop_index, nearby)
    return live, tuple(told)


def _with_etas(
    live: Live, head: Fix, plan_times: Sequence[StopTimes], route: Route, model: TravelModel
) -> Live:
    etas = remaining_etas(live, head, plan_times, route, model)
    return replace(live, etas=etas, estimated_at=head.recorded_at)


def _is_between(fix: Fix, before: Fix | None, head: Fix) -> bool:
    return (before is None or fix.sort_key > before.sort_key) and fix.sort_key <= head.sort_key
