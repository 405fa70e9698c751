"""A range of time with its day or days: one phrase for pages, messages and agreed windows.

A range on one day names it once: today 14:10–14:40. A night that has begun or comes next is one
word, because "tomorrow 23:50–00:10" would be wrong for a van that comes in twenty minutes: tonight
23:50–00:10. In every other case each end has its own day: Tuesday 1 December 09:00 – Thursday
3 December 17:00.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.instants import Range
from chalicelib.domain.phrases.days import (
    NOON_HOUR,
    Form,
    dated,
    half_day_clock,
    is_repeated,
    local_clock,
    near_day,
    zone_name,
)
from chalicelib.domain.phrases.styles import Style

DASH: Final = "–"
EVENING: Final = time(18)
LATE_EVENING: Final = time(22)
"""A range that begins later than this is said to be in the night, before it in the evening."""
MORNING: Final = time(6)
"""Until then people call it the night that began the evening before."""
LAST_MINUTE: Final = time(23, 59)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """Times with their day. ``day`` is "" when each end in ``times`` has a day of its own.

    ``times`` is "" for a whole day.

    ``joint`` stands between the two, as the Finnish "klo". ``alone`` is the times without a day.
    """

    day: str
    joint: str
    times: str
    alone: str
    is_today: bool

    @property
    def before(self) -> str:
        """All that stands before the times."""
        return f"{self.day}{self.joint}"

    @property
    def text(self) -> str:
        """The whole phrase."""
        return f"{self.before} {self.times}".strip()

    @property
    def unless_today(self) -> str:
        """The whole phrase, but without the day when that is today: for lists and sentences."""
        return self.alone if self.is_today else self.text


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a range. An end at midnight belongs to the day before, at 24:00."""

    day: date
    local: datetime
    is_midnight: bool = False

    def clock(self, style: Style) -> str:
        if not self.is_midnight:
            return local_clock(self.local, style)
        return (
            style.words.midnight if style.has_half_days else self.local.strftime(_midnight(style))
        )

    @property
    def is_in_the_small_hours(self) -> bool:
        return not self.is_midnight and self.local.time() <= MORNING


def range_phrase(
    told: Range, now: datetime, zone: ZoneInfo, style: Style, form: Form = Form.BARE
) -> TimePhrase:
    """A range with its day or days, as seen from ``now``.

    "Yesterday" is said only of a range that is over. Both ends name the clock when hours repeat.
    """
    first, last = _ends(told, zone)
    seen_at = now.astimezone(zone)
    night = _night(first, last, seen_at, style)
    if night is not None or first.day == last.day:
        named = night or _day(first, seen_at, style, form, is_over=True)
        is_today = night is None and first.day == seen_at.date()
        if _is_whole_day(first, last):
            return TimePhrase(named, "", "", named, is_today=is_today)
        return _on_one_day(named, _span(first, last, style), style, form, is_today=is_today)
    is_over = told.latest < now
    starts, ends = (
        _day(end, seen_at, style, each, is_over=is_over)
        for end, each in ((first, form), (last, _second(form)))
    )
    after_clock = _after(style)
    after_start = "" if form is Form.BRIEF else after_clock
    start = f"{starts}{_joint(starts, style, form)} {first.clock(style)}{after_start}"
    end = f"{ends}{_joint(ends, style, form)} {last.clock(style)}{after_clock}"
    times = f"{start}{_name(first, last)} {DASH} {end}{_name(last, first)}"
    return TimePhrase("", "", times, times, is_today=False)


def deadline_phrase(
    latest: datetime, now: datetime, zone: ZoneInfo, style: Style, form: Form = Form.ON
) -> TimePhrase:
    """The end of a range that has begun, with its day: today 14:40, tonight 00:10."""
    _, last = _ends(Range(min(now, latest), latest), zone)
    seen_at = now.astimezone(zone)
    night = _night(last, last, seen_at, style)
    named = night or _day(last, seen_at, style, form, is_over=True)
    is_today = night is None and last.day == seen_at.date()
    return _on_one_day(named, _span(last, last, style), style, form, is_today=is_today)


def _ends(told: Range, zone: ZoneInfo) -> tuple[_End, _End]:
    """Both ends in whole minutes. Both are aware, so they are compared as instants."""
    first, last = (
        at.astimezone(zone).replace(second=0, microsecond=0) for at in (told.earliest, told.latest)
    )
    is_midnight = (
        last.time() == time(0) and not is_repeated(last) and last.timestamp() > first.timestamp()
    )
    end = last.date() - ONE_DAY if is_midnight else last.date()
    return _End(first.date(), first), _End(end, last, is_midnight=is_midnight)


def _is_whole_day(first: _End, last: _End) -> bool:
    """Whether the range is all of a day, to its last minute: nobody says 00:00–23:59."""
    ends = last.is_midnight or last.local.time() >= LAST_MINUTE
    return ends and first.day == last.day and first.local.time() == time(0)


def _night(first: _End, last: _End, seen_at: datetime, style: Style) -> str | None:
    """The word for the night that is now or comes next, when the range lies in it; else None."""
    words, today = style.words, seen_at.date()
    if not last.is_in_the_small_hours:
        return None
    if first.day == last.day:  # all of it after midnight: told in the evening before
        is_next = last.day == today + ONE_DAY and seen_at.time() >= EVENING
        return words.tonight if is_next else None
    if last.day != first.day + ONE_DAY or first.local.time() < EVENING:
        return None
    if last.day == today and seen_at <= last.local:
        return words.tonight
    if first.day == today and seen_at.time() >= MORNING:
        return words.tonight if first.local.time() >= LATE_EVENING else words.this_evening
    return None


def _day(end: _End, seen_at: datetime, style: Style, form: Form, *, is_over: bool) -> str:
    today = seen_at.date()
    near = near_day(end.day, today, style) if is_over or end.day >= today else None
    return near or dated(end.day, today, style, form)


def _second(form: Form) -> Form:
    """The preposition stands once, before the first of two days."""
    return Form.BARE if form is Form.ON else form


def _on_one_day(named: str, times: str, style: Style, form: Form, *, is_today: bool) -> TimePhrase:
    return TimePhrase(
        day=named,
        joint=_joint(named, style, form),
        times=times,
        alone=f"{style.words.at} {times}".lstrip(),
        is_today=is_today,
    )


def _joint(named: str, style: Style, form: Form) -> str:
    """What stands between a day and a time. A date ends with a comma in some languages."""
    words = style.words
    is_date = any(character.isdigit() for character in named)
    at = "" if form is Form.BRIEF or not words.at_after_day else f" {words.at_after_day}"
    return f"{words.after_date if is_date else ''}{at}"


def _name(end: _End, other: _End) -> str:
    """Which clock one end of a range over several days is told by, where that has to be said."""
    return f" {zone_name(end.local)}" if _needs_name(end, other) else ""


def _after(style: Style) -> str:
    """What follows a time of day, as the German "Uhr"; the name of a clock stands behind it."""
    return f" {style.words.after_clock}".rstrip()


def _span(first: _End, last: _End, style: Style) -> str:
    """The times: 14:10–14:40, in American English 2:10–2:40 pm, in German 14:10–14:40 Uhr."""
    after = _after(style)
    if first.local.utcoffset() != last.local.utcoffset():
        ends = (f"{end.clock(style)}{after} {zone_name(end.local)}" for end in (first, last))
        return DASH.join(ends)
    clocks = [first.clock(style), last.clock(style)]
    if clocks[0] == clocks[1]:
        clocks = clocks[:1]
    elif style.has_half_days and not last.is_midnight and _is_same_half(first, last):
        clocks[0] = half_day_clock(first.local)
    is_named = is_repeated(first.local) or is_repeated(last.local)
    name = f" {zone_name(last.local)}" if is_named else ""
    return f"{DASH.join(clocks)}{after}{name}"


def _is_same_half(first: _End, last: _End) -> bool:
    return (first.local.hour < NOON_HOUR) == (last.local.hour < NOON_HOUR)


def _needs_name(end: _End, other: _End) -> bool:
    """Whether a reader could take the end for another hour."""
    is_short = abs(end.local.timestamp() - other.local.timestamp()) < ONE_DAY.total_seconds()
    differs = end.local.utcoffset() != other.local.utcoffset()
    return is_repeated(end.local) or (differs and is_short)


def _midnight(style: Style) -> str:
    return style.words.clock.replace("%H", "24").replace("%M", "00")
