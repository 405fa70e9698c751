"""Shipments with their whole history."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.ids import (
    ProofId,
    ShipmentId,
    ShipperId,
)
from chalicelib.domain.journal.changes import (
    Change,
    LiveChange,
    Remembered,
    RouteChange,
)
from chalicelib.domain.listings import Page
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment


class Shipments(Protocol):
    """Shipments with their whole history."""

    def get(self, shipment_id: ShipmentId) -> Shipment:
        """Raises NotFound."""
        ...

    def get_many(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Shipment]:
        """Those that exist, read consistently."""
        ...

    def with_history(self, shipment_id: ShipmentId) -> tuple[Shipment, tuple[Event, ...]]:
        """The shipment and its events, oldest first, in one read. Raises NotFound."""
        ...

    def events(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[Event]:
        """The events of one shipment, oldest first."""
        ...

    def by_shipper(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[Shipment]:
        """A shipper's shipments, newest first (from an index: fit to show, not to decide on)."""
        ...

    def create(self, change: Change, remembered: Remembered | None) -> Remembered | None:
        """Write a new shipment, its first event and the memory of the request, all or nothing.

        Returns what was remembered earlier under the same key instead, and then nothing was
        written.
        """
        ...

    def commit(
        self,
        changes: Sequence[Change],
        *,
        live: LiveChange | None = None,
        route: RouteChange | None = None,
        departure: Departure | None = None,
    ) -> None:
        """Write shipments, events and what else is given, all or nothing.

        A departure is only written together with the live state that it follows from. A
        transaction holds 100 items: at most 45 changes of an event each. Raises
        ConcurrentUpdate.
        """
        ...

    def add_proof(self, shipment_id: ShipmentId, proof_id: ProofId, content_type: str) -> None:
        """Note that an upload was allowed."""
        ...

    def expected_proofs(self, shipment_id: ShipmentId) -> dict[ProofId, str]:
        """The uploads that were allowed, with their content types."""
        ...
