"""Placing an address: what an address search found, and whether that is surely the door.

A search that finds no door answers with the street or the town, and says so only in its details.
Such a place is never taken for the door.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.addresses import Address, Placement


@dataclass(frozen=True, slots=True)
class WantedAddress:
    """An address as it was ordered: its place and its zone may have been left out."""

    lines: tuple[str, ...]
    city: str
    country: str
    coordinates: Coordinates | None = None
    time_zone: str | None = None
    postal_code: str | None = None
    instructions: str | None = None

    def at(self, place: Coordinates, time_zone: str, placement: Placement) -> Address:
        """The address with its place and its zone."""
        return Address(
            lines=self.lines,
            city=self.city,
            country=self.country,
            coordinates=place,
            time_zone=time_zone,
            postal_code=self.postal_code,
            instructions=self.instructions,
            placement=placement,
        )

    def is_at(self, address: Address) -> bool:
        """Whether an address that has been placed already is this one, but for its instructions."""
        return (self.lines, self.city, self.country, self.postal_code) == (
            address.lines,
            address.city,
            address.country,
            address.postal_code,
        )


class Precision(StrEnum):
    """How much of an address a search has found."""

    DOOR = "door"
    STREET = "street"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """The best place that a search knows for an address, and what it says of it.

    ``label`` is the place in the search's own words, ``source`` whom to name as the owner of the
    data.
    """

    coordinates: Coordinates
    precision: Precision
    label: str
    source: str
    country: str | None = None
    postal_code: str | None = None
    house_number: str | None = None


def is_surely(found: FoundPlace, address: WantedAddress) -> bool:
    """Whether the place is the door: its number is in the address, its postal code is no other.

    A search mends what it reads: it may answer with a house of the same number in another town.
    """
    if found.precision is not Precision.DOOR or not found.house_number:
        return False
    if _plain(found.house_number) not in _numbers(address.lines):
        return False
    codes = (found.postal_code, address.postal_code)
    return None in codes or len({_plain(code or "") for code in codes}) == 1


_UNIT: Final = re.compile(
    r"(?:[,\s]+(?:[^\W\d_]{1,9}\.?|#)?\s*\d{0,4}[^\W\d_]?){0,2}\s*", re.IGNORECASE
)
"""What may follow a house number: a staircase and a flat, as in "12 B 34" and "5, apt 3"."""
_NUMBER: Final = re.compile(r"\d+[^\W\d_]?(?:[-/]\d+[^\W\d_]?)?(?=[\s,;]|$)")


def street_line(lines: Sequence[str]) -> str:
    """The line with street and house number, without what only says which flat it is.

    >>> street_line(["c/o Virtanen", "Mannerheimintie 12 B 34"])
    'Mannerheimintie 12'
    >>> street_line(["Straße des 17. Juni 135"]), street_line(["350 5th Avenue, Apt 3"])
    ('Straße des 17. Juni 135', '350 5th Avenue')
    """
    for line in lines:
        if line[:1].isdigit() and _NUMBER.match(line):
            return line.partition(",")[0].strip()
        for number in _NUMBER.finditer(line):
            if number.start() > 0 and _UNIT.fullmatch(line, number.end()):
                return line[: number.end()]
    return lines[0]


def _numbers(lines: Sequence[str]) -> frozenset[str]:
    """All that may be the house number: ``12``, ``12b``, ``12-14``; plain, as ``_plain`` says."""
    words = [word for line in lines for word in re.split(r"[\s,;]+", line.casefold())]
    pairs = [f"{one}{two}" for one, two in itertools.pairwise(words) if one.isdigit()]
    return frozenset(map(_plain, [*words, *pairs]))


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
