from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instants import Range
from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.notices.quiet_hours import CANNOT_WAIT, end_of_quiet, told_at
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import make_travelling

HELSINKI = ZoneInfo("Europe/Helsinki")
START = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Helsinki", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-09T21:59", "2026-06-09T21:59"),
        ("2026-06-09T22:00", "2026-06-10T08:00"),
        ("2026-06-10T00:00", "2026-06-10T08:00"),
        ("2026-06-10T07:59", "2026-06-10T08:00"),
        ("2026-06-10T08:00", "2026-06-10T08:00"),
        ("2026-10-24T23:00", "2026-10-25T08:00"),  # the clocks go back at four
        ("2026-03-28T23:00", "2026-03-29T08:00"),  # the clocks go forward at three
    ],
)
def test_it_ends_at_eight_by_the_clock_of_the_address(now: str, end: str) -> None:
    assert end_of_quiet(at(now), HELSINKI) == at(end)


@given(
    st.integers(0, 15 * 365 * 24 * 60).map(lambda minute: START + timedelta(minutes=minute)),
    st.sampled_from(ZONES),
)
def test_nothing_waits_longer_than_a_night(now: datetime, name: str) -> None:
    end = end_of_quiet(now, ZoneInfo(name))

    assert now <= end <= now + timedelta(hours=11)
    assert end_of_quiet(end, ZoneInfo(name)) == end


def test_by_day_everything_is_told_at_once() -> None:
    now = at("2026-06-09T12:00")

    assert {told_at(kind, make_travelling(), now) for kind in Kind} == {now}


def test_at_night_only_what_somebody_waits_for_is_told() -> None:
    night, morning = at("2026-06-09T23:00"), at("2026-06-10T08:00")
    tomorrow = make_travelling(promise=Range(at("2026-06-10T10:00"), at("2026-06-10T10:30")))

    waiting = {kind for kind in Kind if told_at(kind, tomorrow, night) == morning}

    assert waiting == set(Kind) - CANNOT_WAIT


def test_a_van_that_comes_at_night_is_told_of_at_night() -> None:
    night = at("2026-06-09T23:00")
    tonight = make_travelling(promise=Range(at("2026-06-09T23:50"), at("2026-06-10T00:10")))
    gone = make_travelling(
        status=Status.DELIVERED,
        promise=Range(at("2026-06-09T22:30"), at("2026-06-09T23:00")),
    )

    assert told_at(Kind.DELAYED, tonight, night) == night
    assert told_at(Kind.DELIVERED, gone, night) == at("2026-06-10T08:00")
