"""Places that an address search has found, by a hash of the address. They expire."""

import json
from dataclasses import asdict
from datetime import datetime

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import PlaceItem
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.shipments.placing import FoundPlace, Precision


class DynamoPlaces:
    """The memory of an address search."""

    def recall(self, key: str, now: datetime) -> FoundPlace | None:
        """One eventually consistent read. What has expired is not there."""
        with translated():
            try:
                item = PlaceItem.get(key)
            except PlaceItem.DoesNotExist:
                return None
        if item.expires_at <= now.timestamp():
            return None
        found = json.loads(item.found)
        return FoundPlace(
            **found
            | {
                "coordinates": Coordinates(**found["coordinates"]),
                "precision": Precision(found["precision"]),
            }
        )

    def remember(self, key: str, found: FoundPlace, expires_at: datetime) -> None:
        """One write."""
        text = json.dumps(asdict(found), separators=(",", ":"))
        with translated():
            PlaceItem(key, found=text, expires_at=int(expires_at.timestamp())).save()
