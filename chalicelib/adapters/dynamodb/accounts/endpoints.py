"""Webhook endpoints on DynamoDB, beside their shipper."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import webhook_from, webhook_to
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.partitions import account_item, page_of
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

WEBHOOK: Final = "WEBHOOK#"
SWITCHED_OFF: Final = "WEBHOOK_OFF"
"""The kind in the index of those that were switched off."""


class DynamoWebhookEndpoints:
    """The port ``WebhookEndpoints``."""

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """One query; a shipper has a handful."""
        with translated():
            found = list(AccountItem.query(shipper_id, AccountItem.item.startswith(WEBHOOK)))
        return tuple(webhook_from(item.document) for item in found)

    def switched_off(
        self, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[WebhookEndpoint]:
        """One query of the index: they are a kind of their own there, and mostly none."""
        return page_of(
            SWITCHED_OFF,
            lambda item: webhook_from(item.document),
            limit=limit,
            position=position,
        )

    def switch_off(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        """One write. The document is written whole: nothing else ever changes it."""
        item, document = f"{WEBHOOK}{endpoint.id}", replace(endpoint, switched_off_at=now)
        written = account_item(endpoint.shipper_id, item, endpoint.created_at, webhook_to(document))
        written.kind = SWITCHED_OFF
        with translated(missing=NotFound):
            written.save(condition=AccountItem.item.exists())
