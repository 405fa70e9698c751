"""Photon over HTTP: its search in free text (komoot/photon, ``/api``), which answers in GeoJSON."""

import time
from typing import Any, Final
from urllib.parse import urlencode

from chalicelib.adapters.geocoders.questions import (
    DEADLINE_S,
    OPEN_STREET_MAP,
    faults_told,
    in_one_line,
    place_of,
    text_of,
)
from chalicelib.adapters.road_networks.servers import Answer, RoutingServer
from chalicelib.domain.shipments.placing import FoundPlace, Precision, WantedAddress

LOOKED_AT: Final = 5
"""Photon cannot be told the country: the first place in it counts."""


class Photon:
    """The port ``Geocoder`` on a server whose address ends before ``/api``."""

    is_there = True

    def __init__(self, server: RoutingServer, *, deadline_s: float = DEADLINE_S) -> None:
        self._server = server
        self._deadline_s = deadline_s

    def find(self, address: WantedAddress) -> FoundPlace | None:
        """One request. Raises Unavailable."""
        asked = urlencode({"q": in_one_line(address), "limit": LOOKED_AT})
        with faults_told():
            match self._server.get(f"/api?{asked}", time.monotonic() + self._deadline_s):
                case Answer(200, {"features": list() as features}):
                    found = map(_found, features)
                    return next((each for each in found if each.country == address.country), None)
                case Answer(status, _):
                    msg = f"Photon answered {status} without features."
                    raise ValueError(msg)


def _found(feature: dict[str, Any]) -> FoundPlace:
    lon_deg, lat_deg = feature["geometry"]["coordinates"]
    parts = feature["properties"]
    number = text_of(parts.get("housenumber"))
    is_street = parts.get("type") in {"house", "street"}
    named = [parts.get(name) for name in ("name", "street", "housenumber", "postcode", "city")]
    return FoundPlace(
        coordinates=place_of(lat_deg, lon_deg),
        precision=Precision.DOOR if number else Precision.STREET if is_street else Precision.AREA,
        label=", ".join(filter(None, map(text_of, named))),
        source=OPEN_STREET_MAP,
        country=text_of(parts.get("countrycode")),
        postal_code=text_of(parts.get("postcode")),
        house_number=number,
    )
