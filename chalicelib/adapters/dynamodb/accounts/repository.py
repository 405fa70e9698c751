"""Accounts: one partition each. Keys are cached for as long as a revocation may take to be seen."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from chalicelib.adapters.dynamodb import journal as writes
from chalicelib.adapters.dynamodb.accounts import documents as mapping
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, WebhookId
from chalicelib.domain.listings import Page
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

CACHE_S: Final = 60.0
CACHED: Final = 512
SHIPPER, DRIVER, HUB, KEY, INVITATION = "SHIPPER", "DRIVER", "HUB", "KEY", "INVITATION"
WEBHOOK: Final = "WEBHOOK#"


class DynamoAccounts:
    """The port ``Accounts`` on DynamoDB."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Start with an empty cache; its age is monotonic time, not the domain's clock."""
        self._monotonic_s = monotonic_s
        self._cache: dict[tuple[str, str], tuple[float, dict[str, Any] | None]] = {}

    def put_shipper(self, shipper: Shipper) -> None:
        """Write a shipper."""
        self._put(shipper.id, SHIPPER, shipper.created_at, mapping.shipper_to(shipper))

    def shipper(self, shipper_id: ShipperId) -> Shipper:
        """Cached: names of shippers are on every tracking page and change once a year."""
        document = self._cached(shipper_id, SHIPPER)
        if document is None:
            raise NotFound
        return mapping.shipper_from(document)

    def create_driver(self, driver: Driver) -> None:
        """The account and an empty live state, in one transaction."""
        token = writes.new_token()
        live = Live(driver_id=driver.id, version=1, epoch=driver.epoch)
        document = mapping.driver_to(driver)
        with translated(), writes.transaction() as transaction:
            transaction.save(_item(driver.id, DRIVER, driver.created_at, document))
            transaction.save(
                writes.live_item(live, token), condition=writes.live_condition(None, token)
            )

    def driver(self, driver_id: DriverId) -> Driver:
        """One read."""
        return mapping.driver_from(self._get(driver_id, DRIVER))

    def drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Page[Driver]:
        """From the index, oldest first."""
        with translated():
            found = AccountItem.by_kind.query(
                DRIVER,
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            drivers = tuple(mapping.driver_from(item.document) for item in found)
        return Page(drivers, position_of(found.last_evaluated_key))

    def put_hub(self, hub: Hub) -> None:
        """Write a hub."""
        self._put(hub.id, HUB, hub.created_at, mapping.hub_to(hub))

    def hub(self, hub_id: HubId) -> Hub:
        """One read."""
        return mapping.hub_from(self._get(hub_id, HUB))

    def put_key(self, key: ApiKey) -> None:
        """Write or replace a key; other containers see it within the cache's age."""
        self._put(key.id, KEY, key.created_at, mapping.key_to(key))

    def key(self, key_id: KeyId) -> ApiKey | None:
        """Cached for up to 60 s, the time within which a revocation is seen."""
        document = self._cached(key_id, KEY)
        return None if document is None else mapping.key_from(document)

    def put_invitation(self, invitation: Invitation) -> None:
        """Kept under its hash; expires by itself."""
        item = _item(
            invitation.code_hash,
            INVITATION,
            invitation.expires_at,
            mapping.invitation_to(invitation),
        )
        item.expires_at = int(invitation.expires_at.timestamp())
        with translated():
            item.save()

    def take_invitation(self, code_hash: str, now: datetime) -> Invitation:
        """Marking it is using it: of two callers only the first finds it unmarked.

        A mark and not a delete, so that a repeat after a lost answer recognises its own.
        """
        found = self._item(code_hash, INVITATION)
        invitation = mapping.invitation_from(found.document)
        if invitation.expires_at <= now:
            raise NotFound
        found.taken_by = token = writes.new_token()
        is_free = AccountItem.taken_by.does_not_exist() | (AccountItem.taken_by == token)
        with translated(missing=NotFound):
            found.save(condition=AccountItem.item.exists() & is_free)
        return invitation

    def put_webhook(self, endpoint: WebhookEndpoint) -> None:
        """Beside its shipper."""
        self._put(
            endpoint.shipper_id,
            f"{WEBHOOK}{endpoint.id}",
            endpoint.created_at,
            mapping.webhook_to(endpoint),
        )

    def webhooks(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """One query; a shipper has a handful."""
        with translated():
            found = list(AccountItem.query(shipper_id, AccountItem.item.startswith(WEBHOOK)))
        return tuple(mapping.webhook_from(item.document) for item in found)

    def delete_webhook(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        """Only the shipper's own."""
        with translated(missing=NotFound):
            AccountItem(account_id=shipper_id, item=f"{WEBHOOK}{webhook_id}").delete(
                condition=AccountItem.item.exists()
            )

    def _cached(self, account_id: str, item: str) -> dict[str, Any] | None:
        key = (account_id, item)
        hit = self._cache.get(key)
        if hit is not None and self._monotonic_s() - hit[0] < CACHE_S:
            return hit[1]
        try:
            document = self._get(account_id, item)
        except NotFound:
            return None  # an unknown id is not remembered: that would be a way to fill the cache
        if len(self._cache) >= CACHED:
            self._cache.clear()
        self._cache[key] = (self._monotonic_s(), document)
        return document

    def _get(self, account_id: str, item: str) -> dict[str, Any]:
        document: dict[str, Any] = self._item(account_id, item).document
        return document

    def _item(self, account_id: str, item: str) -> AccountItem:
        with translated():
            try:
                return AccountItem.get(account_id, item, consistent_read=True)
            except AccountItem.DoesNotExist as exc:
                raise NotFound from exc

    def _put(
        self, account_id: str, item: str, created_at: datetime, document: dict[str, Any]
    ) -> None:
        with translated():
            _item(account_id, item, created_at, document).save()
        self._cache.pop((account_id, item), None)


def _item(
    account_id: str, item: str, created_at: datetime, document: dict[str, Any]
) -> AccountItem:
    return AccountItem(
        account_id=account_id,
        item=item,
        kind=item.partition("#")[0],
        created_at=to_text(created_at),
        document=document,
    )
