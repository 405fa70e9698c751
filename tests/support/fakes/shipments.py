from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.attention.waiting import Waiting, waits
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Glimpse, Shipment
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.paging import page

DETAILS = (
    "shipper_id",
    "reference",
    "recipient",
    "address",
    "parcels",
    "created_at",
    "window",
    "service_time_s",
    "proof_requirements",
    "service_day",
    "metadata",
)


@dataclass
class InMemoryShipments:
    """Shipments with their versions and histories."""

    shipments: dict[ShipmentId, Shipment] = field(default_factory=dict)
    histories: dict[ShipmentId, dict[int, Event]] = field(default_factory=dict)
    expiring: dict[ShipmentId, datetime] = field(default_factory=dict)
    written: list[tuple[datetime, Event]] = field(default_factory=list, repr=False)
    clock: ManualClock = field(default_factory=ManualClock, repr=False)  # it is not stored

    def get(self, shipment_id: ShipmentId) -> Shipment:
        if not self._is_there(shipment_id):
            raise NotFound
        return self.shipments[shipment_id]

    def get_many(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Shipment]:
        return {i: self.shipments[i] for i in shipment_ids if self._is_there(i)}

    def glances(self, shipment_ids: Sequence[ShipmentId]) -> tuple[Shipment, ...]:
        return tuple(self.get_many(list(dict.fromkeys(shipment_ids))).values())

    def glimpse(self, shipment_id: ShipmentId) -> Glimpse:
        return self.get(shipment_id).glimpse

    def with_history(
        self, shipment_id: ShipmentId, *, newest: int
    ) -> tuple[Shipment, tuple[Event, ...]]:
        return self.get(shipment_id), self._history(shipment_id)[-newest:]

    def events_before(self, shipment_id: ShipmentId, seq: int, *, newest: int) -> tuple[Event, ...]:
        return tuple(e for e in self._history(shipment_id) if e.seq < seq)[-newest:]

    def events(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Event]:
        history = self._history(shipment_id)
        return page(history, lambda event: str(event.seq), limit=limit, position=position)

    def expire(self, shipment_id: ShipmentId, at: datetime | None) -> None:
        if at is None:
            self.expiring.pop(shipment_id, None)
        elif shipment_id in self.shipments:
            self.expiring[shipment_id] = at

    def by_shipper(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Shipment]:
        own = [
            s
            for s in self.shipments.values()
            if s.shipper_id == shipper_id and self._is_there(s.id)
        ]
        newest_first = sorted(own, key=lambda s: (s.created_at, s.id), reverse=True)
        return page(newest_first, lambda s: s.id, limit=limit, position=position)

    def waiting(
        self,
        reason: Waiting,
        *,
        until: datetime,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Shipment]:
        found = [
            (wait.look_at, s.id, s)
            for s in self.shipments.values()
            if self._is_there(s.id) and (wait := waits(s)) and wait.reason is reason
        ]
        oldest_first = [s for at, _, s in sorted(found, key=lambda w: w[:2]) if at <= until]
        return page(oldest_first, lambda s: s.id, limit=limit, position=position)

    def _is_there(self, shipment_id: ShipmentId) -> bool:
        expires_at = self.expiring.get(shipment_id)
        is_kept = expires_at is None or self.clock.now() < expires_at
        return shipment_id in self.shipments and is_kept

    def _history(self, shipment_id: ShipmentId) -> tuple[Event, ...]:
        return tuple(event for _, event in sorted(self.histories.get(shipment_id, {}).items()))

    def require(self, change: ShipmentChange) -> None:
        """Raise ConcurrentUpdate for another version, and for an event number that is taken."""
        present = self.shipments.get(change.after.id)
        if (present.version if present else None) != change.expected_version:
            raise ConcurrentUpdate
        history = self.histories.get(change.after.id, {})
        if any(history.get(event.seq, event).id != event.id for event in change.events):
            raise ConcurrentUpdate

    def write(self, change: ShipmentChange) -> None:
        present = self.shipments.get(change.after.id)
        if present and change.after.details_version and not change.writes_details:
            lost = [
                name for name in DETAILS if getattr(change.after, name) != getattr(present, name)
            ]
            assert not lost, f"changed without a new details_version: {lost}"
        self.shipments[change.after.id] = change.after
        history = self.histories.setdefault(change.after.id, {})
        history.update({event.seq: event for event in change.events})
        self.written += ((self.clock.now(), event) for event in change.events)
