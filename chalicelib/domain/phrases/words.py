"""The words that a language has for days and times of day, as they were compiled for us."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeWords:
    """One language. Weeks begin on Monday.

    Names and patterns come from CLDR, all else from the catalogue of the language. Templates of
    dates get ``weekday``, ``day``, ``month`` and ``number``, that of the month. ``date`` names a
    day by itself; within a sentence the names are those of ``on_weekdays``. ``year`` follows a date
    of another year. ``at`` stands before a time without a day, ``at_after_day`` before a time with
    one, ``after_date`` between a date and a time. ``clock`` is for strftime, ``after_clock``
    follows the last time, ``before_half`` stands before am and pm. ``first_day`` is how the first
    of a month is written. The brief forms are for messages, those of lists for the history.
    """

    today: str
    tomorrow: str
    yesterday: str
    this_evening: str
    tonight: str
    midnight: str
    weekdays: tuple[str, ...]
    on_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    year: str
    brief_weekdays: tuple[str, ...]
    brief_months: tuple[str, ...]
    brief_date: str
    brief_year: str
    list_date: str
    list_moment: str
    clock: str
    before_half: str
    am: str
    pm: str
    at: str
    at_after_day: str
    after_date: str
    after_clock: str
    first_day: str
