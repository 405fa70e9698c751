"""A webhook's next try, as a message to ourselves: which event, to which endpoint, and when."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import WebhookId
from chalicelib.domain.instants import utc
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import from_message, to_message

VERSION: Final = 1
FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class WebhookTry:
    """The try number ``number`` (the first is 1) to bring an event to one endpoint."""

    event: Event
    webhook_id: WebhookId
    number: int
    due_at: datetime

    @property
    def key(self) -> str:
        """Its name in the ledger: two messages of the same try are one try."""
        return key_of(self.event, self.webhook_id, self.number)


def key_of(event: Event, webhook_id: WebhookId, number: int) -> str:
    """The name of a try in the ledger."""
    key = f"webhook#{event.id}#{webhook_id}"
    return key if number == FIRST else f"{key}#{number}"


def chance_of(key: str) -> float:
    """From 0 to below 1, always the same for the same try: a repeat of it is due at the same time.

    >>> 0 <= chance_of("webhook#evt_1#whk_1") < 1
    True
    """
    return zlib.crc32(key.encode()) / 2**32


def is_try(text: str) -> bool:
    """Whether a message is a further try, and not an event of the topic."""
    try:
        message = json.loads(text)
    except (RecursionError, ValueError):
        return False
    return isinstance(message, dict) and "webhook_id" in message


def to_text(again: WebhookTry) -> str:
    """The try as the text of a message. The event is in it as it came, so the bytes stay."""
    return json.dumps(
        {
            "version": VERSION,
            "webhook_id": again.webhook_id,
            "number": again.number,
            "due_at": again.due_at.isoformat(),
            "event": to_message(again.event),
        },
        separators=(",", ":"),
    )


def from_text(text: str) -> WebhookTry:
    """The try again. Raises Invalid for a malformed message, and for a newer version."""
    try:
        message = json.loads(text)
        if message["version"] != VERSION:
            raise Invalid(code="unknown_version")
        return WebhookTry(
            event=from_message(message["event"]),
            webhook_id=WebhookId(str(message["webhook_id"])),
            number=int(message["number"]),
            due_at=utc(datetime.fromisoformat(message["due_at"])),
        )
    except (KeyError, RecursionError, TypeError, ValueError) as exc:
        raise Invalid(code="unknown_message") from exc
