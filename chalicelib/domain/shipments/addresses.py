"""Recipients and addresses. These are personal data.

They never go into keys, logs, metrics or external payloads.
"""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.geography import Coordinates


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer. ``phone`` is E.164, ``locale`` is the BCP 47 tag of the customer's language."""

    name: str
    phone: str | None = None
    email: str | None = None
    locale: str = "en"


class Placement(StrEnum):
    """How the coordinates of an address came about.

    They were sent with it, a search found its door, or a search found only its street or town: then
    a dispatcher has to place it before it can be planned.
    """

    GIVEN = "given"
    FOUND = "found"
    ROUGH = "rough"


@dataclass(frozen=True, slots=True)
class Address:
    """A door, with its coordinates and its IANA time zone (a zone, never an offset)."""

    lines: tuple[str, ...]
    city: str
    country: str
    coordinates: Coordinates
    time_zone: str
    postal_code: str | None = None
    instructions: str | None = None
    placement: Placement = Placement.GIVEN
