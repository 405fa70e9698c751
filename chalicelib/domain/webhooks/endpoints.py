"""Webhook endpoints: the addresses that a shipper wants its events sent to."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ids import ShipperId, WebhookId


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """One address for a shipper's events. Empty ``event_types`` means all public ones.

    ``switched_off_at`` is when its server told us to send nothing more (410).
    """

    id: WebhookId
    shipper_id: ShipperId
    url: str
    secret: str
    created_at: datetime
    event_types: frozenset[str] = frozenset()
    switched_off_at: datetime | None = None

    def wants(self, event_type: str) -> bool:
        """Whether this endpoint asked for events of that type, and is not switched off."""
        is_asked_for = not self.event_types or event_type in self.event_types
        return is_asked_for and self.switched_off_at is None
