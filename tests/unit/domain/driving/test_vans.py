from dataclasses import replace

from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.vans import Van, van
from chalicelib.domain.policy import Policy
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_eta,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    north_of,
)

POLICY = Policy()
PROMISE = make_range(NOON + minutes(60))
ROUTE = make_route([make_stop(0), make_stop(1, promise=PROMISE), make_stop(2)])


def seen(live: Live, *, after_min: float = 0) -> Van:
    return van(live, ROUTE, NOON + minutes(after_min), POLICY)


def done(live: Live, *indexes: int) -> Live:
    for index in indexes:
        live = live.with_progress(index, replace(live.progress[index], is_done=True))
    return live


def test_a_van_shows_how_far_it_is_and_what_is_next() -> None:
    found = seen(done(make_live(), 0))

    assert (found.stops_done, [stop.id for stop in found.ahead]) == (1, ["stp_1", "stp_2"])
    assert found.next_stop is not None
    assert found.next_stop.eta == make_eta(NOON + minutes(45))
    assert found.head is not None
    assert found.head.coordinates == north_of(HELSINKI, -5_000.0)


def test_a_promise_is_the_one_told_last_else_the_plans() -> None:
    live = make_live()
    untold = live.with_progress(1, replace(live.progress[1], promise=None))

    assert [stop.promise for stop in seen(untold).ahead] == [
        make_range(NOON),
        PROMISE,
        make_range(NOON + minutes(60)),
    ]


def test_a_van_that_is_not_heard_is_silent_and_its_range_widens() -> None:
    fresh, later = seen(make_live()), seen(make_live(), after_min=10)

    assert (fresh.is_silent, later.is_silent) == (False, True)
    assert later.next_stop is not None
    assert later.next_stop.eta is not None
    assert later.next_stop.eta.latest == make_eta(NOON + minutes(15)).latest + minutes(10)


def test_stops_that_were_told_to_be_late_are_counted_until_they_are_done() -> None:
    live = make_live()
    late = live.with_progress(1, replace(live.progress[1], is_delayed=True))

    assert seen(late).delayed_stops == 1
    assert seen(done(late, 1)).delayed_stops == 0


def test_a_van_with_nothing_left_has_no_next_stop() -> None:
    found = seen(done(make_live(recent=()), 0, 1, 2))

    assert (found.next_stop, found.stops_done, found.head) == (None, 3, None)
