"""New accounts as the journal writes them."""

from collections.abc import Iterator

from chalicelib.adapters.dynamodb.accounts.documents import (
    hub_to,
    invitation_to,
    key_to,
    shipper_to,
    webhook_to,
)
from chalicelib.adapters.dynamodb.accounts.endpoints import WEBHOOK
from chalicelib.adapters.dynamodb.accounts.hubs import HUB
from chalicelib.adapters.dynamodb.accounts.invitations import INVITATION
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.keys import KEY
from chalicelib.adapters.dynamodb.accounts.partitions import account_item
from chalicelib.adapters.dynamodb.accounts.shippers import SHIPPER
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.accounts.drivers import Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.journal.changes import AccountAdded
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


def account_puts(added: AccountAdded, token: str) -> Iterator[Put]:
    """Without a condition: the id is new, so a repeat of the write finds only itself."""
    del token
    yield Put(_item(added.account))


def _item(account: Shipper | Hub | ApiKey | Invitation | WebhookEndpoint) -> AccountItem:
    match account:
        case Shipper():
            return account_item(account.id, SHIPPER, account.created_at, shipper_to(account))
        case Hub():
            return account_item(account.id, HUB, account.created_at, hub_to(account))
        case ApiKey():
            return account_item(account.id, KEY, account.created_at, key_to(account))
        case Invitation():
            document = invitation_to(account)
            item = account_item(account.code_hash, INVITATION, account.expires_at, document)
            item.expires_at = int(account.expires_at.timestamp())
            return item
        case WebhookEndpoint():
            name = f"{WEBHOOK}{account.id}"
            return account_item(account.shipper_id, name, account.created_at, webhook_to(account))
