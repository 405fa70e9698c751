"""The accounts table as documents: one partition an account, one item a kind.

What is read with every request is cached, for as long as a revocation may take to be seen.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.domain.errors import NotFound
from chalicelib.domain.listings import Listing

CACHE_S: Final = 60.0
CACHED: Final = 512
T = TypeVar("T")


class Partitions:
    """Reads and writes documents. Each instance has a cache of its own."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Start with an empty cache; its age is monotonic time, not the domain's clock."""
        self._monotonic_s = monotonic_s
        self._cache: dict[tuple[str, str], tuple[float, AccountItem]] = {}

    def cached(self, account_id: str, item: str) -> AccountItem:
        """An item, up to 60 s old. Raises NotFound.

        An unknown id is not remembered: that would be a way to fill the cache.
        """
        key = (account_id, item)
        hit = self._cache.get(key)
        if hit is not None and self._monotonic_s() - hit[0] < CACHE_S:
            return hit[1]
        read = found(account_id, item)
        if len(self._cache) >= CACHED:
            self._cache.clear()
        self._cache[key] = (self._monotonic_s(), read)
        return read

    def get(self, account_id: str, item: str) -> str:
        """A document, read consistently. Raises NotFound."""
        document: str = found(account_id, item).document
        return document

    def forget(self, account_id: str, item: str) -> None:
        """Read an item anew next time: it was changed by this process."""
        self._cache.pop((account_id, item), None)


def found(account_id: str, item: str) -> AccountItem:
    """An item, read consistently. Raises NotFound."""
    with translated():
        try:
            return AccountItem.get(account_id, item, consistent_read=True)
        except AccountItem.DoesNotExist as exc:
            raise NotFound from exc


def account_item(account_id: str, item: str, created_at: datetime, document: str) -> AccountItem:
    """The item of a document; its kind is what stands before the first ``#``."""
    return AccountItem(
        account_id=account_id,
        item=item,
        kind=item.partition("#")[0],
        created_at=to_text(created_at),
        document=document,
    )


def as_expected(expected_version: int, token: str) -> Condition:
    """Still at the expected version (0: still absent), or written by the holder of ``token``."""
    as_read: Condition = AccountItem.version == expected_version
    if expected_version == 0:
        as_read = AccountItem.item.does_not_exist()
    if expected_version == 1:  # earlier releases wrote none
        as_read |= AccountItem.item.exists() & AccountItem.version.does_not_exist()
    condition: Condition = as_read | (AccountItem.token == token)
    return condition


def page_of(
    kind: str, read: Callable[[AccountItem], T], *, limit: int, position: Mapping[str, str] | None
) -> Listing[T]:
    """All accounts of one kind, oldest first: one query of the index a page."""
    with translated():
        items = AccountItem.by_kind.query(
            kind, limit=limit, page_size=limit, last_evaluated_key=start_key(position)
        )
        found = tuple(map(read, items))
    return Listing(found, position_of(items.last_evaluated_key))
