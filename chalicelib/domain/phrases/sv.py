"""Swedish."""

from typing import Final

from chalicelib.domain.phrases.words import TimeWords

SWEDISH: Final = TimeWords(
    today="i dag",
    tomorrow="i morgon",
    yesterday="i går",
    this_evening="i kväll",
    tonight="i natt",
    weekdays="måndag tisdag onsdag torsdag fredag lördag söndag",
    months="januari februari mars april maj juni juli augusti september oktober november december",
    date="{weekday} {day} {month}",
    on_date="{date}",
    brief_weekdays="mån tis ons tors fre lör sön",
    brief_months="jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
    brief_date="{weekday} {day} {month}",
    list_date="{day} {month}",
    list_moment="{date} {clock}",
    at="kl.",
)
