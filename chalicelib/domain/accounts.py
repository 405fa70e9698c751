"""Who has an account: shippers, drivers, hubs, keys, invitations, webhook endpoints.

Secrets appear only as hashes.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.actors import Role
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, WebhookId


@dataclass(frozen=True, slots=True)
class Shipper:
    """Owns goods.

    ``sms_name`` is what an SMS may call it: short, letters and digits only, set by staff.
    """

    id: ShipperId
    name: str
    created_at: datetime
    sms_name: str | None = None
    support_contact: str | None = None


@dataclass(frozen=True, slots=True)
class Driver:
    """Drives.

    ``epoch`` is part of every driver token: raising it revokes all tokens given out before.
    """

    id: DriverId
    name: str
    created_at: datetime
    team: str | None = None
    epoch: int = 1


@dataclass(frozen=True, slots=True)
class Hub:
    """Where routes start and end."""

    id: HubId
    name: str
    coordinates: Coordinates
    time_zone: str
    created_at: datetime


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
        """Whether it may be used now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time code for a driver to begin with; stored as a hash, good for a short while."""

    code_hash: str
    driver_id: DriverId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where a shipper wants its events. ``event_types`` empty means all public ones."""

    id: WebhookId
    shipper_id: ShipperId
    url: str
    secret: str
    created_at: datetime
    event_types: frozenset[str] = frozenset()

    def wants(self, event_type: str) -> bool:
        """Whether this endpoint asked for events of that type."""
        return not self.event_types or event_type in self.event_types
