"""What works once: the item of a code is marked as taken by its first client, and not deleted.

So a repeat of the same client after a lost answer gets it again, for a moment.
"""

from collections.abc import Callable
from datetime import datetime

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.accounts.drivers import RETAKEN_WITHIN
from chalicelib.domain.errors import ConcurrentUpdate, NotFound


def taken_once(
    read: Callable[[], AccountItem],
    *,
    expires_at: Callable[[AccountItem], datetime],
    client_hash: str,
    now: datetime,
) -> tuple[AccountItem, datetime]:
    """The item, and when this client first took it: of two clients only one finds it unmarked.

    Raises NotFound where ``read`` does, for anybody else, and for one that has expired.
    """
    item = read()
    if "taken_by" in item.attribute_values:
        return item, _taken_at(item, client_hash, now)
    if expires_at(item) <= now:
        raise NotFound
    item.taken_by, item.taken_at_ms = client_hash, to_ms(now)
    try:
        with translated():
            item.save(condition=AccountItem.item.exists() & AccountItem.taken_by.does_not_exist())
    except ConcurrentUpdate:  # perhaps by our own first try, whose answer was lost
        item = read()
        return item, _taken_at(item, client_hash, now)
    return item, now


def _taken_at(item: AccountItem, client_hash: str, now: datetime) -> datetime:
    """When the same client took it a moment ago.

    Raises NotFound for anybody else, and for later.
    """
    taken_at_ms = item.attribute_values.get("taken_at_ms")
    if item.attribute_values.get("taken_by") != client_hash or taken_at_ms is None:
        raise NotFound
    taken_at = from_ms(int(taken_at_ms))
    if now - taken_at > RETAKEN_WITHIN:
        raise NotFound
    return taken_at
