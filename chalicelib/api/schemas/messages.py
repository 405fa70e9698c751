"""Messages on the wire."""

from typing import Annotated

from pydantic import Field, model_validator

from chalicelib.api.schemas.values import ActionId, Id, Text
from chalicelib.catalogues import DEFAULT_LANGUAGE, locale_of
from chalicelib.domain.ids import MessageId, ShipmentId
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.messages.threads import MAX_TEXT, Author, Draft, Message
from chalicelib.edge.schemas import Maybe, Out, Schema, Time
from chalicelib.edge.sentences import refused

MessageText = Annotated[Text, Field(max_length=MAX_TEXT)]
ONE_OF_TWO = "Send text or quick_reply, one of the two."


class DraftIn(Schema):
    """Own words, or a quick reply."""

    text: Maybe[MessageText] = None
    quick_reply: Maybe[QuickReply] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "DraftIn":
        if (self.text is None) == (self.quick_reply is None):
            raise refused(code="one_of_two", words=ONE_OF_TWO)
        return self

    def to_domain(self) -> Draft:
        """The draft."""
        return Draft(self.text, self.quick_reply)


class DriverMessageIn(DraftIn):
    """A message of the driver to the recipient of a shipment on the van."""

    action_id: ActionId
    shipment_id: Id


class SeenIn(Schema):
    """The newest message that has been read of a shipment's thread."""

    shipment_id: Id
    message_id: Id

    def to_domain(self) -> tuple[ShipmentId, MessageId]:
        """Both ids."""
        return ShipmentId(self.shipment_id), MessageId(self.message_id)


class MessageOut(Out):
    """One message. The text of a quick reply is in English; other languages go by its name."""

    id: str
    shipment_id: str
    author: Author
    text: str
    quick_reply: QuickReply | None
    written_at: Time

    @classmethod
    def of(cls, value: Message) -> "MessageOut":
        """From the domain."""
        text = value.text
        if value.quick_reply is not None:
            text = locale_of(DEFAULT_LANGUAGE).say(f"quick.{value.quick_reply}")
        return cls.joined(value, text=text)


class MessagesOut(Out):
    """Messages, oldest first."""

    data: tuple[MessageOut, ...]
    next_cursor: str | None
