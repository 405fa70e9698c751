"""Events as items of the shipments table, and back: from our reads and from the stream's images.

The sort key is ``EVENT#`` and the sequence in eight digits. Total in both directions: what
``to_attributes`` makes, both readers give back unchanged (instants in whole milliseconds).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.adapters.dynamodb.values.instants import from_text, to_text
from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import EventId, ShipmentId, ShipperId
from chalicelib.domain.instants import utc
from chalicelib.domain.shipments.events import Event, EventType

PREFIX: Final = "EVENT#"


def item_key(seq: int) -> str:
    """The sort key of a shipment's event.

    >>> item_key(7)
    'EVENT#00000007'
    """
    return f"{PREFIX}{seq:08d}"


def to_attributes(event: Event) -> dict[str, Any]:
    """All attributes of the item by name, keys included."""
    return {
        "shipment_id": event.shipment_id,
        "item": item_key(event.seq),
        "event_id": event.id,
        "shipper_id": event.shipper_id,
        "seq": event.seq,
        "type": event.type.value,
        "occurred_at": to_text(event.occurred_at),
        "recorded_at": to_text(event.recorded_at),
        "actor_role": event.actor_role.value,
        "actor_id": event.actor_id,
        "data": json.dumps(event.data, separators=(",", ":"), sort_keys=True, allow_nan=False),
    }


def from_attributes(attributes: Mapping[str, Any]) -> Event:
    """The event in plain attribute values. Raises Invalid for what no version of us has written."""
    try:
        return Event(
            id=EventId(attributes["event_id"]),
            shipment_id=ShipmentId(attributes["shipment_id"]),
            shipper_id=ShipperId(attributes["shipper_id"]),
            seq=int(attributes["seq"]),
            type=EventType(attributes["type"]),
            occurred_at=_instant(attributes["occurred_at"]),
            recorded_at=_instant(attributes["recorded_at"]),
            actor_role=Role(attributes["actor_role"]),
            actor_id=attributes["actor_id"],
            data=dict(json.loads(attributes["data"])),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_event") from exc


def from_image(image: Mapping[str, Mapping[str, Any]]) -> Event:
    """The event in a raw item, such as a ``NewImage`` (``{"seq": {"N": "7"}}``). Raises Invalid."""
    return from_attributes(
        {name: next(iter(typed.values()), None) for name, typed in image.items()}
    )


def _instant(text: str) -> datetime:
    return utc(from_text(text))
