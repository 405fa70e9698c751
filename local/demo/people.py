"""Invented people, shops and parcels with plausible Finnish names.

Finland reserves no phone numbers for fiction, so these numbers may exist one day. Therefore the
demo only runs against an emulator on this machine.
"""

import itertools
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from local.demo.streets import Door

SHOPS: Final = (
    {"name": "Kirjakauppa Kuukkeli", "sms_name": "Kuukkeli", "support_contact": "apu@example.com"},
    {
        "name": "Saaristo Coffee Roasters",
        "sms_name": "Saaristo",
        "support_contact": "help@example.com",
    },
)
DRIVERS: Final = (
    ("Aino Virtanen", "North"),
    ("Eetu Lindqvist", "Centre"),
    ("Sanna Koskela", "South"),
)
GOODS: Final = (
    "Books",
    "Coffee, 1 kg",
    "Winter boots",
    "Board game",
    "Ceramic mugs",
    "Bicycle light",
    "Wool blanket",
    "Tea sampler",
)
HANDED_OVER: Final = (
    "Left in front of the door",
    "Left on the doormat",
    "Left at the door, as agreed on the intercom",
)
"""Notes of deliveries. The photo shows a parcel on a doorstep (photo.py)."""
NOT_HANDED_OVER: Final = {
    "not_home": "Rang twice, nobody answered",
    "no_access": "The street door was locked and nobody answered the intercom",
    "refused": "The recipient did not want the parcel",
}
"""Notes of failed attempts, by reason."""
INSTRUCTIONS: Final = (
    "Door code is on the intercom list",
    "Please ring twice",
    "Lift is at the back of the hall",
)

_FIRST: Final = (  # noqa: SIM905 (a column of names would fill the screen)
    "Aino Antti Elina Emil Eero Hanna Heikki Iida Ilmari Johanna Jukka Kaisa Kalle Laura "
    "Lauri Leena Maija Matti Mikael Minna Noora Olli Pekka Petra Riikka Sami Sofia Tuomas "
    "Veera Ville"
).split()
_LAST: Final = (  # noqa: SIM905 (a column of names would fill the screen)
    "Aalto Ahonen Hakala Heikkinen Hiltunen Jokinen Järvinen Kallio Karjalainen Kinnunen "
    "Koskinen Laine Lehtonen Lindholm Lehto Mäkelä Mäkinen Niemi Nyman Peltola Rantanen "
    "Räsänen Saarinen Salminen Savolainen Sundström Tuominen Väisänen Wikström Ylönen"
).split()
_LOCALES: Final = ("en", "en", "en", "fi", "fi", "sv")


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who waits for parcels at a door."""

    name: str
    phone: str
    email: str
    locale: str
    door: Door

    @property
    def recipient(self) -> dict[str, str]:
        return {
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "locale": self.locale,
        }

    def address(self, instructions: str | None) -> dict[str, Any]:
        return {
            "lines": [f"{self.door.street} {self.door.number}"],
            "city": "Helsinki",
            "postal_code": self.door.postal_code,
            "country": "FI",
            "lat_deg": self.door.place.lat_deg,
            "lon_deg": self.door.place.lon_deg,
            "time_zone": "Europe/Helsinki",
            **({"instructions": instructions} if instructions else {}),
        }


def phones() -> Iterator[str]:
    """040 000 1000 and so on: parsers accept them, and people see that they are invented."""
    for number in itertools.count():
        yield f"+35840000{number % 9000 + 1000}"


def barcodes() -> Iterator[str]:
    """Serial shipping container codes (SSCC): 18 digits, the last one is a check digit."""
    for serial in itertools.count(1):
        digits = f"0064123450{serial % 10_000_000:07d}"
        total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
        yield f"{digits}{-total % 10}"


def customer(door: Door, phone: str, chance: random.Random) -> Customer:
    """A new customer at a door."""
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    mailbox = ".".join(map(_ascii, (first, last)))
    return Customer(
        name=f"{first} {last}",
        phone=phone,
        email=f"{mailbox}@example.com",
        locale=chance.choice(_LOCALES),
        door=door,
    )


def _ascii(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return decomposed.encode("ascii", "ignore").decode().lower()
