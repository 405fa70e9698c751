from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.ids import ShipmentId

MOST_SHIPMENTS = 50


@dataclass
class InMemoryContacts:
    """The shipments by tag, and the tags that are muted."""

    shipments: dict[str, set[ShipmentId]] = field(default_factory=dict)
    muted: set[str] = field(default_factory=set)
    wished: dict[str, datetime] = field(default_factory=dict)

    def note(self, tag: str, shipment_id: ShipmentId, *, now: datetime, keep_s: int) -> bool:
        assert now.tzinfo is not None
        assert keep_s > 0
        if tag in self.muted:
            return False
        noted = self.shipments.setdefault(tag, set())
        if len(noted) >= MOST_SHIPMENTS and shipment_id not in noted:
            noted.clear()
        noted.add(shipment_id)
        return True

    def mute(self, tag: str, *, now: datetime) -> tuple[ShipmentId, ...]:
        if not self._is_news(tag, now):
            return ()
        self.muted.add(tag)
        return tuple(sorted(self.shipments.get(tag, ())))

    def unmute(self, tag: str, *, now: datetime, keep_s: int) -> tuple[ShipmentId, ...]:
        assert keep_s > 0
        if not self._is_news(tag, now):
            return ()
        self.muted.discard(tag)
        return tuple(sorted(self.shipments.get(tag, ())))

    def _is_news(self, tag: str, now: datetime) -> bool:
        if now < self.wished.get(tag, now):
            return False
        self.wished[tag] = now
        return True

    def is_muted(self, tag: str) -> bool:
        return tag in self.muted
