"""New and changed accounts as the journal writes them."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from chalicelib.adapters.dynamodb.accounts.devices import device_item
from chalicelib.adapters.dynamodb.accounts.documents import (
    driver_to,
    hub_to,
    invitation_to,
    key_to,
    shipper_to,
    webhook_to,
)
from chalicelib.adapters.dynamodb.accounts.drivers import DRIVER
from chalicelib.adapters.dynamodb.accounts.endpoints import WEBHOOK
from chalicelib.adapters.dynamodb.accounts.hubs import HUB
from chalicelib.adapters.dynamodb.accounts.invitations import INVITATION
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.keys import KEY
from chalicelib.adapters.dynamodb.accounts.members import MEMBER, link_item, member_to
from chalicelib.adapters.dynamodb.accounts.partitions import account_item, as_expected
from chalicelib.adapters.dynamodb.accounts.shippers import SHIPPER
from chalicelib.adapters.dynamodb.accounts.team_documents import team_to, vehicle_to
from chalicelib.adapters.dynamodb.accounts.teams import TEAM
from chalicelib.adapters.dynamodb.accounts.vehicles import VEHICLE
from chalicelib.adapters.dynamodb.stored import optional_ms
from chalicelib.adapters.dynamodb.writing import Put, Removal
from chalicelib.domain.accounts.devices import Device
from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.members import Member, SignInLink
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.accounts.teams import Team
from chalicelib.domain.accounts.vehicles import Vehicle
from chalicelib.domain.journal.changes import AccountAdded, AccountChange, WebhookRemoved
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

Dated = Shipper | Hub | Team | Vehicle | Driver | ApiKey | Member
"""Accounts whose items differ by their documents alone."""


def account_puts(added: AccountAdded, token: str) -> Iterator[Put]:
    """Without a condition: the id is new, so a repeat of the write finds only itself."""
    del token
    match added.account:
        case Invitation() as invitation:
            document = invitation_to(invitation)
            item = account_item(invitation.id, INVITATION, invitation.expires_at, document)
            item.expires_at = int(invitation.expires_at.timestamp())
            yield Put(item)
        case WebhookEndpoint() as endpoint:
            name, document = f"{WEBHOOK}{endpoint.id}", webhook_to(endpoint)
            yield Put(account_item(endpoint.shipper_id, name, endpoint.created_at, document))
        case SignInLink() as link:
            yield Put(link_item(link))
        case Device() as device:
            yield Put(device_item(device))
        case account:
            yield Put(_item(account))


def account_change_puts(change: AccountChange, token: str) -> Iterator[Put]:
    """The account where the expected version still stands."""
    after = change.after
    item = device_item(after) if isinstance(after, Device) else _item(after)
    item.token = token
    yield Put(item, as_expected(change.expected_version, token))


def webhook_removals(change: WebhookRemoved, token: str) -> Iterator[Removal]:
    """The endpoint, where it still is."""
    del token
    endpoint = change.endpoint
    item = AccountItem(endpoint.shipper_id, f"{WEBHOOK}{endpoint.id}")
    yield Removal(item, AccountItem.item.exists())


def _item(account: Dated) -> AccountItem:
    kind, document = _document(account)
    item = account_item(account.id, kind, account.created_at, document)
    item.version = account.version
    if isinstance(account, ApiKey):
        item.last_used_ms = optional_ms(account.last_used_at)
    return item


def _document(account: Dated) -> tuple[str, str]:
    kind, written = _FORMS[type(account)]
    return kind, written(account)


_FORMS: Final[dict[type, tuple[str, Callable[[Any], str]]]] = {
    Shipper: (SHIPPER, shipper_to),
    Hub: (HUB, hub_to),
    Team: (TEAM, team_to),
    Vehicle: (VEHICLE, vehicle_to),
    Driver: (DRIVER, driver_to),
    ApiKey: (KEY, key_to),
    Member: (MEMBER, member_to),
}
"""The name of the item of an account, and how its document is written."""
