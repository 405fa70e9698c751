"""Events of routes as items, beside those of shipments: the outbox is one table with one stream.

The partition is the route's id, the sort key that of a shipment's event. Without a shipper they are
in no feed of one.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.adapters.dynamodb.shipments.events import item_key
from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import EventId, RouteId
from chalicelib.domain.instants import utc
from chalicelib.domain.routes.events import RouteEvent, RouteEventType


def to_attributes(event: RouteEvent, expires_at: datetime) -> dict[str, Any]:
    """All attributes of the item by name, keys included."""
    return {
        "shipment_id": event.route_id,
        "item": item_key(event.seq),
        "event_id": event.id,
        "seq": event.seq,
        "type": event.type.value,
        "occurred_at": to_text(event.occurred_at),
        "recorded_at": to_text(event.recorded_at),
        "actor_role": event.actor_role.value,
        "actor_id": event.actor_id,
        "data": json.dumps(event.data, separators=(",", ":"), sort_keys=True, allow_nan=False),
        "expires_at": int(expires_at.timestamp()),
    }


def from_attributes(attributes: Mapping[str, Any]) -> RouteEvent:
    """The event again. Raises Invalid for what no version of us has written."""
    try:
        return RouteEvent(
            id=EventId(attributes["event_id"]),
            route_id=RouteId(attributes["shipment_id"]),
            seq=int(attributes["seq"]),
            type=RouteEventType(attributes["type"]),
            occurred_at=utc(from_text(attributes["occurred_at"])),
            recorded_at=utc(from_text(attributes["recorded_at"])),
            actor_role=Role(attributes["actor_role"]),
            actor_id=attributes["actor_id"],
            data=dict(json.loads(attributes["data"])),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_event") from exc


def from_image(image: Mapping[str, Mapping[str, Any]]) -> RouteEvent:
    """The event in a raw item, such as a ``NewImage``. Raises Invalid."""
    return from_attributes(
        {name: next(iter(typed.values()), None) for name, typed in image.items()}
    )
