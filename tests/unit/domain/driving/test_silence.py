"""Silent vans: who is told what, and when, though no fix comes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.driving.alerts import Alert, AlertInput, AlertKind, heard_again
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.silence import alive_at, decide_in_silence, heard_at
from chalicelib.domain.instants import Range
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from tests.support.builders import (
    NOON,
    make_eta,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    minutes,
    seconds,
)

POLICY: Final = Policy()
PROMISE: Final = make_range(NOON, minutes(30))
END: Final = PROMISE.latest


def route(stops: int = 1, promise: Range | None = PROMISE) -> Route:
    return make_route([make_stop(i, promise=promise) for i in range(stops)])


def heard(at: datetime, stops: int = 1, **changes: Any) -> Live:
    """A van on the road that was last heard at this time."""
    default: dict[str, Any] = {
        "recent": (make_fix(at),),
        "started_at": NOON - timedelta(hours=2),
        "estimated_at": at,
        "progress": (Progress(),) * stops,
    }
    return make_live(stops, **default | changes)


def told(
    live: Live, now: datetime, on: Route | None = None, *, limit: int = 39
) -> tuple[Live, list[AlertKind]]:
    after, alerts = decide_in_silence(live, on or route(), now=now, limit=limit, policy=POLICY)
    return after, [alert.kind for alert in alerts]


def each_minute(live: Live, since: datetime, count: int) -> list[tuple[datetime, AlertKind]]:
    """What the sweeps of so many minutes tell."""
    found = []
    for i in range(count):
        now = since + minutes(i)
        live, kinds = told(live, now)
        found += [(now, kind) for kind in kinds]
    return found


@given(last_s=st.integers(-7_200, 0).map(lambda s: s + 1_800), first_sweep_s=st.integers(0, 59))
def test_a_broken_promise_is_told_once_within_two_minutes_of_its_end(
    last_s: int, first_sweep_s: int
) -> None:
    live = heard(NOON + seconds(last_s))

    news = each_minute(live, NOON - minutes(5) + seconds(first_sweep_s), 180)

    delays = [at for at, kind in news if kind is AlertKind.DELAYED]
    silences = [at for at, kind in news if kind is AlertKind.SILENT]
    assert len(delays) == len(silences) == 1
    assert END < delays[0] <= END + minutes(2)
    assert silences[0] <= delays[0]


def test_a_van_that_is_heard_breaks_nothing_here() -> None:
    for late_s in range(0, 600, 60):
        now = END + seconds(late_s)
        assert told(heard(now - seconds(30)), now)[1] == []


def test_a_van_that_was_heard_after_the_end_has_three_minutes() -> None:
    live = heard(END + seconds(1))

    assert told(live, END + seconds(175))[1] == []
    assert told(live, END + seconds(181))[1] == [AlertKind.SILENT, AlertKind.DELAYED]


@pytest.mark.parametrize(
    ("begins_in", "silent_for", "expected"),
    [(15, 10, True), (16, 10, False), (15, 9, False), (-5, 10, True), (-5, 9, False)],
)
def test_silence_is_told_where_somebody_waits(
    begins_in: int, silent_for: int, *, expected: bool
) -> None:
    on = route(promise=make_range(NOON + minutes(begins_in), minutes(60)))

    _, kinds = told(heard(NOON - minutes(silent_for)), NOON, on)

    assert kinds == [AlertKind.SILENT] * expected


def test_what_is_told_says_when_the_van_was_last_heard() -> None:
    live = heard(NOON)

    after, alerts = decide_in_silence(live, route(), now=END + minutes(1), limit=39, policy=POLICY)

    assert alerts == (
        Alert(AlertKind.SILENT, 0, END + minutes(1), heard_at=NOON),
        Alert(AlertKind.DELAYED, 0, END + minutes(1), heard_at=NOON),
    )
    assert after.progress[0] == Progress(
        is_silent=True, is_delayed=True, promise=PROMISE, told_at=END + minutes(1)
    )


def test_a_reached_stop_and_one_without_a_promise_wait_for_nobody() -> None:
    reached = heard(NOON, progress=(Progress(arrived_at=NOON, is_reported=True),))

    assert told(reached, END + minutes(60))[1] == []
    assert told(heard(NOON), END + minutes(60), route(promise=None))[1] == []


@pytest.mark.parametrize(("for_min", "kinds"), [(9, []), (10, [AlertKind.SILENT])])
def test_an_arrival_that_only_fixes_told_waits_no_longer_than_a_silence(
    for_min: int, kinds: list[AlertKind]
) -> None:
    reached = heard(NOON, progress=(Progress(arrived_at=NOON),))

    assert told(reached, NOON + minutes(for_min))[1] == kinds


def test_a_promise_that_ends_after_a_mere_stand_is_told_broken() -> None:
    reached = heard(NOON, progress=(Progress(arrived_at=NOON),))

    found = each_minute(reached, NOON, 60)

    assert [kind for _, kind in found] == [AlertKind.SILENT, AlertKind.DELAYED]
    assert END < found[1][0] <= END + minutes(2)


def test_off_shift_nobody_is_silent() -> None:
    ended = heard(NOON, ended_at=NOON)

    assert told(ended, END + minutes(60)) == (ended, [])


def test_a_report_is_news_too() -> None:
    assert heard_at(heard(NOON, estimated_at=NOON + minutes(9))) == NOON + minutes(9)
    arrived = (Progress(arrived_at=NOON + minutes(7)),)
    assert heard_at(heard(NOON, progress=arrived)) == NOON + minutes(7)
    assert heard_at(make_live(1, recent=(), started_at=None, estimated_at=None)) is None


def test_no_more_than_the_limit_is_told_at_once_and_the_rest_follows() -> None:
    live, on = heard(NOON, 5), route(5)
    counts = []
    kinds = [AlertKind.SILENT]
    while kinds:
        live, kinds = told(live, END + minutes(2), on, limit=3)
        counts.append(len(kinds))

    assert counts == [3, 3, 3, 1, 0]
    assert all(stop.is_silent and stop.is_delayed for stop in live.progress)


def input_of(progress: Progress, now: datetime) -> AlertInput:
    return AlertInput(0, make_stop(promise=PROMISE), progress, 0, make_eta(now + minutes(9)), now)


def test_a_van_that_is_heard_again_gets_a_new_promise_where_it_broke_one() -> None:
    silent, _ = told(heard(NOON), END + minutes(2))
    now = END + minutes(20)

    outcome = heard_again(input_of(silent.progress[0], now), POLICY)

    assert outcome is not None
    alert, after = outcome
    assert alert.kind is AlertKind.HEARD_AGAIN
    assert alert.promise == after.promise
    assert after.promise is not None
    assert after.promise.latest > now
    assert (after.is_silent, after.is_delayed, after.told_at) == (False, True, now)
    assert heard_again(input_of(after, now + minutes(1)), POLICY) is None


def test_a_promise_that_still_stands_is_not_replaced() -> None:
    now = NOON + minutes(12)
    silent, kinds = told(heard(NOON), now)

    outcome = heard_again(input_of(silent.progress[0], now), POLICY)

    assert kinds == [AlertKind.SILENT]
    assert outcome == (
        Alert(AlertKind.HEARD_AGAIN, 0, now),
        Progress(promise=PROMISE, is_silent=False),
    )


def test_a_report_ends_the_silence_with_the_next_sweep() -> None:
    silent, _ = told(heard(NOON), END + minutes(2))
    reported = replace(silent, estimated_at=END + minutes(5))

    after, kinds = told(reported, END + minutes(5) + seconds(40))

    assert kinds == [AlertKind.HEARD_AGAIN]
    assert not after.progress[0].is_silent


def test_old_news_do_not_end_a_silence() -> None:
    silent, _ = told(heard(END - seconds(1)), END + seconds(60))

    assert told(silent, END + seconds(100))[1] == []


def test_news_that_move_no_head_end_it_with_the_next_sweep() -> None:
    silent, _ = told(heard(NOON), END + minutes(2))
    unsure = replace(silent, recent=(make_fix(NOON), make_fix(END + minutes(9))))

    assert told(unsure, END + minutes(9) + seconds(90))[1] == [AlertKind.HEARD_AGAIN]


class TestSignsOfLife:
    """A phone that stands still says that it is there, and not where it is."""

    def test_it_is_not_silent_while_its_promise_lasts(self) -> None:
        live = heard(NOON, alive_at=NOON + minutes(25))

        assert told(heard(NOON), NOON + minutes(26))[1] == [AlertKind.SILENT]
        assert told(live, NOON + minutes(26))[1] == []

    def test_a_promise_that_ends_without_news_is_told_to_be_broken_once(self) -> None:
        live = heard(NOON)
        found = []
        for i in range(20, 60):
            now = NOON + minutes(i)
            live, kinds = told(replace(live, alive_at=now), now)
            found += kinds

        assert found == [AlertKind.SILENT, AlertKind.DELAYED]

    def test_a_silent_phone_that_says_it_is_there_is_back(self) -> None:
        silent, first = told(heard(NOON), NOON + minutes(20))

        _, kinds = told(replace(silent, alive_at=NOON + minutes(21)), NOON + minutes(21))

        assert (first, kinds) == ([AlertKind.SILENT], [AlertKind.HEARD_AGAIN])

    def test_it_is_news_of_nothing_else(self) -> None:
        live = heard(NOON, alive_at=NOON + minutes(9))

        assert heard_at(live) == NOON
        assert alive_at(live) == NOON + minutes(9)
        assert alive_at(make_live(0)) == heard_at(make_live(0))
