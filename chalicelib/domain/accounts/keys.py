"""API keys of shippers and staff. A secret appears only as its hash."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Role
from chalicelib.domain.ids import KeyId, ShipperId

KEY_PREFIX: Final = "ds_live_"
"""The text of a key: this, the ULID of its id, an underscore, its secret."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a shipper or of staff. Only the SHA-256 of its secret is stored."""

    id: KeyId
    role: Role
    label: str
    secret_hash: str
    created_at: datetime
    shipper_id: ShipperId | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether the key may be used now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
