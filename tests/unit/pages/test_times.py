from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.instants import Range
from chalicelib.pages import times
from chalicelib.pages.languages import locale_of
from tests.support.builders import NOON, minutes

HELSINKI = ZoneInfo("Europe/Helsinki")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("tag", "written"),
    [("en", "14:10"), ("fi", "14.10"), ("sv", "14:10"), ("de", "14:10"), ("en-US", "2:10 pm")],
)
def test_the_clock_is_the_readers_and_the_zone_is_the_stops(tag: str, written: str) -> None:
    assert times.clock(NOON + minutes(10), HELSINKI, locale_of(tag)) == written


@pytest.mark.parametrize(
    ("start", "length_min", "written"),
    [
        (NOON + timedelta(hours=7), 30, "2:00–2:30 pm"),
        (NOON + timedelta(hours=4, minutes=50), 30, "11:50 am–12:20 pm"),
        (NOON + timedelta(hours=16, minutes=50), 30, "11:50 pm–12:20 am"),
    ],
)
def test_a_half_day_range_names_each_half_once(
    start: datetime, length_min: int, written: str
) -> None:
    told = Range(start, start + minutes(length_min))

    assert times.span(told, NEW_YORK, locale_of("en-US")) == written


def test_a_range_across_the_end_of_summer_time_shows_the_clocks_of_the_door() -> None:
    told = Range(
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    )

    assert times.span(told, HELSINKI, locale_of("en")) == "03:30 EEST–03:30 EET"


@pytest.mark.parametrize(
    ("hours", "written"),
    [(0, "today"), (11, "tomorrow"), (-15, "yesterday"), (72, "on Thursday 26 November")],
)
def test_days_change_at_midnight_of_the_stop(hours: float, written: str) -> None:
    assert times.day(NOON + timedelta(hours=hours), NOON, HELSINKI, locale_of("en")) == written


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "on Friday 27 November"),
        ("en-US", "on Friday, November 27"),
        ("fi", "perjantaina 27. marraskuuta"),
        ("sv", "fredag 27 november"),
        ("de", "am Freitag, 27. November"),
    ],
)
def test_a_distant_day_is_a_date_with_its_weekday(tag: str, written: str) -> None:
    assert times.day(NOON + timedelta(days=4), NOON, HELSINKI, locale_of(tag)) == written


@pytest.mark.parametrize(
    ("tag", "written"),
    [("en", "22 Nov, 16:00"), ("fi", "22.11. klo 16.00"), ("de", "22. Nov., 16:00 Uhr")],
)
def test_a_line_of_another_day_has_its_date(tag: str, written: str) -> None:
    assert times.moment(NOON - timedelta(hours=22), NOON, HELSINKI, locale_of(tag)) == written


@pytest.mark.parametrize(
    ("age_s", "written"),
    [
        (0, "Van seen just now"),
        (5, "Van seen just now"),
        (6, "Van seen 5 s ago"),
        (24, "Van seen 20 s ago"),
        (59, "Van seen 55 s ago"),
        (60, "Van seen 1 min ago"),
        (3_599, "Van seen 59 min ago"),
        (7_300, "Van seen 2 h ago"),
    ],
)
def test_an_age_is_rounded_the_way_people_talk(age_s: int, written: str) -> None:
    assert times.age("seen", age_s, locale_of("en")) == written


@pytest.mark.parametrize(
    ("way_m", "tag", "written"),
    [
        (40, "en", "less than 100 m"),
        (433, "en", "about 450 m"),
        (1_640, "en", "about 1.6 km"),
        (1_640, "fi", "noin 1,6 km"),
        (12_700, "de", "etwa 13 km"),
        (1_640, "en-US", "about 1.0 mi"),
        (40, "en-GB", "less than 100 yd"),
    ],
)
def test_distances_are_rough_and_in_the_readers_units(way_m: float, tag: str, written: str) -> None:
    assert times.distance(way_m, locale_of(tag)).replace("\N{NO-BREAK SPACE}", " ") == written
