"""Nominatim over HTTP: its structured search (API, ``/search``, format jsonv2).

The public server asks for one request a second from all of an application, a name in the User-Agent
and results that are kept (operations.osmfoundation.org/policies/nominatim). The first is what
``turns`` is for, the last is the task of ``memory``.
"""

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from chalicelib.adapters.geocoders.questions import (
    DEADLINE_S,
    OPEN_STREET_MAP,
    faults_told,
    place_of,
    text_of,
)
from chalicelib.adapters.road_networks.servers import Answer, RoutingServer
from chalicelib.domain.shipments.placing import (
    FoundPlace,
    Precision,
    WantedAddress,
    street_line,
)

_STREET_RANK: Final = 26
"""``place_rank`` of streets; houses and what stands in them have 30."""


class Nominatim:
    """The port ``Geocoder`` on a server whose address ends before ``/search``."""

    is_there = True

    def __init__(
        self,
        server: RoutingServer,
        *,
        take_turn: Callable[[float], None] = lambda _: None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """``take_turn`` waits until this application may ask, and raises OSError at a deadline."""
        self._server = server
        self._take_turn = take_turn
        self._deadline_s = deadline_s

    def find(self, address: WantedAddress) -> FoundPlace | None:
        """One request. Raises Unavailable."""
        ends_at = time.monotonic() + self._deadline_s
        with faults_told():
            self._take_turn(ends_at)
            match self._server.get(_question(address), ends_at):
                case Answer(200, []):
                    return None
                case Answer(200, [dict() as first, *_]):
                    return _found(first)
                case Answer(status, _):
                    msg = f"Nominatim answered {status} without a list of places."
                    raise ValueError(msg)


def _question(address: WantedAddress) -> str:
    asked = {
        "street": street_line(address.lines),
        "city": address.city,
        "postalcode": address.postal_code or "",
        "countrycodes": address.country.lower(),
        "format": "jsonv2",
        "addressdetails": "1",
        "limit": "1",
    }
    return f"/search?{urlencode({name: text for name, text in asked.items() if text})}"


def _found(place: dict[str, Any]) -> FoundPlace:
    parts = place["address"]
    number = text_of(parts.get("house_number"))
    country = text_of(parts.get("country_code"))
    is_street = int(place["place_rank"]) >= _STREET_RANK
    return FoundPlace(
        coordinates=place_of(place["lat"], place["lon"]),
        precision=Precision.DOOR if number else Precision.STREET if is_street else Precision.AREA,
        label=str(place["display_name"]),
        source=OPEN_STREET_MAP,
        country=country.upper() if country else None,
        postal_code=text_of(parts.get("postcode")),
        house_number=number,
    )
