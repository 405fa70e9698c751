"""Whether an address can be where its coordinates are: no failed geocoding, nothing swapped.

What cannot be is refused. What can be, though it seldom is, is only doubted: France's addresses lie
in the Caribbean too.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.country_boxes import Box, boxes

BESIDE_DEG: Final = 1.0
"""How far outside of its box a place may lie: boxes are rough, small islands are not in them."""
NOWHERE_DEG: Final = 0.01
"""About a kilometre around 0, 0 in the Gulf of Guinea, where nobody lives."""
CITY_STATES: Final = {
    "AG": "Antigua and Barbuda",
    "GI": "Gibraltar",
    "HK": "Hong Kong",
    "KY": "Cayman Islands",
    "MC": "Monaco",
    "MO": "Macao",
    "NR": "Nauru",
    "SG": "Singapore",
    "SM": "San Marino",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
}
"""Where an address needs no city: the country's name takes its place. Google's address data
(libaddressinput) requires none there, but for Monaco and the Vatican, which are cities."""
WINTER_AND_SUMMER: Final = (datetime(2090, 1, 15, tzinfo=UTC), datetime(2090, 7, 15, tzinfo=UTC))
"""Far enough for rules that are valid from now on to be the only ones."""


def is_nowhere(place: Coordinates) -> bool:
    """Whether it is 0, 0: what a failed geocoding answers."""
    return abs(place.lat_deg) < NOWHERE_DEG and abs(place.lon_deg) < NOWHERE_DEG


def can_be_in(place: Coordinates, country: str) -> bool:
    """Whether a place can lie in a country; True for a country whose place we do not know."""
    known = boxes().get(country)
    return known is None or any(_is_near(place, box) for box in known)


def is_swapped(place: Coordinates, countries: Iterable[str]) -> bool:
    """Whether it lies in none of these countries, but would with its coordinates exchanged."""
    codes = tuple(countries)
    if not codes or any(can_be_in(place, country) for country in codes):
        return False
    if abs(place.lon_deg) > 90:  # noqa: PLR2004 - no latitude
        return False
    turned = Coordinates(place.lon_deg, place.lat_deg)
    return any(can_be_in(turned, country) for country in codes)


def has_clocks_of(time_zone: str, zones: Iterable[str]) -> bool:
    """Whether its clocks show the time of one of these zones all year; True for no zones."""
    known = tuple(zones)
    return not known or any(_offsets(zone) == _offsets(time_zone) for zone in known)


def _is_near(place: Coordinates, box: Box) -> bool:
    south, west, north, east = box
    is_between = south - BESIDE_DEG <= place.lat_deg <= north + BESIDE_DEG
    return is_between and west - BESIDE_DEG <= place.lon_deg <= east + BESIDE_DEG


def _offsets(time_zone: str) -> tuple[object, ...]:
    zone = ZoneInfo(time_zone)
    return tuple(at.astimezone(zone).utcoffset() for at in WINTER_AND_SUMMER)
