from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import Range, utc
from tests.support.builders import NOON, minutes
from tests.support.strategies import instants, ranges

STEP = timedelta(minutes=5)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        utc(datetime(2026, 11, 23, 12, 0))  # noqa: DTZ001 - naive is the point


def test_any_offset_becomes_utc() -> None:
    helsinki = NOON.astimezone(timezone(timedelta(hours=2)))

    assert utc(helsinki) == NOON
    assert utc(helsinki).tzinfo is UTC


def test_a_range_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="end before"):
        Range(NOON, NOON - timedelta(microseconds=1))


def test_a_promise_is_told_on_full_five_minutes() -> None:
    estimated = Range(NOON + minutes(13), NOON + minutes(38))

    assert estimated.widened_to(STEP) == Range(NOON + minutes(10), NOON + minutes(40))


def test_full_steps_stay_as_they_are() -> None:
    full = Range(NOON + minutes(10), NOON + minutes(40))

    assert full.widened_to(STEP) == full


@given(ranges() | st.builds(lambda at: Range(at, at), instants()), st.sampled_from([1, 5, 15, 60]))
def test_widening_encloses_and_never_by_a_whole_step(estimated: Range, step_min: int) -> None:
    step = minutes(step_min)
    wide = estimated.widened_to(step)

    assert wide.earliest <= estimated.earliest <= estimated.latest <= wide.latest
    assert estimated.earliest - wide.earliest < step
    assert wide.latest - estimated.latest < step
    assert wide.widened_to(step) == wide
    assert wide.earliest.timestamp() % step.total_seconds() == 0


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_widening_holds_to_the_microsecond(at: datetime) -> None:
    wide = Range(at, at).widened_to(STEP)

    assert wide.earliest <= at <= wide.latest
