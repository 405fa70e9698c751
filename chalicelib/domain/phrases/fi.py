"""Finnish."""

from typing import Final

from chalicelib.domain.phrases.words import TimeWords

FINNISH: Final = TimeWords(
    today="tänään",
    tomorrow="huomenna",
    yesterday="eilen",
    this_evening="tänä iltana",
    tonight="tänä yönä",
    weekdays="maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina",
    months=(
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta"
        " syyskuuta lokakuuta marraskuuta joulukuuta"
    ),
    date="{weekday} {day}. {month}",
    on_date="{date}",
    brief_weekdays="ma ti ke to pe la su",
    brief_months="1. 2. 3. 4. 5. 6. 7. 8. 9. 10. 11. 12.",
    brief_date="{weekday} {day}.{month}",
    list_date="{day}.{month}",
    list_moment="{date} klo {clock}",
    brief_year="{year}",
    clock="%H.%M",
    at="klo",
    at_after_day="klo",
)
