"""Webhook endpoints on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.values import Schema


class WebhookIn(Schema):
    """Where to post, and which events; none named means all."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=2_000)]
    event_types: Annotated[tuple[str, ...], Field(max_length=50)] = ()


class WebhookOut(Schema):
    """An endpoint; ``secret`` only in the answer that creates it."""

    id: str
    url: str
    event_types: tuple[str, ...]
    created_at: datetime


class WebhookCreatedOut(WebhookOut):
    """A new endpoint with its secret, shown this once."""

    secret: str


class WebhooksOut(Schema):
    """All endpoints of a shipper."""

    data: tuple[WebhookOut, ...]
