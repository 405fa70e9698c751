"""Alert memory: few times are kept, and none that would let somebody be told too often."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.driving.alerts import Alert, AlertKind, decide
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.memory import is_promise_recent, with_memory, with_promise
from chalicelib.domain.driving.silence import decide_in_silence
from chalicelib.domain.policy import Policy
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
from tests.support.depth import times

POLICY: Final = Policy()
PROMISE: Final = make_range(NOON, minutes(30))
STOPS: Final = 12
ROUTE: Final = make_route(
    [make_stop(i, promise=make_range(NOON + minutes(9 * i), minutes(30))) for i in range(STOPS)]
)
MOST_TIMES: Final = 5
"""Four in a quarter of an hour, on a grid of five minutes, and that of the broken promises."""


@given(st.integers(0, 3_600), st.integers(0, 3_600))
def test_a_promise_changes_no_sooner_than_it_may_and_at_most_a_step_later(
    told_s: int, after_s: int
) -> None:
    told = with_promise(Progress(), PROMISE, NOON + seconds(told_s), POLICY, is_delayed=True)
    after = timedelta(seconds=after_s)

    is_recent = is_promise_recent(told, NOON + seconds(told_s) + after, POLICY)

    if after < POLICY.promise_min_interval:
        assert is_recent
    if after >= POLICY.promise_min_interval + POLICY.promise_step:
        assert not is_recent


def test_a_time_that_holds_back_nothing_is_forgotten_and_broken_promises_share_theirs() -> None:
    ended = make_range(NOON - minutes(90), minutes(30))
    broken = [Progress(promise=ended, told_at=NOON - minutes(m)) for m in (59, 3)]
    recent = Progress(promise=PROMISE, told_at=NOON - minutes(5))
    old = Progress(promise=PROMISE, told_at=NOON - minutes(20))

    live = with_memory(make_live(4), (*broken, recent, old), make_route(4), NOON, POLICY)

    told_at = [each.told_at for each in live.progress]
    assert told_at == [NOON - minutes(3), NOON - minutes(3), NOON - minutes(5), None]


def later(live: Live, by: timedelta) -> Live:
    etas = [make_eta(NOON + minutes(9 * i + 15) + by) for i in range(STOPS)]
    return replace(live, etas=tuple(etas))


@settings(max_examples=times(quick=15, deep=1_000), deadline=None)
@given(st.lists(st.tuples(st.integers(15, 900), st.none() | st.integers(-10, 120)), max_size=40))
def test_few_times_are_kept_whatever_is_told_and_nobody_is_told_too_often(
    looks: list[tuple[int, int | None]],
) -> None:
    """Looks at the van: a fix that is so many minutes late, or none."""
    live = later(
        make_live(STOPS, progress=(Progress(),) * STOPS, recent=(make_fix(NOON),)), minutes(0)
    )
    now, changed_at = NOON, dict[int, datetime]()
    for after_s, late_min in looks:
        now += seconds(after_s)
        alerts: Sequence[Alert]
        if late_min is None:
            live, alerts = decide_in_silence(live, ROUTE, now=now, limit=99, policy=POLICY)
        else:
            live = later(live.with_fixes([make_fix(now)]), minutes(late_min))
            live = replace(live, estimated_at=now)
            live, alerts = decide(live, ROUTE, as_of=now, now=now, limit=99, policy=POLICY)
        for alert in alerts:
            if alert.promise and alert.kind is not AlertKind.HEARD_AGAIN:
                before = changed_at.get(alert.stop_index)
                assert before is None or now - before >= POLICY.promise_min_interval
            if alert.promise:
                changed_at[alert.stop_index] = now

        assert len({each.told_at for each in live.progress} - {None}) <= MOST_TIMES
