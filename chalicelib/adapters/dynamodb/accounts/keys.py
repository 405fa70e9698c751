"""API keys on DynamoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import key_from
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.key_rings import name_of, ring_from
from chalicelib.adapters.dynamodb.accounts.partitions import Partitions, found, page_of
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.stored import optional_instant
from chalicelib.adapters.dynamodb.values.instants import to_ms
from chalicelib.domain.accounts.keys import ApiKey, KeyRing
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import KeyId
from chalicelib.domain.listings import Listing

KEY: Final = "KEY"
MARKED_EVERY: Final = timedelta(hours=1)


class DynamoApiKeys:
    """The port ``ApiKeys``. Reads are cached for 60 s, within which a revocation is seen."""

    def __init__(self, partitions: Partitions) -> None:
        self._partitions = partitions

    def get(self, key_id: KeyId) -> ApiKey | None:
        """None when unknown."""
        try:
            return _key(self._partitions.cached(key_id, KEY))
        except NotFound:
            return None

    def latest(self, key_id: KeyId) -> ApiKey:
        """One read."""
        return _key(found(key_id, KEY))

    def forget(self, key_id: KeyId) -> None:
        """Read it anew next time."""
        self._partitions.forget(key_id, KEY)

    def page(self, *, limit: int, position: Mapping[str, str] | None) -> Listing[ApiKey]:
        """From the index, oldest first."""
        return page_of(KEY, _key, limit=limit, position=position)

    def ring(self, empty: KeyRing) -> KeyRing:
        """One read."""
        try:
            return ring_from(found(empty.owner, name_of(empty)), empty)
        except NotFound:
            return empty

    def those(self, key_ids: Sequence[KeyId]) -> tuple[ApiKey, ...]:
        """One read a key: a ring has two."""
        return tuple(self.latest(key_id) for key_id in key_ids)

    def mark_used(self, key_id: KeyId, now: datetime) -> None:
        """At most one write an hour.

        Another process that has read the key before tries in vain, once. Each of them remembers.
        """
        item = self._partitions.cached(key_id, KEY)
        now_ms, before_ms = to_ms(now), to_ms(now - MARKED_EVERY)
        if (item.attribute_values.get("last_used_ms") or 0) > before_ms:
            return
        is_due = AccountItem.last_used_ms.does_not_exist() | (AccountItem.last_used_ms <= before_ms)
        item.last_used_ms = now_ms
        try:
            with translated():
                AccountItem(key_id, KEY).update(
                    actions=[AccountItem.last_used_ms.set(now_ms)],
                    condition=AccountItem.item.exists() & is_due,
                )
        except ConcurrentUpdate:  # somebody else has marked it within this hour
            return


def _key(item: AccountItem) -> ApiKey:
    last_used_ms = item.attribute_values.get("last_used_ms")
    key = key_from(item.document)
    return replace(
        key, last_used_at=optional_instant(None if last_used_ms is None else int(last_used_ms))
    )
