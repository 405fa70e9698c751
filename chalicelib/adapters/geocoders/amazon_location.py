"""Amazon Location Places: ``Geocode`` (geo-places, version 2).

What is stored must be asked for with the intended use ``Storage`` (API reference, ``IntendedUse``).
"""

import time
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.aws import client
from chalicelib.adapters.geocoders.questions import (
    DEADLINE_S,
    faults_told,
    in_one_line,
    place_of,
    text_of,
)
from chalicelib.adapters.webhooks.deadlines import within
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.shipments.placing import FoundPlace, Precision, WantedAddress

SOURCE: Final = "Amazon Location Service"
DOORS: Final = frozenset({"PointAddress", "SecondaryAddress"})
"""An ``InterpolatedAddress`` is a guess between two houses that are known."""
STREETS: Final = frozenset({"InterpolatedAddress", "Street", "Intersection", "PointOfInterest"})


class AmazonPlaces:
    """The port ``Geocoder``. The region of the deployment must offer the service."""

    is_there = True

    def __init__(self, *, deadline_s: float = DEADLINE_S) -> None:
        self._client = client("geo-places", total_attempts=1)
        self._deadline_s = deadline_s

    def find(self, address: WantedAddress) -> FoundPlace | None:
        """One request. Raises Unavailable, also when AWS denies the request."""
        ends_at = time.monotonic() + self._deadline_s
        asked = {
            "QueryText": in_one_line(address),
            "Filter": {"IncludeCountries": [address.country]},
            "MaxResults": 1,
            "IntendedUse": "Storage",
        }
        try:
            with faults_told():
                # A time-out of botocore limits only a single wait.
                answer = within(ends_at, lambda: self._client.geocode(**asked))
                items = answer["ResultItems"]
                return _found(items[0]) if items else None
        except (BotoCoreError, ClientError) as exc:
            raise Unavailable(dependency="address search") from exc


def _found(item: dict[str, Any]) -> FoundPlace:
    lon_deg, lat_deg = item["Position"]
    parts, kind = item["Address"], item["PlaceType"]
    is_street = kind in STREETS
    return FoundPlace(
        coordinates=place_of(lat_deg, lon_deg),
        precision=(
            Precision.DOOR if kind in DOORS else Precision.STREET if is_street else Precision.AREA
        ),
        label=text_of(parts.get("Label")) or str(item["Title"]),
        source=SOURCE,
        country=text_of(parts.get("Country", {}).get("Code2")),
        postal_code=text_of(parts.get("PostalCode")),
        house_number=text_of(parts.get("AddressNumber")),
    )
