from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.phrases.days import Form, clock, dated, day, moment, moment_in_sentence
from tests.support.builders import NOON, minutes
from tests.support.speaking import LANGUAGES, style_of

HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.mark.parametrize(
    ("tag", "written"),
    [("en", "14:10"), ("fi", "14.10"), ("sv", "14:10"), ("de", "14:10"), ("en-US", "2:10 pm")],
)
def test_the_clock_is_the_readers_and_the_zone_is_the_stops(tag: str, written: str) -> None:
    assert clock(NOON + minutes(10), HELSINKI, style_of(tag)) == written


@pytest.mark.parametrize(
    ("instant", "zone", "written"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "Europe/Helsinki", "03:30 EEST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Europe/Helsinki", "03:30 EET"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), "Europe/Helsinki", "04:30"),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Europe/Helsinki", "04:30"),
        (datetime(2027, 4, 3, 14, 45, tzinfo=UTC), "Australia/Lord_Howe", "01:45 UTC+11"),
        (datetime(2027, 4, 3, 15, 15, tzinfo=UTC), "Australia/Lord_Howe", "01:45 UTC+10:30"),
    ],
)
def test_an_hour_that_comes_twice_says_which_it_is(
    instant: datetime, zone: str, written: str
) -> None:
    assert clock(instant, ZoneInfo(zone), style_of("en")) == written


@pytest.mark.parametrize(
    ("hours", "written"),
    [(0, "today"), (11, "tomorrow"), (-15, "yesterday"), (72, "on Thursday 26 November")],
)
def test_days_change_at_midnight_of_the_stop(hours: float, written: str) -> None:
    assert day(NOON + timedelta(hours=hours), NOON, HELSINKI, style_of("en")) == written


@pytest.mark.parametrize(
    ("tag", "forms"),
    [
        ("en", ("Friday 27 November", "on Friday 27 November", "Fri 27 Nov")),
        ("en-US", ("Friday, November 27", "on Friday, November 27", "Fri, Nov 27")),
        ("fi", ("perjantaina 27. marraskuuta", "perjantaina 27. marraskuuta", "pe 27.11.")),
        ("sv", ("fredag 27 november", "fredag 27 november", "fre 27 nov.")),
        ("de", ("Freitag, 27. November", "am Freitag, 27. November", "Fr, 27. Nov.")),
    ],
)
def test_a_distant_day_is_a_date_with_its_weekday(tag: str, forms: tuple[str, ...]) -> None:
    said = date(2026, 11, 27)

    assert tuple(dated(said, NOON.date(), style_of(tag), form) for form in Form) == forms


@pytest.mark.parametrize(
    ("tag", "written"),
    [
        ("en", "on Friday 1 January 2027"),
        ("en-US", "on Friday, January 1, 2027"),
        ("fi", "perjantaina 1. tammikuuta 2027"),
        ("sv", "fredag 1 januari 2027"),
        ("de", "am Freitag, 1. Januar 2027"),
    ],
)
def test_a_day_of_another_year_has_its_year(tag: str, written: str) -> None:
    assert dated(date(2027, 1, 1), NOON.date(), style_of(tag), Form.ON) == written


@pytest.mark.parametrize(
    ("tag", "days_ago", "written"),
    [
        ("en", 1, "22 Nov, 14:00"),
        ("en-US", 1, "Nov 22, 2:00 pm"),
        ("fi", 1, "22.11. klo 14.00"),
        ("sv", 1, "22 nov. 14:00"),
        ("de", 1, "22. Nov., 14:00 Uhr"),
        ("fi", 365, "23.11.2025 klo 14.00"),
        ("en", 0, "14:00"),
    ],
)
def test_a_line_of_another_day_has_its_date(tag: str, days_ago: int, written: str) -> None:
    assert moment(NOON - timedelta(days=days_ago), NOON, HELSINKI, style_of(tag)) == written


@pytest.mark.parametrize("tag", LANGUAGES)
def test_weeks_and_years_have_their_length(tag: str) -> None:
    words = style_of(tag).words
    for names, length in (("weekdays", 7), ("months", 12)):
        assert len(getattr(words, names)) == length
        assert len(getattr(words, f"brief_{names}")) == length


@pytest.mark.parametrize(
    ("tag", "today", "twice"),
    [
        ("en", "03:30 EET", "25 Oct, 03:30 EEST"),
        ("fi", "klo 03.30 EET", "25.10. klo 03.30 EEST"),
        ("sv", "kl. 03:30 EET", "25 okt. 03:30 EEST"),
        ("de", "03:30 Uhr EET", "25. Okt., 03:30 Uhr EEST"),
    ],
)
def test_a_time_within_a_sentence_has_the_words_around_it(tag: str, today: str, twice: str) -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    later = first + timedelta(days=2)

    assert moment_in_sentence(second, second, HELSINKI, style_of(tag)) == today
    assert moment_in_sentence(first, later, HELSINKI, style_of(tag)) == twice
    assert moment(first, later, HELSINKI, style_of(tag)) == twice
