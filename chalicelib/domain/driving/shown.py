"""The ranges that pages show of the stops ahead, remembered in live state.

Only the nearest stops are remembered: live state is small, and of a stop that is far away a page
shows the promise, which is calm by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from chalicelib.domain.driving.alerts import Alert
from chalicelib.domain.driving.live import Live, Shown
from chalicelib.domain.driving.memory import promise_of
from chalicelib.domain.eta.estimates import Eta, Etas
from chalicelib.domain.eta.steady import Span, after_telling, steady
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route

REMEMBERED_STOPS: Final = 12


def with_shown(live: Live, route: Route, now: datetime) -> Live:
    """The live state with what pages show of the nearest stops ahead, by its ETAs."""
    etas, known, now_s = Etas.of(live.etas), live.shown_by_number, int(now.timestamp())
    found: list[Shown] = []
    for stops_before, i in enumerate(islice(live.remaining(), REMEMBERED_STOPS)):
        if etas.points_s[i] is None:
            continue
        number = live.number_of(i)
        before = known.get(number) or _span(promise_of(live.progress[i], route.stops[i]))
        eta = Span(etas.earliest_s[i], etas.latest_s[i])
        found.append(Shown(number, steady(before, eta, now_s, is_next=stops_before == 0)))
    return replace(live, shown=tuple(found))


def with_told_shown(live: Live, alerts: Sequence[Alert], now: datetime) -> Live:
    """The live state after these alerts: a page shows the promise that was just told."""
    told = {
        live.number_of(alert.stop_index): alert.promise
        for alert in alerts
        if alert.promise is not None
    }
    if not told:
        return live
    now_s = int(now.timestamp())
    shown = (
        Shown(each.stop_number, after_telling(each.span, Span(*_ends(promise)), now_s))
        if (promise := told.get(each.stop_number))
        else each
        for each in live.shown
    )
    return replace(live, shown=tuple(shown))


def expected(
    live: Live, stop_index: int, eta: Eta, promise: Range | None, *, now: datetime, policy: Policy
) -> Range | None:
    """The range that a page shows of this stop now, with this ETA. A silent van changes nothing.

    It is the same until the next fix, however often somebody asks.
    """
    remembered = live.shown_by_number.get(live.number_of(stop_index))
    stops_before = live.stops_before(stop_index)
    is_silent = live.news_at is None or now - live.news_at > policy.stale_after
    now_s = int(now.timestamp())
    if is_silent or (remembered is None and stops_before >= REMEMBERED_STOPS):
        is_ahead = remembered is not None and remembered.latest_s > now_s
        return _range(remembered) if remembered and is_ahead else promise
    before = remembered or _span(promise)
    return _range(steady(before, Span(*_ends(eta.range)), now_s, is_next=stops_before == 0))


def _ends(told: Range) -> tuple[int, int]:
    return int(told.earliest.timestamp()), int(told.latest.timestamp())


def _span(told: Range | None) -> Span | None:
    return None if told is None else Span(*_ends(told))


def _range(span: Span) -> Range:
    return Range(*(datetime.fromtimestamp(at_s, UTC) for at_s in span))
