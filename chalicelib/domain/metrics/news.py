"""News that changes metrics: a route has ended, or something of its shipments has come late."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import RouteId, ShipmentId
from chalicelib.domain.routes.events import RouteEventType
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.payloads import VERSION, from_message

OF_ROUTES: Final = frozenset({RouteEventType.COMPLETED})
OF_SHIPMENTS: Final = frozenset(
    {
        EventType.DELIVERED,
        EventType.ATTEMPT_FAILED,
        EventType.CORRECTED,
        EventType.RATED,
        EventType.PROOF_ADDED,
        EventType.PROOF_REJECTED,
        EventType.PROOF_MISSING,
        EventType.MESSAGE_SENT,
    }
)
"""What may come after the end of a route and is counted. The template names these types, too."""


@dataclass(frozen=True, slots=True)
class News:
    """Something was written at ``recorded_at``, of a route or of a shipment."""

    recorded_at: datetime
    route_id: RouteId | None = None
    shipment_id: ShipmentId | None = None


def news_of(text: str) -> News | None:
    """The news in a message of the topic; None for one that changes no metrics.

    Raises Invalid for a malformed message, and for a format of a newer version.
    """
    try:
        message = json.loads(text)
        if message["version"] != VERSION:
            raise Invalid(code="unknown_version")
        kind = str(message["type"])
        if kind in OF_ROUTES:
            recorded_at = datetime.fromisoformat(message["recorded_at"])
            return News(recorded_at, route_id=RouteId(str(message["data"]["route_id"])))
    except (KeyError, RecursionError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_message") from exc
    if kind not in OF_SHIPMENTS:
        return None
    event = from_message(text)
    return News(event.recorded_at, shipment_id=event.shipment_id)
