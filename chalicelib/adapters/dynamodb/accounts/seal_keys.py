"""The public keys of seals. They stay for ever: old evidence is checked by old keys."""

import base64
import time
from datetime import datetime
from typing import Final

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.stored import Stored, from_json, to_json
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.evidence.seals import SealKey

ACCOUNT: Final = "evidence"
SEALKEY: Final = "SEALKEY#"
CACHE_S: Final = 60.0


class SealKeyDocument(Stored, frozen=True, kw_only=True):
    """A public key: SubjectPublicKeyInfo in base 64."""

    spki: str
    first_used_at: datetime


class DynamoSealKeys:
    """The port ``SealKeys`` on DynamoDB."""

    def __init__(self) -> None:
        """Start with nothing read or kept."""
        self._kept: set[str] = set()
        self._read: tuple[SealKey, ...] = ()
        self._read_at = 0.0

    def remember(self, key: SealKey) -> None:
        """One conditional write in the life of a process."""
        if key.id in self._kept:
            return
        item = AccountItem(
            account_id=ACCOUNT,
            item=f"{SEALKEY}{key.id}",
            kind="SEALKEY",
            created_at=to_text(key.first_used_at),
            document=document_of(key),
        )
        try:
            with translated():
                item.save(condition=AccountItem.item.does_not_exist())
        except ConcurrentUpdate:
            pass  # it has been used before
        self._kept.add(key.id)

    def all(self) -> tuple[SealKey, ...]:
        """One query, remembered for a minute: anybody may ask for these."""
        if self._read and time.monotonic() - self._read_at < CACHE_S:
            return self._read
        with translated():
            found = list(
                AccountItem.query(
                    ACCOUNT, AccountItem.item.startswith(SEALKEY), consistent_read=True
                )
            )
        keys = (key_of(item.document) for item in found)
        self._read = tuple(sorted(keys, key=lambda key: (key.first_used_at, key.id)))
        self._read_at = time.monotonic()
        return self._read


def document_of(key: SealKey) -> str:
    """The document of a key."""
    spki = base64.b64encode(key.spki).decode()
    return to_json(SealKeyDocument(spki=spki, first_used_at=key.first_used_at))


def key_of(document: str) -> SealKey:
    """The key again."""
    found = from_json(SealKeyDocument, document)
    return SealKey(base64.b64decode(found.spki), found.first_used_at)
