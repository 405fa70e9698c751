"""Clocks of devices: whether a time is believed, corrected, or replaced by ours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.domain.driving.clocks import (
    GPS_EPOCH,
    ROLLOVER,
    Shift,
    corrector,
    device_clock_skew,
    moved,
    reported_time,
    without_rollover,
)
from chalicelib.domain.instants import TimeSource, read_instant
from chalicelib.domain.policy import Policy
from tests.support.builders import NOON, minutes, seconds

POLICY = Policy()
STARTED_AT = NOON - timedelta(hours=4)
DAY = timedelta(days=1)
HALF_A_MINUTE = seconds(30)
ANY_TIME = st.datetimes(timezones=st.just(UTC))
OF_THE_SHIFT = st.integers(0, 4 * 3_600).map(lambda s: STARTED_AT + seconds(s))


def shift(known: timedelta = timedelta(0), received_at: datetime = NOON) -> Shift:
    return Shift(received_at, STARTED_AT, known)


def skew(
    *recorded_at: datetime,
    sent_at: datetime | None = None,
    received_at: datetime = NOON,
    known: timedelta = timedelta(0),
) -> timedelta:
    return device_clock_skew(recorded_at, sent_at, shift(known, received_at), POLICY)


class TestSkew:
    @pytest.mark.parametrize("offset", [DAY, -DAY, minutes(10), timedelta(days=9_000)])
    def test_sent_at_shows_the_skew(self, offset: timedelta) -> None:
        assert skew(NOON + offset, sent_at=NOON + offset) == offset

    def test_fixes_from_the_future_show_a_clock_ahead(self) -> None:
        ahead = NOON + DAY

        assert skew(ahead - minutes(5), ahead) == DAY

    def test_one_fix_from_the_future_says_nothing_about_the_clock(self) -> None:
        assert skew(NOON - minutes(5), NOON + minutes(10)) == timedelta(0)

    def test_old_fixes_say_nothing_about_the_clock(self) -> None:
        assert skew(NOON - timedelta(hours=20)) == timedelta(0)
        assert skew(NOON - timedelta(hours=20), sent_at=NOON + seconds(119)) == timedelta(0)

    def test_a_repeated_batch_is_corrected_by_the_same_amount(self) -> None:
        sent_at = NOON + DAY
        first = skew(sent_at, sent_at=sent_at)

        again = skew(sent_at, sent_at=sent_at, received_at=NOON + seconds(50), known=first)

        assert again == first

    def test_the_skew_is_in_whole_milliseconds_as_it_is_stored(self) -> None:
        sent_at = NOON + timedelta(days=1, microseconds=123_456)

        assert skew(sent_at, sent_at=sent_at) == timedelta(days=1, milliseconds=123)

    def test_a_corrected_device_clock_is_believed_again(self) -> None:
        assert skew(NOON, sent_at=NOON, known=DAY) == timedelta(0)
        assert skew(NOON, known=DAY) == timedelta(0)

    @given(ANY_TIME)
    def test_a_single_absurd_time_is_no_skew(self, at: datetime) -> None:
        assume(abs(at - NOON) > timedelta(days=3))

        assert skew(at) == skew(NOON, at) == timedelta(0)

    @given(st.lists(OF_THE_SHIFT, min_size=1, max_size=9), ANY_TIME)
    def test_one_absurd_time_does_not_hide_that_a_clock_is_ahead(
        self, recorded: list[datetime], absurd: datetime
    ) -> None:
        assume(abs(absurd - NOON) > timedelta(days=3))
        ahead = timedelta(hours=5)

        assert skew(*(at + ahead for at in (*recorded, NOON)), absurd, known=ahead) == ahead

    @given(st.lists(OF_THE_SHIFT, min_size=1, max_size=9), st.timedeltas())
    def test_times_of_the_shift_are_taken_as_they_stand(
        self, recorded: list[datetime], known: timedelta
    ) -> None:
        assert skew(*recorded, known=known) == timedelta(0)

    @given(OF_THE_SHIFT, ANY_TIME)
    def test_a_sent_at_that_explains_nothing_is_not_used(
        self, at: datetime, sent_at: datetime
    ) -> None:
        assume(abs(sent_at - NOON) > timedelta(hours=5))

        assert skew(at, sent_at=sent_at) == timedelta(0)


class TestRollover:
    @pytest.mark.parametrize("times", [1, 2])
    @given(ago_s=st.integers(0, 47 * 3_600))
    def test_an_early_time_is_corrected_by_exactly_that(self, times: int, ago_s: int) -> None:
        at = NOON - seconds(ago_s)

        assert without_rollover(at - times * ROLLOVER, NOON, POLICY) == at

    @given(ANY_TIME)
    @example(datetime(1970, 1, 1, tzinfo=UTC))
    @example(GPS_EPOCH)
    @example(datetime.max.replace(tzinfo=UTC))
    def test_any_other_time_stays_as_it_is(self, at: datetime) -> None:
        found = without_rollover(at, NOON, POLICY)

        assert found == at or (found - at) % ROLLOVER == timedelta(0)
        assert found == at or NOON - POLICY.fix_age_limit <= found <= NOON + minutes(2)

    def test_a_sent_at_of_the_same_receiver_shows_no_skew(self) -> None:
        early = NOON - ROLLOVER

        in_our_time, found = corrector([early - seconds(9)], early, shift(), POLICY)

        assert (in_our_time(early - seconds(9)), found) == (NOON - seconds(9), timedelta(0))


class TestReports:
    def at(
        self,
        occurred_at: datetime,
        sent_at: datetime | None = None,
        known: timedelta = timedelta(0),
    ) -> tuple[datetime, TimeSource]:
        return reported_time(occurred_at, sent_at, shift(known), POLICY)

    @given(OF_THE_SHIFT, st.timedeltas(min_value=-DAY * 9_999, max_value=DAY * 9_999))
    def test_a_time_of_the_shift_is_the_devices(self, at: datetime, known: timedelta) -> None:
        assert self.at(at, known=known) == (at, TimeSource.DEVICE)

    @pytest.mark.parametrize("known", [timedelta(hours=2), timedelta(hours=-6), DAY])
    def test_a_remembered_skew_that_explains_it_corrects_it(self, known: timedelta) -> None:
        happened = NOON - minutes(3)

        assert self.at(happened + known, known=known) == (happened, TimeSource.CORRECTED)

    def test_a_remembered_skew_of_more_than_a_day_is_never_used(self) -> None:
        known = timedelta(days=3)

        assert self.at(NOON + known, known=known) == (NOON, TimeSource.OURS)

    def test_sent_at_corrects_it_by_any_amount(self) -> None:
        wrong = timedelta(days=-9_000)

        found = self.at(NOON + wrong - minutes(7), NOON + wrong)

        assert found == (NOON - minutes(7), TimeSource.CORRECTED)

    @pytest.mark.parametrize("years", [-56, -27, -20, 5, 73])
    def test_a_wrong_sent_at_does_not_spoil_a_right_time(self, years: int) -> None:
        happened = NOON - minutes(7)

        found = self.at(happened, NOON + timedelta(days=365 * years))

        assert found == (happened, TimeSource.DEVICE)

    def test_a_receiver_that_counts_its_weeks_anew_is_corrected(self) -> None:
        assert self.at(NOON - ROLLOVER) == (NOON, TimeSource.CORRECTED)

    @given(ANY_TIME, st.none() | ANY_TIME, st.timedeltas())
    @example(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), timedelta.max)
    @example(datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), timedelta.min)
    @example(NOON, datetime.max.replace(tzinfo=UTC), timedelta.min)
    @example(NOON, datetime.min.replace(tzinfo=UTC), timedelta.max)
    def test_any_time_ends_within_the_shift_so_far(
        self, at: datetime, sent_at: datetime | None, known: timedelta
    ) -> None:
        found, source = self.at(at, sent_at, known)

        assert STARTED_AT <= found <= NOON
        assert source is not TimeSource.OURS or found == NOON

    @given(ANY_TIME)
    def test_what_nothing_explains_is_when_it_reached_us(self, at: datetime) -> None:
        assume(abs(at - NOON) > timedelta(days=1))
        assume(without_rollover(at, NOON, POLICY) == at)

        assert self.at(at) == (NOON, TimeSource.OURS)


def test_the_ends_of_the_calendar_are_times_too() -> None:
    first = read_instant("0001-01-01T00:00:00+14:00")
    last = read_instant("9999-12-31T23:59:59-14:00")

    assert (first.year, last.year) == (1, 9999)
    assert moved(first, -DAY).year == 1
    assert moved(last, DAY).year == 9999
