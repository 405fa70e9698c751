from dataclasses import replace
from datetime import datetime

from chalicelib.domain.driving.alerts import decide
from chalicelib.domain.driving.live import Live, Progress, Shown
from chalicelib.domain.driving.shown import (
    REMEMBERED_STOPS,
    expected,
    with_shown,
    with_told_shown,
)
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.eta.steady import Span
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from tests.support.builders import NOON, make_fix, make_live, make_route, minutes

POLICY = Policy()
STOP = 2
ONE_AHEAD = (Progress(is_done=True), Progress(), Progress())


def eta(earliest_min: float, latest_min: float) -> Eta:
    ends = NOON + minutes(earliest_min), NOON + minutes(latest_min)
    return Eta(ends[0] + (ends[1] - ends[0]) / 2, *ends)


def between(earliest_min: float, latest_min: float) -> Range:
    return Range(NOON + minutes(earliest_min), NOON + minutes(latest_min))


def promised(*promises: tuple[float, float]) -> Route:
    route = make_route(len(promises))
    stops = (
        replace(stop, promise=between(*ends))
        for stop, ends in zip(route.stops, promises, strict=True)
    )
    return replace(route, stops=tuple(stops))


ROUTE = promised((-30, -10), (0, 20), (20, 40))


def driving(last: Eta, *, at: datetime = NOON, **changes: object) -> Live:
    live = make_live(3, recent=(make_fix(at),), estimated_at=at, progress=ONE_AHEAD, **changes)
    return replace(live, etas=(None, eta(2, 9), last))


def shown(live: Live, now: datetime = NOON) -> Range | None:
    at = live.etas[STOP]
    assert at is not None
    return expected(live, STOP, at, ROUTE.stops[STOP].promise, now=now, policy=POLICY)


def test_before_the_first_fix_the_promise_is_shown() -> None:
    assert shown(driving(eta(22, 38))) == between(20, 40)


def test_a_page_shows_what_was_remembered_with_the_fix() -> None:
    live = with_shown(driving(eta(20, 51)), ROUTE, NOON)

    assert shown(live) == between(20, 50)
    assert shown(replace(live, etas=driving(eta(21, 44)).etas)) == between(20, 50)


def test_polls_between_two_fixes_show_the_same() -> None:
    live = with_shown(driving(eta(20, 51)), ROUTE, NOON)

    assert {shown(live, NOON + minutes(n) / 3) for n in range(9)} == {between(20, 50)}


def test_a_silent_van_changes_nothing_until_that_is_over() -> None:
    live = with_shown(driving(eta(20, 51)), ROUTE, NOON)

    assert shown(live, NOON + minutes(45)) == between(20, 50)
    assert shown(live, NOON + minutes(50)) == ROUTE.stops[STOP].promise


def test_a_new_promise_is_shown_as_it_was_told() -> None:
    live = with_shown(driving(eta(62, 91)), ROUTE, NOON)

    after, alerts = decide(live, ROUTE, as_of=NOON, now=NOON, limit=9, policy=POLICY)

    (told,) = (alert.promise for alert in alerts if alert.stop_index == STOP)
    assert told is not None
    assert shown(with_told_shown(after, alerts, NOON)) == told


def test_a_promise_is_told_in_the_words_of_the_page_where_those_say_about_the_same() -> None:
    page = Shown(STOP, Span(*(int((NOON + minutes(m)).timestamp()) for m in (55, 80))))
    live = driving(eta(58, 84), shown=(page,))

    _, alerts = decide(live, ROUTE, as_of=NOON, now=NOON, limit=9, policy=POLICY)

    assert [a.promise for a in alerts if a.stop_index == STOP] == [between(55, 80)]


def test_of_a_stop_that_is_far_away_the_promise_is_shown() -> None:
    count = REMEMBERED_STOPS + 1
    route = promised(*((10 * n, 10 * n + 40) for n in range(count)))
    live = replace(make_live(count), etas=tuple(eta(10 * n, 10 * n + 5) for n in range(count)))

    after = with_shown(replace(live, estimated_at=NOON), route, NOON)

    assert len(after.shown) == REMEMBERED_STOPS
    last, promise = after.etas[-1], route.stops[-1].promise
    assert last is not None
    assert expected(after, count - 1, last, promise, now=NOON, policy=POLICY) == promise


def test_what_is_shown_follows_its_stop_into_another_plan() -> None:
    live = with_shown(driving(eta(20, 51)), ROUTE, NOON)
    swapped = replace(
        live,
        numbers=(0, 2, 1),
        etas=(None, live.etas[2], live.etas[1]),
    )

    at = swapped.etas[1]
    assert at is not None
    assert expected(swapped, 1, at, between(20, 40), now=NOON, policy=POLICY) == between(20, 50)
