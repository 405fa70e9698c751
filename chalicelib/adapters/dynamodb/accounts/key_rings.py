"""Rings of keys on DynamoDB: in the partition of their owner, one for each label."""

from collections.abc import Iterator
from typing import Final

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.accounts.partitions import account_item, as_expected
from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.adapters.dynamodb.values.instants import EPOCH
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.accounts.keys import KeyRing
from chalicelib.domain.ids import KeyId
from chalicelib.domain.journal.changes import KeyRingChange

RING: Final = "RING#"


class RingDocument(Stored, frozen=True, kw_only=True):
    """The ids of a few keys."""

    key_ids: tuple[KeyId, ...]


def key_ring_puts(change: KeyRingChange, token: str) -> Iterator[Put]:
    """The ring where the expected version still stands."""
    ring = change.after
    item = account_item(ring.owner, name_of(ring), EPOCH, ring_to(ring))
    item.version, item.token = ring.version, token
    yield Put(item, as_expected(change.expected_version, token))


def name_of(ring: KeyRing) -> str:
    """The sort key of a ring."""
    return f"{RING}{ring.name}"


def ring_to(ring: KeyRing) -> str:
    """A ring as text; owner, name and version are in the item."""
    return to_json(RingDocument(key_ids=ring.key_ids))


def ring_from(item: AccountItem, empty: KeyRing) -> KeyRing:
    """The ring again."""
    stored = from_json(RingDocument, item.document)
    return KeyRing(empty.owner, empty.name, stored.key_ids, int(item.version))
