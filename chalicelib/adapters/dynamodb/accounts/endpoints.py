"""Webhook endpoints on DynamoDB, beside their shipper."""

from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import webhook_from
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipperId, WebhookId
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

WEBHOOK: Final = "WEBHOOK#"


class DynamoWebhookEndpoints:
    """The port ``WebhookEndpoints``."""

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """One query; a shipper has a handful."""
        with translated():
            found = list(AccountItem.query(shipper_id, AccountItem.item.startswith(WEBHOOK)))
        return tuple(webhook_from(item.document) for item in found)

    def delete(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        """Only the shipper's own."""
        with translated(missing=NotFound):
            AccountItem(account_id=shipper_id, item=f"{WEBHOOK}{webhook_id}").delete(
                condition=AccountItem.item.exists()
            )
