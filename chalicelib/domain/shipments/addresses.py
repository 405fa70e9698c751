"""Recipients and addresses. These are personal data.

They never go into keys, logs, metrics or external payloads.
"""

from dataclasses import dataclass

from chalicelib.domain.geography import Coordinates


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer. ``phone`` is E.164, ``locale`` is the BCP 47 tag of the customer's language."""

    name: str
    phone: str | None = None
    email: str | None = None
    locale: str = "en"


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
