"""Messages as text: the same document beside the shipment and for the driver of its route."""

from datetime import datetime

from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.domain.ids import MessageId, ShipmentId
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.messages.threads import Author, Message


class MessageDocument(Stored, frozen=True, kw_only=True):
    """One message."""

    id: MessageId
    shipment_id: ShipmentId
    author: Author
    written_at: datetime
    text: str | None = None
    quick_reply: QuickReply | None = None


def message_to(message: Message) -> str:
    """A message as text."""
    return to_json(
        MessageDocument(
            id=message.id,
            shipment_id=message.shipment_id,
            author=message.author,
            written_at=message.written_at,
            text=message.text,
            quick_reply=message.quick_reply,
        )
    )


def message_from(text: str) -> Message:
    """The message again."""
    stored = from_json(MessageDocument, text)
    return Message(
        id=stored.id,
        shipment_id=stored.shipment_id,
        author=stored.author,
        written_at=stored.written_at,
        text=stored.text,
        quick_reply=stored.quick_reply,
    )
