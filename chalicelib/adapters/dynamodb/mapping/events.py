"""Events as items of the shipments table, and back: from our own reads and from the raw images of the stream.

The item names of the key are ``shipment_id`` and ``item`` (``EVENT#`` and the sequence in eight digits). Total in both
directions: what ``to_attributes`` makes, both readers give back unchanged.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Invalid
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.ids import EventId, ShipmentId, ShipperId
from chalicelib.domain.instants import utc

PREFIX: Final = "EVENT#"


def item_key(seq: int) -> str:
    """The sort key of a shipment's event.

    >>> item_key(7)
    'EVENT#00000007'
    """
    return f"{PREFIX}{seq:08d}"


def to_attributes(event: Event) -> dict[str, str | int]:
    """All attributes of the item, keys included, by name. Times have microseconds, so that nothing is lost."""
    return {
        "shipment_id": event.shipment_id,
        "item": item_key(event.seq),
        "event_id": event.id,
        "shipper_id": event.shipper_id,
        "seq": event.seq,
        "type": event.type.value,
        "occurred_at": _text(event.occurred_at),
        "recorded_at": _text(event.recorded_at),
        "actor_role": event.actor_role.value,
        "actor_id": event.actor_id,
        "data": json.dumps(event.data, separators=(",", ":"), sort_keys=True, allow_nan=False),
    }


def from_attributes(attributes: Mapping[str, Any]) -> Event:
    """The event in plain attribute values. Raises Invalid for anything that no version of us has written."""
    try:
        data = json.loads(attributes["data"])
        event = Event(
            id=EventId(attributes["event_id"]),
            shipment_id=ShipmentId(attributes["shipment_id"]),
            shipper_id=ShipperId(attributes["shipper_id"]),
            seq=int(attributes["seq"]),
            type=EventType(attributes["type"]),
            occurred_at=_instant(attributes["occurred_at"]),
            recorded_at=_instant(attributes["recorded_at"]),
            actor_role=Role(attributes["actor_role"]),
            actor_id=attributes["actor_id"],
            data=data,
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Invalid("An item is not an event that we know.", code="unknown_event") from exc
    if not isinstance(data, dict):
        raise Invalid("An item is not an event that we know.", code="unknown_event")
    return event


def from_image(image: Mapping[str, Mapping[str, Any]]) -> Event:
    """The event in a stream record's ``NewImage`` (``{"seq": {"N": "7"}, …}``). Raises Invalid as above."""
    return from_attributes(
        {name: next(iter(value.values()), None) for name, value in image.items()}
    )


def _text(instant: datetime) -> str:
    return utc(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant(text: str) -> datetime:
    return utc(datetime.fromisoformat(text)).astimezone(UTC)
