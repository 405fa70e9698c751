"""A day and a time of day, as people say them: in the stop's zone and as seen from ``now``."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.phrases.styles import Style
from chalicelib.domain.phrases.words import TimeWords

NOON_HOUR: Final = 12


class Form(StrEnum):
    """How a date stands in its sentence. Words such as "today" are the same in each form."""

    BARE = "bare"
    """Tuesday 1 December"""
    ON = "on"
    """on Tuesday 1 December"""
    BRIEF = "brief"
    """Tue 1 Dec, for messages"""


def day(
    instant: datetime, now: datetime, zone: ZoneInfo, style: Style, form: Form = Form.ON
) -> str:
    """The day of an instant: today, tomorrow, yesterday, or a date with its weekday."""
    local, today = instant.astimezone(zone).date(), now.astimezone(zone).date()
    return day_of_date(local, today, style, form)


def day_of_date(local: date, today: date, style: Style, form: Form = Form.ON) -> str:
    """The same for a date."""
    return near_day(local, today, style) or dated(local, today, style, form)


def clock(instant: datetime, zone: ZoneInfo, style: Style) -> str:
    """The bare time of day: 14:10, in Finnish 14.10, in American English 2:10 pm.

    It says which clock it means when the hour comes twice, at the end of summer time.
    """
    local = instant.astimezone(zone)
    return f"{local_clock(local, style)}{_name_if_repeated(local)}"


def worded_clock(instant: datetime, zone: ZoneInfo, style: Style) -> str:
    """The same with the word that follows a time: 14:10, in German 14:10 Uhr."""
    local = instant.astimezone(zone)
    said = f"{local_clock(local, style)} {style.words.after_clock}".strip()
    return f"{said}{_name_if_repeated(local)}"


def moment(instant: datetime, now: datetime, zone: ZoneInfo, style: Style) -> str:
    """A time for lists: only the clock when it is today (14:10), else with its date as well.

    Each language says by ``list_moment`` how date and clock are joined: 1 Dec, 14:10.
    """
    if _is_today(instant, now, zone):
        return clock(instant, zone, style)
    return _with_date(instant, now, zone, style)


def moment_in_sentence(instant: datetime, now: datetime, zone: ZoneInfo, style: Style) -> str:
    """The same within a sentence, where a time of today has its words: klo 14.10, 14:10 Uhr."""
    if not _is_today(instant, now, zone):
        return _with_date(instant, now, zone, style)
    return f"{style.words.at} {worded_clock(instant, zone, style)}".strip()


def _is_today(instant: datetime, now: datetime, zone: ZoneInfo) -> bool:
    return instant.astimezone(zone).date() == now.astimezone(zone).date()


def _with_date(instant: datetime, now: datetime, zone: ZoneInfo, style: Style) -> str:
    local, words = instant.astimezone(zone), style.words
    date_text = _filled(words.list_date, local, words.brief_weekdays, words.brief_months, words)
    if local.year != now.astimezone(zone).year:
        date_text += words.brief_year.format(year=local.year)
    said = words.list_moment.format(date=date_text, clock=local_clock(local, style))
    return f"{said}{_name_if_repeated(local)}"


def _name_if_repeated(local: datetime) -> str:
    return f" {zone_name(local)}" if is_repeated(local) else ""


def near_day(local: date, today: date, style: Style) -> str | None:
    """Today, tomorrow or yesterday; None for every other day."""
    words = style.words
    near = {-1: words.yesterday, 0: words.today, 1: words.tomorrow}
    return near.get((local - today).days)


def dated(local: date, today: date, style: Style, form: Form) -> str:
    """The date with its weekday, and with the year when that is not this year."""
    words = style.words
    if form is Form.BRIEF:
        template, weekdays, months = words.brief_date, words.brief_weekdays, words.brief_months
    else:
        weekdays = words.on_weekdays if form is Form.ON else words.weekdays
        template, months = words.date, words.months
    text = _filled(template, local, weekdays, months, words)
    if local.year != today.year:
        text += (words.brief_year if form is Form.BRIEF else words.year).format(year=local.year)
    return text


def _filled(
    template: str, local: date, weekdays: Sequence[str], months: Sequence[str], words: TimeWords
) -> str:
    return template.format(
        weekday=weekdays[local.weekday()],
        day=words.first_day if local.day == 1 else local.day,
        month=months[local.month - 1],
        number=local.month,
    )


def local_clock(local: datetime | time, style: Style) -> str:
    """The time of day of a local time, without a zone."""
    if style.has_half_days:
        return f"{half_day_clock(local)}{style.words.before_half}{half(local, style)}"
    return local.strftime(style.words.clock)


def half_day_clock(local: datetime | time) -> str:
    """The clock of twelve hours without am or pm."""
    return f"{local.hour % NOON_HOUR or NOON_HOUR}:{local:%M}"


def half(local: datetime | time, style: Style) -> str:
    """Which half of the day it is: am or pm."""
    return style.words.am if local.hour < NOON_HOUR else style.words.pm


def is_repeated(local: datetime) -> bool:
    """Whether this time of day comes twice, because clocks are set back over it."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def zone_name(local: datetime) -> str:
    """Which clock it is: EEST, or the difference from UTC where a zone has no letters.

    >>> zone_name(datetime(2026, 7, 1, tzinfo=ZoneInfo("Australia/Lord_Howe")))
    'UTC+10:30'
    """
    name = local.strftime("%Z")
    if name.isalpha():
        return name
    offset = local.strftime("%z")
    minutes = f":{offset[3:5]}" if offset[3:5] != "00" else ""
    return f"UTC{offset[0]}{int(offset[1:3])}{minutes}"
