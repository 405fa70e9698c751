"""Alerts: the news about stops that people must get. What is to come is decided in here.

Arrivals are facts and come from ``visits``; predictions come from the live state after a batch.

Rules are pure and edge-triggered. A rule fires when its condition becomes true. It stays quiet
until the condition has been false again. The memory for this is part of the live state and is
committed with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from chalicelib.domain.driving.doubts import NO_DOUBTS, Doubts
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.memory import (
    is_promise_recent,
    is_told_broken,
    promise_of,
    with_memory,
    with_promise,
)
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.eta.steady import Span, is_like
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, Stop


class AlertKind(StrEnum):
    """The kinds of alerts, as seen from a stop.

    An arrival is withdrawn when the van leaves without a report, perhaps to come back soon
    (``WITHDRAWN_NEARBY``). A time is brought forward by an edit of the plan; a van that makes good
    time comes ``EARLIER``.
    """

    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_NEARBY = "withdrawn_nearby"
    APPROACHING = "approaching"
    DELAYED = "delayed"
    BACK_ON_TIME = "back_on_time"
    EARLIER = "earlier"
    SILENT = "silent"
    HEARD_AGAIN = "heard_again"
    BROUGHT_FORWARD = "brought_forward"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to tell about one stop. ``promise`` is the new range, None if it did not change.

    ``heard_at`` is the time of the last news of a silent van.
    """

    kind: AlertKind
    stop_index: int
    occurred_at: datetime
    eta: Eta | None = None
    promise: Range | None = None
    stops_before: int | None = None
    heard_at: datetime | None = None


class AlertInput(NamedTuple):
    """The input of a rule: a remaining stop, how many stops come before it, its ETA at the head.

    This is a tuple because we make one for many stops with every fix.
    """

    stop_index: int
    stop: Stop
    progress: Progress
    stops_before: int
    eta: Eta | None
    as_of: datetime
    doubts: Doubts = NO_DOUBTS
    shown: Span | None = None


Rule = Callable[[AlertInput, Policy], tuple[Alert, Progress] | None]


def approaching(given: AlertInput, policy: Policy) -> tuple[Alert, Progress] | None:
    """The van is few stops away and the ETA is soon. Fires once per stop."""
    progress, eta = given.progress, given.eta
    if progress.has_approached or progress.arrived_at or eta is None:
        return None
    if not is_coming_soon(eta, given.stops_before, given.as_of, policy):
        return None
    if not given.doubts.is_near(given.stop_index, given.as_of, policy):
        return None
    alert = Alert(
        AlertKind.APPROACHING,
        given.stop_index,
        given.as_of,
        eta=eta,
        stops_before=given.stops_before,
    )
    return alert, replace(progress, has_approached=True)


def is_coming_soon(eta: Eta, stops_before: int, as_of: datetime, policy: Policy) -> bool:
    """Whether few stops come first and the time is near."""
    is_near = stops_before <= policy.approaching_stops
    return is_near and eta.point - as_of <= policy.approaching_within


def delayed(given: AlertInput, policy: Policy) -> tuple[Alert, Progress] | None:
    """The ETA is later than the promise told last, so we tell a new range.

    A further delay beyond that new range fires again.
    """
    progress, eta = given.progress, given.eta
    promise = promise_of(progress, given.stop)
    if eta is None or promise is None or progress.arrived_at:
        return None
    if eta.point <= promise.latest + policy.delay_tolerance:
        return None
    if is_promise_recent(progress, given.as_of, policy):
        return None
    if not given.doubts.is_late(given.stop_index, promise, given.as_of):
        return None
    return _with_new_promise(given, AlertKind.DELAYED, eta, policy, is_delayed=True)


def back_on_time(given: AlertInput, policy: Policy) -> tuple[Alert, Progress] | None:
    """After a delay, the ETA is safely inside the first promise again. That promise holds again.

    What was only later than an earlier time is not: the first promise was never broken. If the
    delay was an error of ours, this waits for neither time nor margin.
    """
    progress, eta, first = given.progress, given.eta, given.stop.promise
    if not progress.is_delayed or eta is None or first is None or progress.arrived_at:
        return None
    promise = promise_of(progress, given.stop)
    is_error = given.doubts.is_error(progress.told_at)
    if not is_error and not is_later(promise, first):
        return None
    if not is_error and is_promise_recent(progress, given.as_of, policy):
        return None
    if eta.point > first.latest - (timedelta(0) if is_error else policy.recovery_margin):
        return None
    return _with_new_promise(
        given, AlertKind.BACK_ON_TIME, eta, policy, is_delayed=False, first=first
    )


def earlier(given: AlertInput, policy: Policy) -> tuple[Alert, Progress] | None:
    """The van comes before the promise begins, so whoever comes home for it must know.

    It is not told once the van is so near that nobody could come home any more: then the recipient
    hears that it is near. A stop that is still later than its first promise stays delayed.
    """
    progress, eta = given.progress, given.eta
    promise = promise_of(progress, given.stop)
    if eta is None or promise is None or progress.arrived_at:
        return None
    if eta.point >= promise.earliest - policy.early_tolerance:
        return None
    if eta.point - given.as_of <= policy.approaching_within:
        return None
    if is_promise_recent(progress, given.as_of, policy):
        return None
    if not given.doubts.is_early(given.stop_index, promise):
        return None
    first, told = given.stop.promise, eta.range.as_promise(policy.promise_step)
    is_delayed = progress.is_delayed and is_later(told, first)
    return _with_new_promise(given, AlertKind.EARLIER, eta, policy, is_delayed=is_delayed)


def is_later(promise: Range | None, first: Range | None) -> bool:
    """Whether a promise ends later than the first one, as far as both are known."""
    return promise is None or first is None or promise.latest > first.latest


def heard_again(given: AlertInput, policy: Policy) -> tuple[Alert, Progress] | None:
    """There are news of a van that we told to be silent. A promise that it broke is replaced."""
    if not given.progress.is_silent:
        return None
    progress, eta = replace(given.progress, is_silent=False), given.eta
    if not is_told_broken(progress, given.stop) or eta is None or progress.arrived_at:
        return Alert(AlertKind.HEARD_AGAIN, given.stop_index, given.as_of), progress
    calm = given._replace(progress=progress)
    return _with_new_promise(calm, AlertKind.HEARD_AGAIN, eta, policy, is_delayed=True)


RULES: Final[tuple[Rule, ...]] = (heard_again, approaching, delayed, back_on_time, earlier)


def is_quiet(
    progress: Progress, stop: Stop, point_s: int | None, *, is_soon: bool, policy: Policy
) -> bool:
    """Whether no rule can fire for a stop.

    We check this before the rules because it costs a tenth of them, and most stops need no more.
    ``point_s`` is the stop's ETA in full seconds since the epoch.
    """
    if progress.is_silent or progress.is_delayed or (is_soon and not progress.has_approached):
        return False
    promise = promise_of(progress, stop)
    if point_s is None or promise is None:
        return True
    if point_s + 1.0 > promise.latest.timestamp() + policy.delay_tolerance.total_seconds():
        return False
    return point_s >= promise.earliest.timestamp() - policy.early_tolerance.total_seconds()


def decide(
    live: Live,
    route: Route,
    *,
    as_of: datetime,
    now: datetime,
    limit: int,
    policy: Policy,
    told: Sequence[Alert] = (),
    doubts: Doubts = NO_DOUBTS,
) -> tuple[Live, tuple[Alert, ...]]:
    """The live state with its alert memory updated, and the alerts, nearest stops first.

    At most ``limit`` alerts × shipments are told at once, with those ``told`` already, but always
    one alert. The memory of the others stays unchanged, so they fire with the next fix: seconds
    late, never lost. A stale head predicts nothing: the device is still sending saved fixes, and
    newer ones will follow.
    """
    if now - as_of > policy.stale_after:
        return live, ()
    points_s = Etas.of(live.etas).points_s
    alerts: list[Alert] = []
    progress, shown = list(live.progress), live.shown_by_number
    room = limit - sum(len(route.stops[alert.stop_index].consignments) for alert in told)
    for stops_before, i in enumerate(live.remaining()):
        is_soon = stops_before <= policy.approaching_stops
        if is_quiet(progress[i], route.stops[i], points_s[i], is_soon=is_soon, policy=policy):
            continue
        given = AlertInput(
            i,
            route.stops[i],
            progress[i],
            stops_before,
            live.etas[i],
            as_of,
            doubts=doubts,
            shown=shown.get(live.number_of(i)),
        )
        for rule in RULES:
            outcome = rule(given, policy)
            if outcome is None:
                continue
            room -= len(given.stop.consignments)
            if room < 0 and (alerts or told):
                return with_memory(live, progress, route, as_of, policy), tuple(alerts)
            alert, progress[i] = outcome
            given = given._replace(progress=progress[i])
            alerts.append(alert)
    return (with_memory(live, progress, route, as_of, policy) if alerts else live), tuple(alerts)


def _with_new_promise(
    given: AlertInput,
    kind: AlertKind,
    eta: Eta,
    policy: Policy,
    *,
    is_delayed: bool,
    first: Range | None = None,
) -> tuple[Alert, Progress]:
    promise = _told(eta, given.shown, policy)
    if first is not None:
        # A tighter promise could report a delay while the ETA is still inside the first promise.
        promise = Range(
            min(promise.earliest, first.earliest),
            max(promise.latest, first.latest),
        )
    alert = Alert(kind, given.stop_index, given.as_of, eta=eta, promise=promise)
    memory = with_promise(given.progress, promise, given.as_of, policy, is_delayed=is_delayed)
    return alert, memory


def _told(eta: Eta, shown: Span | None, policy: Policy) -> Range:
    """The range of the ETA, or the one that the page shows when that says about the same."""
    promise = eta.range.as_promise(policy.promise_step)
    ends = Span(int(promise.earliest.timestamp()), int(promise.latest.timestamp()))
    if shown is None or not is_like(shown, ends) or shown.latest_s <= eta.point.timestamp():
        return promise
    return Range(*map(Etas.instant, shown))
