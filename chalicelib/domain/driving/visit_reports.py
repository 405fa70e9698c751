"""Visit reports: what a driver says of a visit turns one live state into the next.

Phones send fixes before their driver taps, and reports come late. So a report says where the van
was, and newer fixes say where it is now.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import with_etas
from chalicelib.domain.driving.jumps import is_drivable
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.nearest_stop import CLEAR
from chalicelib.domain.driving.shown import with_shown
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.geography import distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


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
    return with_shown(with_etas(after, head, plan_times, route, model), route, now)


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
    return with_shown(with_etas(after, head, plan_times, route, model), route, now)


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
