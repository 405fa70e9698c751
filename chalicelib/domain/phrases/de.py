"""German."""

from typing import Final

from chalicelib.domain.phrases.words import TimeWords

GERMAN: Final = TimeWords(
    today="heute",
    tomorrow="morgen",
    yesterday="gestern",
    this_evening="heute Abend",
    tonight="heute Nacht",
    weekdays="Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    months="Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    date="{weekday}, {day}. {month}",
    on_date="am {date}",
    brief_weekdays="Mo Di Mi Do Fr Sa So",
    brief_months="Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    brief_date="{weekday}, {day}. {month}",
    list_date="{day}. {month}",
    list_moment="{date}, {clock} Uhr",
    after_date=",",
    after_clock="Uhr",
)
