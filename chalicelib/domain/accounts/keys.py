"""API keys of shippers and staff. A secret appears only as its hash."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Role
from chalicelib.domain.ids import KEY, KeyId, ShipperId

KEY_PREFIX: Final = "ds_live_"
"""The text of a key: this, the ULID of its id, an underscore, its secret."""
MOST_LIVE: Final = 2
"""So many keys of one owner and label may be live: the one in use, and its successor."""
_NAME_CHARS: Final = 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a shipper or of staff. Only the SHA-256 of its secret is stored.

    ``scopes`` are what it may do of what its role may do; none: all of it. ``last_used_at`` is at
    most an hour older than its last use.
    """

    id: KeyId
    role: Role
    label: str
    secret_hash: str
    created_at: datetime
    shipper_id: ShipperId | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    scopes: frozenset[str] = frozenset()
    last_used_at: datetime | None = None
    version: int = 1

    @property
    def prefix(self) -> str:
        """The part of its text that is no secret."""
        return f"{KEY_PREFIX}{self.id.removeprefix(f'{KEY}_')}"

    def is_live(self, now: datetime) -> bool:
        """Whether the key may be used now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one owner and label that were live when the last one was made.

    ``owner`` is a shipper or, for staff, the role. ``version`` is 0 before the first key.
    """

    owner: str
    name: str
    key_ids: tuple[KeyId, ...] = ()
    version: int = 0


def key_ring_of(key: ApiKey) -> KeyRing:
    """The empty ring that a key belongs to. Its name is a hash: labels may name people."""
    name = hashlib.sha256(key.label.casefold().encode()).hexdigest()[:_NAME_CHARS]
    return KeyRing(owner=key.shipper_id or f"role_{key.role}", name=name)
