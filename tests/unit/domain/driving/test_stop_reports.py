"""When a report happened: by the device's clock as far as that can be trusted."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import StopId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.lifecycle import Step
from tests.support.builders import NOON, make_live, minutes, seconds
from tests.support.strategies import instants

POLICY = Policy()
ON_SHIFT = make_live(started_at=NOON - minutes(240))


def report(occurred_at: datetime, sent_at: datetime | None = None) -> StopReport:
    return StopReport(StopId("stp_0"), Step.DELIVER, "action-1", occurred_at, sent_at)


@given(instants(), st.none() | instants(), st.integers(-86_400, 86_400).map(seconds))
def test_it_happened_within_the_shift_and_never_after_now(
    occurred_at: datetime, sent_at: datetime | None, skew: timedelta
) -> None:
    live = make_live(started_at=NOON - minutes(240), clock_skew=skew)
    try:
        at = report(occurred_at, sent_at).happened_at(live, NOON, POLICY)
    except Invalid:
        is_ahead_of_its_own_clock = sent_at is not None and sent_at < occurred_at
        assert sent_at is None or is_ahead_of_its_own_clock
    else:
        assert NOON - minutes(240) <= at <= NOON


@given(st.timedeltas(-minutes(1_440), minutes(1_440)), st.timedeltas(minutes(0), minutes(240)))
def test_a_clock_that_is_known_to_be_wrong_is_corrected(wrong: timedelta, ago: timedelta) -> None:
    assume(abs(wrong) > POLICY.clock_skew_limit)

    at = report(NOON - ago + wrong, NOON + wrong).happened_at(ON_SHIFT, NOON, POLICY)

    assert abs(at - (NOON - ago)) <= timedelta(milliseconds=1)


def test_a_clock_that_is_about_right_is_believed() -> None:
    happened = NOON - minutes(5)

    sent_at = NOON + minutes(1)  # it took the network a while, or the clock is a little ahead

    assert report(happened, sent_at).happened_at(ON_SHIFT, NOON, POLICY) == happened


def test_without_sent_at_the_skew_of_the_positions_holds() -> None:
    live = make_live(started_at=NOON - minutes(240), clock_skew=minutes(60))

    assert report(NOON + minutes(50)).happened_at(live, NOON, POLICY) == NOON - minutes(10)


def test_a_future_that_nothing_explains_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        report(NOON + minutes(50)).happened_at(ON_SHIFT, NOON, POLICY)

    assert "/occurred_at" in str(refused.value.data["errors"])
