"""Webhook endpoints on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from chalicelib.domain.shipments.events import EventType
from chalicelib.edge.schemas import Out, Schema


class WebhookIn(Schema):
    """Where to post, and which events; none named means all."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=2_000)]
    event_types: Annotated[tuple[EventType, ...], Field(max_length=50)] = ()


class WebhookOut(Out):
    """An endpoint; ``secret`` only in the answer that creates it."""

    id: str
    url: str
    event_types: Annotated[tuple[EventType, ...], BeforeValidator(sorted)]
    created_at: datetime


class WebhookCreatedOut(WebhookOut):
    """A new endpoint with its secret, shown this once."""

    secret: str


class WebhooksOut(Out):
    """All endpoints of a shipper."""

    data: tuple[WebhookOut, ...]
