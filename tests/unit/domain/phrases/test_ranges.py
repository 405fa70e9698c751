from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.instants import Range
from chalicelib.domain.phrases.days import Form, dated, local_clock
from chalicelib.domain.phrases.ranges import deadline_phrase, range_phrase
from chalicelib.domain.phrases.styles import Style
from tests.support.depth import times
from tests.support.speaking import style_of

HELSINKI = ZoneInfo("Europe/Helsinki")
TAGS = ("en", "en-US", "en-GB", "fi", "sv", "de")
MINUTE = timedelta(minutes=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


def told(start: str, end: str, *, now: str, tag: str = "en", form: Form = Form.BARE) -> str:
    told = Range(local(start), local(end))
    return range_phrase(told, local(now), HELSINKI, style_of(tag), form).text


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "today 14:10–14:40"),
        ("en-US", "today 2:10–2:40 pm"),
        ("fi", "tänään klo 14.10–14.40"),
        ("sv", "i dag 14:10–14:40"),
        ("de", "heute 14:10–14:40 Uhr"),
    ],
)
def test_a_range_of_one_day_names_it_once(tag: str, text: str) -> None:
    assert told("2026-11-23T14:10", "2026-11-23T14:40", now="2026-11-23T12:00", tag=tag) == text


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "tonight 23:50–00:10"),
        ("en-US", "tonight 11:50 pm–12:10 am"),
        ("fi", "tänä yönä klo 23.50–00.10"),
        ("sv", "i natt 23:50–00:10"),
        ("de", "heute Nacht 23:50–00:10 Uhr"),
    ],
)
@pytest.mark.parametrize("now", ["2026-11-23T09:00", "2026-11-23T23:30", "2026-11-24T00:05"])
def test_a_night_is_one_word_before_and_after_midnight(tag: str, text: str, now: str) -> None:
    assert told("2026-11-23T23:50", "2026-11-24T00:10", now=now, tag=tag) == text


@pytest.mark.parametrize(
    ("tag", "text"),
    [("fi", "tänä iltana klo 19.00–01.00"), ("sv", "i kväll 19:00–01:00"), ("en", "tonight 19")],
)
def test_a_night_that_begins_early_is_the_evening(tag: str, text: str) -> None:
    shown = told("2026-11-23T19:00", "2026-11-24T01:00", now="2026-11-23T12:00", tag=tag)

    assert shown.startswith(text)


@pytest.mark.parametrize(
    ("start", "end", "now", "text"),
    [
        ("24T00:20", "24T00:50", "23T23:30", "tonight 00:20–00:50"),
        ("24T00:20", "24T00:50", "24T00:05", "today 00:20–00:50"),
        ("24T22:00", "25T02:00", "23T20:00", "tomorrow 22:00 – Wednesday 25 November 02:00"),
        ("23T22:00", "24T02:00", "24T09:00", "yesterday 22:00 – today 02:00"),
        ("23T22:00", "24T02:00", "23T03:00", "today 22:00 – tomorrow 02:00"),
        ("23T16:00", "24T02:00", "23T12:00", "today 16:00 – tomorrow 02:00"),
        ("23T22:00", "24T00:00", "23T12:00", "today 22:00–24:00"),
        ("23T14:10", "23T14:10", "23T12:00", "today 14:10"),
    ],
)
def test_other_nights_and_ends_have_their_days(start: str, end: str, now: str, text: str) -> None:
    months = (f"2026-11-{part}" for part in (start, end, now))
    first, last, seen_at = months

    assert told(first, last, now=seen_at) == text


@pytest.mark.parametrize(
    ("tag", "form", "text"),
    [
        ("en", Form.BARE, "Tuesday 1 December 09:00 – Thursday 3 December 17:00"),
        ("en", Form.ON, "on Tuesday 1 December 09:00 – Thursday 3 December 17:00"),
        ("en", Form.BRIEF, "Tue 1 Dec 09:00 – Thu 3 Dec 17:00"),
        ("en-US", Form.BARE, "Tuesday, December 1, 9:00 am – Thursday, December 3, 5:00 pm"),
        ("fi", Form.ON, "tiistaina 1. joulukuuta klo 09.00 – torstaina 3. joulukuuta klo 17.00"),
        ("sv", Form.BRIEF, "tis 1 dec. 09:00 – tors 3 dec. 17:00"),
        ("de", Form.ON, "am Dienstag, 1. Dezember, 09:00 Uhr – Donnerstag, 3. Dezember, 17:00 Uhr"),
    ],
)
def test_a_range_of_several_days_has_both(tag: str, form: Form, text: str) -> None:
    window = ("2026-12-01T09:00", "2026-12-03T17:00")

    assert told(*window, now="2026-11-26T12:00", tag=tag, form=form) == text


def test_yesterday_is_said_only_of_what_is_over() -> None:
    window = ("2026-12-01T09:00", "2026-12-03T17:00")

    assert told(*window, now="2026-12-02T12:00") == "Tuesday 1 December 09:00 – tomorrow 17:00"
    assert told(*window, now="2026-12-03T12:00") == "Tuesday 1 December 09:00 – today 17:00"
    assert told(*window, now="2026-12-04T12:00").endswith("– yesterday 17:00")


def test_another_year_is_named() -> None:
    shown = told("2026-12-31T09:00", "2027-01-02T17:00", now="2026-12-20T12:00")

    assert shown == "Thursday 31 December 09:00 – Saturday 2 January 2027 17:00"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2027-10-31T00:30Z", "2027-10-31T01:30Z", "tomorrow 03:30 EEST–03:30 EET"),
        ("2027-10-31T00:10Z", "2027-10-31T00:40Z", "tomorrow 03:10–03:40 EEST"),
        ("2027-10-31T01:10Z", "2027-10-31T01:40Z", "tomorrow 03:10–03:40 EET"),
        ("2027-10-31T06:00Z", "2027-10-31T10:00Z", "tomorrow 08:00–12:00"),
        ("2027-10-30T18:00Z", "2027-10-31T00:30Z", "today 21:00 – tomorrow 03:30 EEST"),
    ],
)
def test_hours_that_come_twice_say_which_clock(start: str, end: str, text: str) -> None:
    window = Range(datetime.fromisoformat(start), datetime.fromisoformat(end))
    now = datetime(2027, 10, 30, 2, tzinfo=UTC)

    assert range_phrase(window, now, HELSINKI, style_of("en")).text == text


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2027-10-31T00:30Z", "2027-10-31T01:30Z", "morgen 03:30 Uhr EEST–03:30 Uhr EET"),
        ("2027-10-31T00:10Z", "2027-10-31T00:40Z", "morgen 03:10–03:40 Uhr EEST"),
        ("2027-10-30T18:00Z", "2027-10-31T00:30Z", "heute 21:00 Uhr – morgen 03:30 Uhr EEST"),
    ],
)
def test_the_name_of_a_clock_stands_behind_what_follows_a_time(
    start: str, end: str, text: str
) -> None:
    window = Range(datetime.fromisoformat(start), datetime.fromisoformat(end))
    now = datetime(2027, 10, 30, 2, tzinfo=UTC)

    assert range_phrase(window, now, HELSINKI, style_of("de")).text == text


@pytest.mark.parametrize(
    ("latest", "now", "day", "clock"),
    [
        ("2026-11-24T00:10", "2026-11-23T23:55", "tonight", "00:10"),
        ("2026-11-24T00:10", "2026-11-24T00:01", "today", "00:10"),
        ("2026-11-24T00:00", "2026-11-23T23:55", "today", "24:00"),
        ("2026-11-23T14:40", "2026-11-23T14:20", "today", "14:40"),
        ("2026-11-24T14:40", "2026-11-23T14:20", "tomorrow", "14:40"),
    ],
)
def test_a_deadline_has_its_day(latest: str, now: str, day: str, clock: str) -> None:
    by = deadline_phrase(local(latest), local(now), HELSINKI, style_of("en"))

    assert (by.day, by.times) == (day, clock)


@pytest.mark.parametrize(
    ("tag", "text"),
    [("en", "14:10–14:40"), ("fi", "klo 14.10–14.40"), ("sv", "kl. 14:10–14:40")],
)
def test_today_may_be_left_out_of_a_sentence(tag: str, text: str) -> None:
    window = Range(local("2026-11-23T14:10"), local("2026-11-23T14:40"))
    today, before = local("2026-11-23T12:00"), local("2026-11-22T12:00")

    assert range_phrase(window, today, HELSINKI, style_of(tag)).unless_today == text
    phrase = range_phrase(window, before, HELSINKI, style_of(tag))
    assert phrase.unless_today == phrase.text


zones = st.sampled_from(
    [
        "Europe/Helsinki",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "America/Havana",
        "Africa/Casablanca",
    ]
).map(ZoneInfo)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(  # noqa: DTZ001 - UTC next
    lambda at: at.replace(tzinfo=UTC)
)
lengths = st.timedeltas(timedelta(0), timedelta(days=5)) | st.timedeltas(
    timedelta(0), timedelta(hours=6)
)
distances = st.timedeltas(timedelta(days=-3), timedelta(days=9)) | st.timedeltas(
    timedelta(hours=-12), timedelta(hours=12)
)


def last_day(end: datetime, *, is_point: bool) -> date:
    """The day that a range still touches: one that ends at midnight does not touch the next."""
    return (end if is_point else end - MINUTE).date()


def names_of(day: date, now: datetime, style: Style, form: Form) -> set[str]:
    """All that a day may be called."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - now.date()).days)
    forms = {dated(day, now.date(), style, each) for each in (form, Form.BARE)}
    return forms | ({getattr(style.words, near)} if near else set())


@given(
    earliest=instants,
    length=lengths,
    ahead=distances,
    zone=zones,
    tag=st.sampled_from(TAGS),
    form=st.sampled_from(Form),
)
@example(
    earliest=datetime(2026, 12, 1, 22, tzinfo=UTC),
    length=timedelta(hours=2),
    ahead=timedelta(0),
    zone=HELSINKI,
    tag="en",
    form=Form.ON,
)
@settings(max_examples=times(quick=100, deep=5_000))
def test_a_phrase_names_the_days_that_it_touches_and_no_other(  # noqa: PLR0917
    earliest: datetime, length: timedelta, ahead: timedelta, zone: ZoneInfo, tag: str, form: Form
) -> None:
    now = earliest - ahead
    style, latest = style_of(tag), earliest + length
    first, end, seen_at = (
        at.astimezone(zone).replace(second=0, microsecond=0) for at in (earliest, latest, now)
    )
    is_point = first.timestamp() == end.timestamp()
    is_repeated_midnight = end.replace(fold=0).utcoffset() != end.replace(fold=1).utcoffset()
    touched = {first.date(), last_day(end, is_point=is_point or is_repeated_midnight)}
    phrase = range_phrase(Range(earliest, latest), now, zone, style, form)
    text = phrase.text

    nights = {style.words.tonight, style.words.this_evening}
    is_night = phrase.day in nights
    if is_night:
        assert length <= timedelta(hours=14)
        assert abs((max(touched) - seen_at.date()).days) <= 1
        assert latest >= now - MINUTE
    else:
        for each in touched:
            assert any(name in text for name in names_of(each, seen_at, style, form)), text
    for offset, near in ((-1, "yesterday"), (0, "today"), (1, "tomorrow")):
        if getattr(style.words, near) in text.replace(style.words.this_evening, ""):
            assert seen_at.date() + timedelta(days=offset) in touched or is_night, text
    if latest >= now:
        assert style.words.yesterday not in text
    assert clock_of(first, style) in text
    assert any(clock in text for clock in end_clocks(end, style)), text
    doubled = ("for on", "on on", "am am", "klo klo", "kl. kl.", "Uhr Uhr", "  ", ",,", " ,")
    assert not any(each in text for each in doubled), text


def clock_of(at: datetime, style: Style) -> str:
    """The first of two clocks may share its half of the day with the second."""
    return local_clock(at, style).removesuffix(" am").removesuffix(" pm")


def end_clocks(at: datetime, style: Style) -> set[str]:
    is_midnight = at.time() == time(0)
    last = {"midnight", "24:00", "24.00"} if is_midnight else set()
    return {local_clock(at, style)} | last


@pytest.mark.parametrize(
    ("end", "text"),
    [
        ("2026-11-24T23:59", "tomorrow"),
        ("2026-11-24T23:59:59", "tomorrow"),
        ("2026-11-25T00:00", "tomorrow"),
        ("2026-11-24T23:00", "tomorrow 00:00–23:00"),
    ],
)
def test_a_whole_day_has_no_times(end: str, text: str) -> None:
    assert told("2026-11-24T00:00", end, now="2026-11-23T12:00") == text


def test_a_whole_day_on_which_the_clocks_change_is_one() -> None:
    for day in ("2027-03-28", "2027-10-31"):
        first = local(f"{day}T00:00")
        phrase = range_phrase(Range(first, local(f"{day}T23:59")), first, HELSINKI, style_of("en"))

        assert (phrase.text, phrase.unless_today) == ("today", "today")
