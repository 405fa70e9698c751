from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import Range, at_place, read_day, read_instant, read_moment, utc
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


@given(ranges() | st.builds(lambda at: Range(at, at), instants()), st.sampled_from([1, 5, 15, 60]))
def test_a_promise_is_always_a_range_and_no_wider_than_it_must_be(
    estimated: Range, step_min: int
) -> None:
    step = minutes(step_min)
    promise, wide = estimated.as_promise(step), estimated.widened_to(step)

    assert promise.earliest == wide.earliest
    assert promise.latest >= wide.latest
    assert promise.latest - promise.earliest == max(wide.latest - wide.earliest, step)
    assert promise.as_promise(step) == promise


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-09T18:30:00+03:00", datetime(2026, 6, 9, 15, 30, tzinfo=UTC)),
        ("2026-06-09t15:30:00z", datetime(2026, 6, 9, 15, 30, tzinfo=UTC)),
        ("2026-06-09 15:30:00.25Z", datetime(2026, 6, 9, 15, 30, 0, 250_000, tzinfo=UTC)),
        ("2026-06-09T15:30:00.123456789Z", datetime(2026, 6, 9, 15, 30, 0, 123_456, tzinfo=UTC)),
        ("2026-06-09T15:30Z", datetime(2026, 6, 9, 15, 30, tzinfo=UTC)),
        ("2026-06-09T18:30:00+0300", datetime(2026, 6, 9, 15, 30, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
    ],
)
def test_rfc_3339_is_read(text: str, instant: datetime) -> None:
    assert read_instant(text) == read_moment(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026060918",
        "1781019000",
        "1781019000.5",
        "20260609T153000Z",
        "2026-W24-2T15:30:00Z",
        "2026-160T15:30:00Z",
        "2026-06-09T15Z",
        "2026-06-31T15:30:00Z",
        "2026-06-09T25:30:00Z",
        "2026-06-09T15:30:61Z",
        "2026-06-09T15:30:00+25:00",
        "٢٠٢٦-06-09T15:30:00Z",
        "2026-06-09T15:30:00Z\n",
        "9.6.2026 15:30",
        "now",
    ],
)
def test_nothing_else_is_taken_for_a_time(text: str) -> None:
    for read in (read_instant, read_day, read_moment):
        with pytest.raises(ValueError, match="2026-11-28"):
            read(text)


def test_an_instant_needs_its_offset_and_a_day_is_no_instant() -> None:
    for text in ("2026-06-09T15:30:00", "2026-06-09"):
        with pytest.raises(ValueError, match=r"\+02:00"):
            read_instant(text)
    assert read_day("2026-06-09") == date(2026, 6, 9)
    for text in ("2026-06-09T00:00:00", "20260609", "2026-06-31", "2026-6-9"):
        with pytest.raises(ValueError, match="2026-11-28"):
            read_day(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-06-09", "2026-06-08T21:00:00", "2026-06-09T20:59:59"),
        ("2026-03-29", "2026-03-28T22:00:00", "2026-03-29T20:59:59"),  # 23 hours
        ("2026-06-09T08:00", "2026-06-09T05:00:00", "2026-06-09T05:00:00"),
        ("2026-06-09T08:00Z", "2026-06-09T08:00:00", "2026-06-09T08:00:00"),
        ("2026-10-25T03:30", "2026-10-25T00:30:00", "2026-10-25T01:30:00"),  # comes twice
    ],
)
def test_a_moment_is_what_the_clocks_of_its_place_say(text: str, start: str, end: str) -> None:
    moment = read_moment(text)

    assert at_place(moment, "Europe/Helsinki", is_end=False).isoformat()[:19] == start
    assert at_place(moment, "Europe/Helsinki", is_end=True).isoformat()[:19] == end


def test_a_time_that_the_clocks_skip_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Europe/Helsinki skip"):
        at_place(read_moment("2026-03-29T03:30"), "Europe/Helsinki", is_end=False)


@given(st.text() | st.from_regex(r"[0-9TZ:+. -]{0,30}"))
def test_any_text_is_a_time_or_refused_in_a_sentence(text: str) -> None:
    for read in (read_instant, read_day, read_moment):
        try:
            found = read(text)
        except ValueError as exc:
            refusal = str(exc)
        else:
            refusal = ""
            assert text.startswith(f"{found.year:04d}") or isinstance(found, datetime)
        assert not refusal or refusal.startswith("Write a ")


@given(instants())
def test_what_we_write_is_read_again(instant: datetime) -> None:
    assert read_instant(instant.isoformat()) == instant
