"""Payloads: events as JSON for webhooks and for the topic, with ids and status only.

Only the facts of an allow-list leave. A note or a name in an event's data stays here. Receivers
order by ``data.sequence``, which counts without gaps per shipment.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import EventId, ShipmentId, ShipperId
from chalicelib.domain.instants import utc, written
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.statuses import FailureReason, Status, external_status

VERSION: Final = 1
OF_ROUTES: Final = "route."
"""So the types of events of routes begin."""
PUBLIC: Final = (
    "status",
    "reason",
    "promise",
    "previous_promise",
    "eta",
    "stops_before",
    "attempt",
    "heard_at",
    "parcels",
    "window",
    "previous_window",
    "service_day",
    "changed",
    "outcome",
    "previous_outcome",
    "message_id",
    "author",
    "notice",
    "stars",
    "previous_stars",
    "is_low",
    "attempt_number",
    "before",
    "after",
    "report_reason",
    "reasons",
    "is_stopped",
    "moved_m",
)
"""The facts of an event that may leave. All other data stay with us."""
TIMES: Final = frozenset({"point", "earliest", "latest", "heard_at"})
"""Those of them that are times, at any depth."""


def webhook_body(event: Event) -> str:
    """The body of a webhook: ``{type, timestamp, data}`` as compact JSON.

    The same event always gives the same bytes, because the signature covers them.
    """
    return _dumps(_thin(event))


def to_message(event: Event) -> str:
    """The message for the topic: the webhook's body, and fields that our own functions need."""
    return _dumps(
        {
            "version": VERSION,
            "id": event.id,
            **_thin(event),
            "recorded_at": written(event.recorded_at),
            "actor": {"role": event.actor_role.value, "id": event.actor_id},
        }
    )


def from_message(text: str) -> Event:
    """The event in a message of the topic, with its public data. Times are in whole milliseconds.

    Raises Invalid for a malformed message, and for a format of a newer version.
    """
    try:
        message = json.loads(text)
        if message["version"] != VERSION:
            raise Invalid(code="unknown_version")
        data = message["data"]
        return Event(
            id=EventId(_string(message["id"])),
            shipment_id=ShipmentId(_string(data["shipment_id"])),
            shipper_id=ShipperId(_string(data["shipper_id"])),
            seq=int(data["sequence"]),
            type=EventType(message["type"]),
            occurred_at=_instant(message["timestamp"]),
            recorded_at=_instant(message["recorded_at"]),
            actor_role=Role(message["actor"]["role"]),
            actor_id=_string(message["actor"]["id"]),
            data=_public(data),
        )
    except (KeyError, RecursionError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_message") from exc


def is_about_route(text: str) -> bool:
    """Whether a message of the topic tells what became of a route, and not of a shipment."""
    try:
        return str(json.loads(text)["type"]).startswith(OF_ROUTES)
    except (KeyError, RecursionError, TypeError, ValueError):
        return False


def _thin(event: Event) -> dict[str, object]:
    facts = _public(event.data)
    return {
        "type": event.type.value,
        "timestamp": written(event.occurred_at),
        "data": {
            "shipment_id": event.shipment_id,
            "shipper_id": event.shipper_id,
            "sequence": event.seq,
            **facts,
            "external_status": _external(facts),
        },
    }


def _public(data: Mapping[str, object]) -> dict[str, Any]:
    return {key: _plain(data[key], key) for key in PUBLIC if key in data}


def _plain(value: object, name: str) -> object:
    """A fact with its times as we write them everywhere; older events have them as Python does."""
    match value:
        case Mapping():
            return {key: _plain(each, key) for key, each in value.items()}
        case str() if name in TIMES:
            with suppress(ValueError):
                return written(_instant(value))
    return value


def _external(facts: Mapping[str, Any]) -> dict[str, str] | None:
    """AfterShip's words for the status; None when the event has no status that we know."""
    try:
        status = Status(str(facts.get("status")))
        reason = FailureReason(facts["reason"]) if facts.get("reason") else None
    except ValueError:
        return None
    external = external_status(status, reason)
    return {"status": external.status, "sub_status": external.sub_status}


def _dumps(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _instant(text: str) -> datetime:
    return utc(datetime.fromisoformat(text)).astimezone(UTC)
