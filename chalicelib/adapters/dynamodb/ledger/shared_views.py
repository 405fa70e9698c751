"""Shared views: one item of the ledger for each view, and the newest one in this process.

A view is compressed, so that reading one costs a few units and writing it some dozens, however many
look. They hold no personal data: only ids, places of vans and times.
"""

import json
import zlib
from datetime import datetime, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import SharedViewItem
from chalicelib.adapters.dynamodb.values.instants import from_ms, to_ms
from chalicelib.domain.attention.shared_views import SharedView
from chalicelib.domain.errors import ConcurrentUpdate

KEPT_FOR: Final = timedelta(hours=1)


class DynamoSharedViews:
    """The port ``SharedViews``. Each instance remembers the newest view of each name."""

    def __init__(self) -> None:
        """Nothing is remembered yet."""
        self._here: dict[str, SharedView] = {}

    def here(self, name: str) -> SharedView | None:
        """From memory."""
        return self._here.get(name)

    def latest(self, name: str) -> SharedView | None:
        """One eventually consistent read: half a unit for each 4 kB."""
        with translated():
            try:
                item = SharedViewItem.get(_key(name))
            except SharedViewItem.DoesNotExist:
                return None
        made_at = from_ms(int(item.made_ms))
        own = self._here.get(name)
        if own is not None and own.made_at >= made_at:
            return own
        found = SharedView(made_at, json.loads(zlib.decompress(item.body)))
        self._here[name] = found
        return found

    def claim(self, name: str, *, now: datetime, lease_s: int) -> bool:
        """One conditional write, a unit: the claim is an item of its own.

        It has no mark of the writer: a claim whose answer is lost is granted to nobody until its
        lease is over, and all show the view before.
        """
        until_ms, now_ms = to_ms(now) + lease_s * 1000, to_ms(now)
        lease = SharedViewItem.lease_until_ms
        try:
            with translated():
                SharedViewItem(_claim_key(name)).update(
                    [lease.set(until_ms), SharedViewItem.expires_at.set(_expires(now))],
                    condition=lease.does_not_exist() | (lease <= now_ms),
                )
        except ConcurrentUpdate:
            return False
        return True

    def share(self, name: str, view: SharedView) -> None:
        """One write: a unit for each kilobyte."""
        self._here[name] = view
        body = zlib.compress(json.dumps(view.parts, separators=(",", ":")).encode(), 9)
        with translated():
            SharedViewItem(
                _key(name),
                made_ms=to_ms(view.made_at),
                body=body,
                expires_at=_expires(view.made_at),
            ).save()


def _expires(now: datetime) -> int:
    return int((now + KEPT_FOR).timestamp())


def _key(name: str) -> str:
    return f"view#{name}"


def _claim_key(name: str) -> str:
    return f"view#{name}#claim"
