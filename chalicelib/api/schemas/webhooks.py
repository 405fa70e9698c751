"""Webhook endpoints on the wire."""

from typing import Annotated, Final

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.edge.schemas import Out, Schema, Time

TOLD: Final = [event_type.value for event_type in EventType if event_type not in INTERNAL]

ToldEventType = Annotated[str, WithJsonSchema({"type": "string", "enum": TOLD})]
"""The type of an event that is told to shippers; the use case refuses all others."""


class WebhookIn(Schema):
    """Where to post, and which events; none named means all."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=2_000)]
    event_types: Annotated[tuple[ToldEventType, ...], Field(max_length=50)] = ()


class WebhookOut(Out):
    """An endpoint; ``secret`` only in the answer that creates it.

    ``switched_off_at`` is when its server answered 410; it gets nothing since then.
    """

    id: str
    url: str
    event_types: Annotated[tuple[EventType, ...], BeforeValidator(sorted)]
    created_at: Time
    switched_off_at: Time | None = None


class WebhookCreatedOut(WebhookOut):
    """A new endpoint with its secret, shown this once."""

    secret: str


class WebhooksOut(Out):
    """All endpoints of a shipper."""

    data: tuple[WebhookOut, ...]
    next_cursor: None = None
