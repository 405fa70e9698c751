"""Replanning: a live state goes on under another plan of its route, and who must hear of that.

The stops that the van has reached stay before all others. What is ahead is made in the new order.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.forecasts import remaining_etas
from chalicelib.domain.driving.live import Live, Progress, kept_numbers
from chalicelib.domain.driving.memory import is_promise_recent, promise_of, told_from
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.model import TravelModel
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


def reached_stops(live: Live, route: Route) -> frozenset[int]:
    """The numbers of the stops that the van has reached, or that are done without it.

    A stop for which nothing is on the van counts as done, but is not reached: something for it may
    still board.
    """
    return frozenset(
        stop.number
        for stop, progress in zip(route.stops, live.progress, strict=True)
        if progress.arrived_at is not None or (progress.is_done and stop.promise is not None)
    )


def in_expected_order(live: Live, route: Route) -> Route:
    """The plan with its stops as they are expected now: first those that the van has reached.

    It differs from the plan once the van has reached a stop out of turn.
    """
    reached = reached_stops(live, route)
    places = range(len(route.stops))
    first = [i for i in places if route.stops[i].number in reached]
    left = [i for i in live.remaining() if i not in first]
    others = [i for i in places if i not in first and i not in left]
    rest = [*left, *others]
    rest = sorted(rest) if left == sorted(left) else rest
    stops = tuple(route.stops[i] for i in (*first, *rest))
    return replace(route, stops=stops, joined=route.roll)


def under_plan(live: Live, before: Route, after: Route) -> Live:
    """The live state with the stops of another plan; its ETAs are those of before.

    A new stop counts as done until something for it boards.
    """
    places, now_at = before.indexes_by_number, after.indexes_by_number
    reached = reached_stops(live, before)

    def moved(stop_index: int | None) -> int | None:
        return None if stop_index is None else now_at.get(before.stops[stop_index].number)

    def reached_one(stop_index: int | None) -> int | None:
        known = stop_index is not None and before.stops[stop_index].number in reached
        return moved(stop_index) if known else None

    found = [places.get(stop.number) for stop in after.stops]
    last = reached_one(live.last_stop)
    nearest = moved(live.nearest_stop)
    taken_s = dict(zip(before.breaks, live.breaks_taken_s, strict=False))
    return replace(
        live,
        plan_version=after.plan_version,
        progress=tuple(Progress(is_done=True) if i is None else live.progress[i] for i in found),
        etas=tuple(None if i is None else live.etas[i] for i in found),
        nearest_stop=nearest,
        near_since=None if nearest is None else live.near_since,
        last_stop=last,
        last_stop_before=reached_one(live.last_stop_before),
        away_since=None if last is None else live.away_since,
        breaks_taken_s=tuple(taken_s.get(each, 0) for each in after.breaks) if taken_s else (),
        numbers=kept_numbers(after.numbers),
    )


def with_new_etas(
    live: Live, route: Route, plan_times: Sequence[StopTimes], *, model: TravelModel, policy: Policy
) -> Live:
    """The live state with ETAs by the plan, from where the van was last known to be.

    An edit is no news of the van: the ETAs are as old as the news behind them.
    """
    place = _last_known(live, route, policy)
    etas = remaining_etas(live, place, plan_times, route, model)
    return replace(live, etas=etas, estimated_at=place.recorded_at)


def changed_promises(
    live: Live, route: Route, *, now: datetime, policy: Policy
) -> tuple[Alert, ...]:
    """The promises that no longer hold under the plan, each with the new one, next stops first.

    Like a delay on the road, a later time waits for fresh news and for the end of
    ``promise_min_interval``: the rule for delays tells it then. An earlier one is told at once,
    because nothing else would tell it before the van comes.
    """
    found: list[Alert] = []
    for stops_before, i in enumerate(live.remaining()):
        eta, promise = live.etas[i], promise_of(live.progress[i], route.stops[i])
        if eta is None or promise is None or live.progress[i].arrived_at is not None:
            continue
        kind = _kind(eta, promise, policy)
        if kind is None or (kind is AlertKind.DELAYED and _must_wait(live, i, now, policy)):
            continue
        if eta.latest <= now:
            continue
        told = eta.range.as_promise(policy.promise_step)
        found.append(Alert(kind, i, now, eta=eta, promise=told, stops_before=stops_before))
    return tuple(found)


def with_promises(route: Route, told: Sequence[Alert]) -> Route:
    """The plan with the new times as its promises: what comes later is measured by them.

    They are in the plan and not in live state, because an edit may change all of them at once.
    """
    stops = list(route.stops)
    for alert in told:
        stops[alert.stop_index] = replace(stops[alert.stop_index], promise=alert.promise)
    return replace(route, stops=tuple(stops))


def untold(live: Live, route: Route, later: Sequence[Alert]) -> Live:
    """The live state that remembers what was told before: these are told the new time next.

    ``route`` is the plan without the new promises.
    """
    for alert in later:
        i = alert.stop_index
        before = promise_of(live.progress[i], route.stops[i])
        live = live.with_progress(i, replace(live.progress[i], promise=before))
    return live


def with_told(live: Live, told: Sequence[Alert], policy: Policy) -> Live:
    """The live state after these new promises of the plan have been told."""
    for alert in told:
        before, told_at = live.progress[alert.stop_index], told_from(alert.occurred_at, policy)
        memory = replace(before, promise=None, is_delayed=False, told_at=told_at)
        live = live.with_progress(alert.stop_index, memory)
    return live


def _kind(eta: Eta, promise: Range, policy: Policy) -> AlertKind | None:
    if eta.point > promise.latest + policy.delay_tolerance:
        return AlertKind.DELAYED
    if eta.point < promise.earliest - policy.delay_tolerance:
        return AlertKind.BROUGHT_FORWARD
    return None


def _must_wait(live: Live, stop_index: int, now: datetime, policy: Policy) -> bool:
    """Whether a later time is not told yet: the last one was just told, or the van is silent."""
    if is_promise_recent(live.progress[stop_index], now, policy):
        return True
    return live.news_at is None or now - live.news_at > policy.stale_after


def _last_known(live: Live, route: Route, policy: Policy) -> Fix:
    """The newest fix; where a report is newer, its stop; at the start of the route, the hub."""
    head, last = live.head(policy), live.last_stop
    news_at = live.news_at
    if head is not None and (news_at is None or head.recorded_at >= news_at or last is None):
        return head
    place = route.hub_coordinates if last is None else route.stops[last].coordinates
    return Fix(news_at or route.starts_at, place)
