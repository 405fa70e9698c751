"""Journeys: a batch of fixes turns one live state into the next.

What a driver's report does is in ``visit_reports``. All functions are pure. The order is: newest
fixes → head → visits → ETAs of all remaining stops → alerts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.driving.alerts import Alert, AlertKind, decide, is_coming_soon
from chalicelib.domain.driving.breaks import breaks_taken
from chalicelib.domain.driving.doubts import doubts
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import remaining_etas, with_etas
from chalicelib.domain.driving.late_visits import follow_again
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.screening import Screened
from chalicelib.domain.driving.shown import with_shown, with_told_shown
from chalicelib.domain.driving.visits import Followed, Ground, follow
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.model import TravelModel
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
        after = with_etas(after, head, plan_times, route, model)
    after, facts = _with_what_follows(after, facts, head.recorded_at, now, policy)
    if not (is_new and found.is_complete):
        return Advance(after, facts, found.is_complete)
    after, predictions = decide(
        with_shown(after, route, now),
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
    return Advance(with_told_shown(after, predictions, now), (*facts, *predictions))


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


def _is_between(fix: Fix, before: Fix | None, head: Fix) -> bool:
    return (before is None or fix.sort_key > before.sort_key) and fix.sort_key <= head.sort_key
