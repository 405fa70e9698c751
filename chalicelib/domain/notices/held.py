"""A notice that waits for the morning, as a message to ourselves."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.instants import utc
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import from_message, to_message

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """The event of which the recipient is told when it is due."""

    event: Event
    due_at: datetime


def is_held(text: str) -> bool:
    """Whether a message is a held notice, and not an event of the topic."""
    try:
        message = json.loads(text)
    except (RecursionError, ValueError):
        return False
    return isinstance(message, dict) and "due_at" in message


def to_text(held: HeldNotice) -> str:
    """The held notice as the text of a message. The event is in it as it came."""
    return json.dumps(
        {
            "version": VERSION,
            "due_at": held.due_at.isoformat(),
            "event": to_message(held.event),
        },
        separators=(",", ":"),
    )


def from_text(text: str) -> HeldNotice:
    """The held notice again. Raises Invalid for a malformed message, and for a newer version."""
    try:
        message = json.loads(text)
        if message["version"] != VERSION:
            raise Invalid(code="unknown_version")
        event = from_message(message["event"])
        return HeldNotice(event, utc(datetime.fromisoformat(message["due_at"])))
    except (KeyError, RecursionError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_message") from exc
