"""Instants, ranges, ages and distances as people write them.

Always in the stop's zone and relative to a given now.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.instants import Range
from chalicelib.pages.languages import Locale

RANGE_STEP: Final = timedelta(minutes=5)
"""A live range is told on full five minutes, like a promise: calm, and no false precision."""

_NOON: Final = 12
_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_JUST_NOW_S: Final = 5
_AGE_STEP_S: Final = 5
_MILE_M: Final = 1_609.344
_YARD_M: Final = 0.9144
_KM_M: Final = 1_000.0
_NEAR_M: Final = 100.0


def clock(instant: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The bare time of day: 14:10, in Finnish 14.10, in American English 2:10 pm."""
    local = instant.astimezone(zone)
    if locale.has_half_days:
        return f"{_half_day_clock(local)} {_half(local)}"
    return local.strftime("%H.%M" if locale.language == "fi" else "%H:%M")


def span(told: Range, zone: ZoneInfo, locale: Locale) -> str:
    """The bare range: 14:10–14:40, in American English 2:10–2:40 pm and 11:50 am–12:20 pm.

    When summer time ends in between, both ends say which of the two clocks they mean.
    """
    earliest, latest = (at.astimezone(zone) for at in (told.earliest, told.latest))
    if earliest.utcoffset() != latest.utcoffset():
        ends = (f"{clock(at, zone, locale)} {at:%Z}" for at in (earliest, latest))
        return "–".join(ends)
    if locale.has_half_days and _half(earliest) == _half(latest):
        return f"{_half_day_clock(earliest)}–{clock(latest, zone, locale)}"
    return f"{clock(earliest, zone, locale)}–{clock(latest, zone, locale)}"


def day(instant: datetime, now: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """The day within a sentence: today, tomorrow, yesterday, or a date with its weekday."""
    local = instant.astimezone(zone)
    days_ahead = (local.date() - now.astimezone(zone).date()).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days_ahead)
    if near is not None:
        return locale.say(near)
    return locale.say(
        "date",
        weekday=locale.say("weekdays").split()[local.weekday()],
        day=local.day,
        month=locale.say("months").split()[local.month - 1],
    )


def moment(instant: datetime, now: datetime, zone: ZoneInfo, locale: Locale) -> str:
    """A time in a list: only the clock when it is today, else with a short date."""
    local = instant.astimezone(zone)
    bare = clock(instant, zone, locale)
    if local.date() == now.astimezone(zone).date():
        return bare
    month = locale.say("months_short").split()[local.month - 1]
    date = locale.say("date_short", day=local.day, month=month)
    return locale.say("moment_short", date=date, clock=bare)


def age(key: str, age_s: float, locale: Locale) -> str:
    """How long ago, in the phrases ``key``.s, .min and .h; seconds go in steps of five.

    The page's script rounds in the same way (web/src/shared/ages.js), so that no age jumps when it
    takes over.
    """
    if age_s <= _JUST_NOW_S and f"{key}.now" in locale.phrases:
        return locale.say(f"{key}.now")
    if age_s < _MINUTE_S:
        step = max(_AGE_STEP_S, int(age_s // _AGE_STEP_S) * _AGE_STEP_S)
        return locale.say(f"{key}.s", n=step)
    if age_s < _HOUR_S:
        return locale.say(f"{key}.min", n=int(age_s // _MINUTE_S))
    return locale.say(f"{key}.h", n=int(age_s // _HOUR_S))


def distance(way_m: float, locale: Locale) -> str:
    """A rough distance: less than 100 m, about 450 m, about 1.6 km; or in yards and miles."""
    near = locale.say("distance.near", distance="100 yd" if locale.has_miles else "100 m")
    if way_m < _NEAR_M:
        return near
    short, unit_m, long, long_m = (
        ("yd", _YARD_M, "mi", _MILE_M) if locale.has_miles else ("m", 1.0, "km", _KM_M)
    )
    if way_m < long_m:
        written = f"{round(way_m / unit_m / 50) * 50} {short}"
    else:
        figure = f"{way_m / long_m:.1f}" if way_m < 10 * long_m else f"{way_m / long_m:.0f}"
        written = f"{figure if locale.language == 'en' else figure.replace('.', ',')} {long}"
    return locale.say("distance.about", distance=written.replace(" ", "\N{NO-BREAK SPACE}"))


def _half_day_clock(local: datetime) -> str:
    return f"{local.hour % _NOON or _NOON}:{local:%M}"


def _half(local: datetime) -> str:
    return "am" if local.hour < _NOON else "pm"
