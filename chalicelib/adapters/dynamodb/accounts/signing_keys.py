"""The keys that we sign with, oldest first.

They live beside the accounts, so that an idle stack costs nothing.

The first container that needs one makes it; of two that try at once, one wins and both read the
winner's.
"""

import secrets
import time
from typing import Final

from chalicelib.adapters.dynamodb.accounts.documents import signing_key_from, signing_key_to
from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.values.instants import EPOCH, to_text
from chalicelib.domain.errors import ConcurrentUpdate

ACCOUNT: Final = "signing"
SIGNING: Final = "SIGNING#"
KEY_BYTES: Final = 32
CACHE_S: Final = 300.0


class DynamoSigningKeys:
    """The signing keys of this deployment, cached for five minutes."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._keys: tuple[bytes, ...] = ()
        self._read_at = 0.0

    def __call__(self) -> tuple[bytes, ...]:
        """All keys, oldest first; sign with the last, accept all."""
        if self._keys and time.monotonic() - self._read_at < CACHE_S:
            return self._keys
        keys = self._read()
        if not keys:
            self._create_first()
            keys = self._read()
        self._keys, self._read_at = keys, time.monotonic()
        return keys

    def _read(self) -> tuple[bytes, ...]:
        with translated():
            found = list(
                AccountItem.query(
                    ACCOUNT, AccountItem.item.startswith(SIGNING), consistent_read=True
                )
            )
        return tuple(signing_key_from(item.document) for item in found)

    def _create_first(self) -> None:
        item = AccountItem(
            account_id=ACCOUNT,
            item=f"{SIGNING}001",
            kind="SIGNING",
            created_at=to_text(EPOCH),
            document=signing_key_to(secrets.token_bytes(KEY_BYTES)),
        )
        try:
            with translated():
                item.save(condition=AccountItem.item.does_not_exist())
        except ConcurrentUpdate:
            pass  # another container was first: its key is the one
