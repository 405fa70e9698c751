"""The words that a language has for days and times of day. Each language is a module here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimeWords:
    """One language. Names of days and months are separated by spaces.

    Templates of dates get ``weekday``, ``day`` and ``month``. ``date`` names a day by itself, and
    ``on_date`` is the same within a sentence. ``year`` follows a date of another year. ``at``
    stands before a time without a day, ``at_after_day`` before a time with one, ``after_date``
    between a date and a time. ``clock`` is for strftime, ``after_clock`` follows the last time.
    The brief forms are for messages, those of lists for the history.
    """

    today: str
    tomorrow: str
    yesterday: str
    this_evening: str
    tonight: str
    weekdays: str
    months: str
    date: str
    on_date: str
    brief_weekdays: str
    brief_months: str
    brief_date: str
    list_date: str
    list_moment: str
    year: str = " {year}"
    brief_year: str = " {year}"
    clock: str = "%H:%M"
    at: str = ""
    at_after_day: str = ""
    after_date: str = ""
    after_clock: str = ""
