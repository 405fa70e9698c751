"""When a report happened: by the device's clock as far as that can be trusted."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.ids import StopId
from chalicelib.domain.instants import TimeSource
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

    _, at = report(occurred_at, sent_at).dated(live, NOON, POLICY)

    assert NOON - minutes(240) <= at <= NOON


@given(st.timedeltas(-minutes(1_440), minutes(1_440)), st.timedeltas(minutes(0), minutes(240)))
def test_a_clock_that_is_known_to_be_wrong_is_corrected(wrong: timedelta, ago: timedelta) -> None:
    assume(abs(wrong) > POLICY.clock_skew_limit + timedelta(milliseconds=1))  # skews are in ms

    at = report(NOON - ago + wrong, NOON + wrong).dated(ON_SHIFT, NOON, POLICY)[1]

    assert abs(at - (NOON - ago)) <= timedelta(milliseconds=1)


def test_a_clock_that_is_about_right_is_believed() -> None:
    happened = NOON - minutes(5)

    sent_at = NOON + minutes(1)  # it took the network a while, or the clock is a little ahead

    assert report(happened, sent_at).dated(ON_SHIFT, NOON, POLICY)[1] == happened


def test_without_sent_at_the_skew_of_the_positions_holds() -> None:
    live = make_live(started_at=NOON - minutes(240), clock_skew=minutes(60))

    assert report(NOON + minutes(50)).dated(live, NOON, POLICY)[1] == NOON - minutes(10)


@pytest.mark.parametrize(
    ("happened", "sent_at", "known", "source"),
    [
        (NOON, None, timedelta(0), TimeSource.DEVICE),
        (NOON + minutes(60), None, minutes(60), TimeSource.CORRECTED),
        (NOON + minutes(60), NOON + minutes(60), timedelta(0), TimeSource.CORRECTED),
        (NOON + minutes(60), None, timedelta(0), TimeSource.OURS),
        (NOON - timedelta(days=9_000), None, timedelta(0), TimeSource.OURS),
    ],
)
def test_its_event_says_how_sure_its_time_is(
    happened: datetime, sent_at: datetime | None, known: timedelta, source: TimeSource
) -> None:
    live = make_live(started_at=NOON - minutes(240), clock_skew=known)

    dated, at = report(happened, sent_at).dated(live, NOON, POLICY)

    assert at == NOON
    assert dated.event_data(())["time_source"] == source.value
