"""English."""

from dataclasses import replace
from typing import Final

from chalicelib.domain.phrases.words import TimeWords

ENGLISH: Final = TimeWords(
    today="today",
    tomorrow="tomorrow",
    yesterday="yesterday",
    this_evening="tonight",
    tonight="tonight",
    weekdays="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    months="January February March April May June July August September October November December",
    date="{weekday} {day} {month}",
    on_date="on {date}",
    brief_weekdays="Mon Tue Wed Thu Fri Sat Sun",
    brief_months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    brief_date="{weekday} {day} {month}",
    list_date="{day} {month}",
    list_moment="{date}, {clock}",
)

AMERICAN: Final = replace(
    ENGLISH,
    date="{weekday}, {month} {day}",
    brief_date="{weekday}, {month} {day}",
    list_date="{month} {day}",
    year=", {year}",
    brief_year=", {year}",
    after_date=",",
)
"""The month comes before the day."""
