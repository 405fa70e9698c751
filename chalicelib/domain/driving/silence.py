"""Silence: what no fix will ever tell, since none comes. A schedule asks this each minute.

The rules are those of alerts: pure, edge-triggered, with their memory in the live state. A silent
van is told of once per stop, a broken promise once per promise. The all-clear is the rule
``heard_again``, which also runs with the first fresh fix.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.driving.alerts import Alert, AlertInput, AlertKind, heard_again
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.memory import is_told_broken, promise_of, with_memory
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


def heard_at(live: Live) -> datetime | None:
    """The time of the newest news of the van: a fix or a report; None before a route.

    Fixes that a phone had saved are news of then: they do not say where the van is now.
    """
    found = [live.news_at, *(fix.recorded_at for fix in live.recent)]
    found += [stop.arrived_at for stop in live.progress]
    return max((at for at in found if at is not None), default=None)


def alive_at(live: Live) -> datetime | None:
    """The time of the newest sign of life: news of the van, or a phone that only says it is there.

    A phone that stands still may send no place for an hour. It is not silent; but where the van is,
    and so whether it keeps a promise, only news tell.
    """
    found = (heard_at(live), live.alive_at)
    return max((at for at in found if at is not None), default=None)


def decide_in_silence(
    live: Live, route: Route, *, now: datetime, limit: int, policy: Policy
) -> tuple[Live, tuple[Alert, ...]]:
    """The live state with its alert memory updated, and the alerts, nearest stops first.

    At most ``limit`` alerts × shipments are told at once, but always one alert. The memory of the
    others stays unchanged, so they follow with the next call.
    """
    heard, alive = heard_at(live), alive_at(live)
    if heard is None or alive is None or not live.is_on_shift:
        return live, ()
    signs = _Signs(heard, alive)
    alerts: list[Alert] = []
    progress, room = list(live.progress), limit
    for stops_before, i in enumerate(live.remaining()):
        given = AlertInput(i, route.stops[i], progress[i], stops_before, live.etas[i], now)
        for rule in (_heard_again, _silent, _broken):
            outcome = rule(given, signs, policy)
            if outcome is None:
                continue
            room -= len(given.stop.consignments)
            if room < 0 and alerts:
                return with_memory(live, progress, route, now, policy), tuple(alerts)
            alert, progress[i] = outcome
            given = given._replace(progress=progress[i])
            alerts.append(alert)
            if alert.kind is AlertKind.HEARD_AGAIN:
                break
    return (with_memory(live, progress, route, now, policy) if alerts else live), tuple(alerts)


class _Signs(NamedTuple):
    """When there was news of the van last, and a sign of life."""

    heard: datetime
    alive: datetime


def _heard_again(given: AlertInput, signs: _Signs, policy: Policy) -> tuple[Alert, Progress] | None:
    """There is newer news than those that the silence was told of."""
    told_at, promise = given.progress.told_at, promise_of(given.progress, given.stop)
    if told_at is not None and is_told_broken(given.progress, given.stop):
        return heard_again(given, policy) if signs.heard > told_at else None
    if promise is not None and _ended_in_silence(promise, signs.heard, given.as_of, policy):
        return None
    return heard_again(given, policy) if given.as_of - signs.alive < policy.silent_after else None


def _silent(given: AlertInput, signs: _Signs, policy: Policy) -> tuple[Alert, Progress] | None:
    """Nothing for a while, and somebody waits already or will soon."""
    progress, now = given.progress, given.as_of
    promise = promise_of(progress, given.stop)
    if promise is None or progress.is_silent or _is_at_the_door(progress, now, policy):
        return None
    is_soon = promise.earliest - now <= policy.approaching_within
    is_silent = is_soon and now - signs.alive >= policy.silent_after
    if not is_silent and not _ended_in_silence(promise, signs.heard, now, policy):
        return None
    alert = Alert(AlertKind.SILENT, given.stop_index, now, heard_at=signs.heard)
    return alert, replace(progress, is_silent=True, promise=promise)


def _broken(given: AlertInput, signs: _Signs, policy: Policy) -> tuple[Alert, Progress] | None:
    """The promise has ended in silence. No new range is told, since nobody knows one."""
    progress, now = given.progress, given.as_of
    promise = promise_of(progress, given.stop)
    if promise is None or not _ended_in_silence(promise, signs.heard, now, policy):
        return None
    if is_told_broken(progress, given.stop) or _is_at_the_door(progress, now, policy):
        return None
    alert = Alert(AlertKind.DELAYED, given.stop_index, now, heard_at=signs.heard)
    return alert, replace(progress, is_delayed=True, told_at=now)


def _is_at_the_door(progress: Progress, now: datetime, policy: Policy) -> bool:
    """Whether nobody waits for the van any more: it came a moment ago, or its driver said so.

    An arrival that only fixes tell may have been a traffic light. Fixes would withdraw it, but none
    come.
    """
    if progress.arrived_at is None:
        return False
    return progress.is_reported or now - progress.arrived_at < policy.silent_after


def _ended_in_silence(promise: Range, heard: datetime, now: datetime, policy: Policy) -> bool:
    """The promise has ended, and the van has sent nothing since.

    A van that sent fixes after the end has told its delay by itself, so it has more time.
    """
    patience = policy.silence_grace if heard <= promise.latest else policy.stale_after
    return now > promise.latest and now - heard >= patience
