"""A van on its route: what a batch of fixes does to the live state, decided without any effect.

The order: newest fixes → head → which stop it is near → ETAs of all remaining stops → alerts.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.alerts import Alert, decide
from chalicelib.domain.driving.breaks import breaks_taken
from chalicelib.domain.driving.fixes import Fix, Screened, is_drivable, newest
from chalicelib.domain.driving.forecasts import remaining_etas
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.nearest_stop import CLEAR, near_stop
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


def advance(
    live: Live,
    screened: Screened,
    route: Route,
    plan_times: Sequence[StopTimes],
    *,
    now: datetime,
    model: TravelModel,
    policy: Policy,
) -> tuple[Live, tuple[Alert, ...]]:
    """The live state after a batch, and what must be told.

    The head only moves forward: late fixes change neither it nor an ETA, and then nothing is told.
    """
    before = live.head(policy)
    after = replace(live, recent=newest(live.recent, screened.usable))
    head = after.head(policy)
    if head is None or (before is not None and head.sort_key <= before.sort_key):
        return after, ()
    passed = [fix for fix in screened.trusted if _is_between(fix, before, head)]
    near, since = near_stop(after, route, passed, model=model, policy=policy) or (None, None)
    after = replace(after, near_stop=near, near_since=since)
    if route.breaks:
        standing_since, breaks_taken_s = breaks_taken(live, before, passed, route, policy)
        after = replace(after, standing_since=standing_since, breaks_taken_s=breaks_taken_s)
    after = _reckoned(after, head, plan_times, route, model)
    return decide(
        after,
        route,
        as_of=head.recorded_at,
        now=now,
        limit=policy.alerts_per_commit,
        policy=policy,
    )


def reach(live: Live, stop_index: int, arrived_at: datetime, policy: Policy) -> Live:
    """The live state when the driver says that a stop has been reached.

    Who says so late does not call the van back from where it has been since.
    """
    progress = live.progress[stop_index]
    if progress.is_done or progress.arrived_at is not None:
        return live
    reached = replace(progress, arrived_at=arrived_at, has_approached=True)
    etas = (*live.etas[:stop_index], None, *live.etas[stop_index + 1 :])
    after = replace(live.with_progress(stop_index, reached), etas=etas)
    if _was_elsewhere_since(live, stop_index, arrived_at, policy):
        return after
    return replace(after, last_stop=stop_index)


def is_there(live: Live, stop_index: int, there: Fix, policy: Policy) -> bool:
    """Whether a van can be at a stop, where something has been done, for all that fixes say.

    Drivers give up on parcels for stops ahead from where they are. That must not turn the plan
    around, so who is heard of must have been seen near.
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
    """The live state when all is done at a stop; after the last one the shift has ended.

    Who is done at a stop is there, unless fixes say otherwise: with no newer one, the way ahead
    begins at the stop.
    """
    after = live.with_progress(stop_index, Progress(is_done=True))
    etas = (*live.etas[:stop_index], None, *live.etas[stop_index + 1 :])
    after = replace(after, near_stop=None, near_since=None, etas=etas)
    if not after.remaining():
        return replace(after, ended_at=now)
    there = Fix(left_at, route.stops[stop_index].coordinates)
    head = after.head(policy)
    is_next = stop_index == live.next_stop
    if head is None:
        after, head = replace(after, last_stop=stop_index), there
    elif is_drivable(head, there, policy) and (
        is_next or is_there(live, stop_index, there, policy)
    ):
        if head.recorded_at < left_at + policy.stale_after:
            after = replace(after, last_stop=stop_index)
        if head.recorded_at < left_at:
            head = there
    return _reckoned(after, head, plan_times, route, model)


def _was_elsewhere_since(live: Live, stop_index: int, arrived_at: datetime, policy: Policy) -> bool:
    """Whether the van was at another stop after ``arrived_at``, for all that we know.

    When a stop was left is not kept, but for the newest news. So of a van that has left one, newer
    fixes must say that it is no longer at this stop, and not just now: phones send their fixes
    before the driver has tapped. To a stop ahead nobody is called back, however late it is said:
    some vans park around the corner.
    """
    last, news_at = live.last_stop, live.estimated_at
    if last is None or news_at is None:
        return False
    last_arrived_at = live.progress[last].arrived_at
    if last_arrived_at is not None:
        return last_arrived_at > arrived_at
    head = live.head(policy)
    if head is None or head.recorded_at < news_at:  # the news are that departure
        return news_at > arrived_at
    if stop_index > last or live.near_stop == stop_index:
        return False
    return head.recorded_at >= arrived_at + policy.stale_after


def _was_seen(live: Live, stop_index: int, head: Fix, there: Fix, policy: Policy) -> bool:
    if live.near_stop == stop_index or live.progress[stop_index].arrived_at is not None:
        return True
    near_m = CLEAR * policy.arrival_radius_m
    seen = (distance_m(fix.coordinates, there.coordinates) for fix in live.recent)
    is_heard = there.recorded_at - head.recorded_at <= policy.stale_after
    return not is_heard or any(way_m <= near_m for way_m in seen)


def _reckoned(
    live: Live, head: Fix, plan_times: Sequence[StopTimes], route: Route, model: TravelModel
) -> Live:
    etas = remaining_etas(live, head, plan_times, route, model)
    return replace(live, etas=etas, estimated_at=head.recorded_at)


def _is_between(fix: Fix, before: Fix | None, head: Fix) -> bool:
    return (before is None or fix.sort_key > before.sort_key) and fix.sort_key <= head.sort_key
