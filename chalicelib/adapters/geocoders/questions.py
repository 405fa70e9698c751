"""Asking an address search: within one deadline, and any fault of it is Unavailable."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.placing import WantedAddress, street_line

DEADLINE_S: Final = 5.0
"""For one address. A shop is waiting, and the function has 28 s in all."""
OPEN_STREET_MAP: Final = "© OpenStreetMap contributors"
"""Its licence (ODbL) asks to name the owners of the data wherever they are shown."""


@contextmanager
def faults_told() -> Iterator[None]:
    """Raise Unavailable for a fault of the line, and for an answer of another form."""
    try:
        yield
    except (OSError, HTTPException, ValueError, KeyError, TypeError, RecursionError) as exc:
        raise Unavailable(dependency="address search") from exc


def in_one_line(address: WantedAddress) -> str:
    """Street, postal code and city, as people write them to a search."""
    town = " ".join(filter(None, [address.postal_code, address.city]))
    return f"{street_line(address.lines)}, {town}"


def text_of(value: object) -> str | None:
    """A text in an answer; None for anything else, and for an empty one."""
    return value if isinstance(value, str) and value else None


def place_of(lat_deg: object, lon_deg: object) -> Coordinates:
    """A place in an answer, written as numbers or as text. Raises ValueError for no place."""
    return Coordinates(round(float(str(lat_deg)), 6), round(float(str(lon_deg)), 6))
