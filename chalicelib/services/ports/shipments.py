"""Shipments with their whole history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.attention.waiting import Waiting
    from chalicelib.domain.ids import (
        ShipmentId,
        ShipperId,
    )
    from chalicelib.domain.listings import Listing
    from chalicelib.domain.shipments.barcodes_in_use import HeldBarcode
    from chalicelib.domain.shipments.events import Event
    from chalicelib.domain.shipments.shipments import Glimpse, Shipment


class Barcodes(Protocol):
    """Who has each barcode. Advice only: what is written here decides nothing."""

    def take(
        self,
        shipper_id: ShipperId,
        codes: Sequence[str],
        shipment_id: ShipmentId,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """Note that this shipment has these codes, in their normal form.

        Returns the other shipments of the same shipper that have them, by code, newest first. One
        of them may be gone, or may never have been written.
        """
        ...

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """The shipments of this shipper that have these codes, by code, newest first.

        One of them may be gone, or may never have been written.
        """
        ...

    def everywhere(
        self, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """The shipments of all shippers that got these codes, by code; the newest few of each."""
        ...

    def held(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, HeldBarcode]:
        """Those of the codes that anybody has got before; perhaps a moment old."""
        ...


class EventFeed(Protocol):
    """Shippers' events in the order in which they were written."""

    def page(
        self,
        shipper_id: ShipperId,
        *,
        since: datetime,
        until: datetime,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Event]:
        """The next events of a shipper, of those that were written from ``since`` to ``until``.

        There is always a position to go on from: also after the last event, for what comes later.
        Nothing is left out as long as all that was to be written before ``until`` has been.
        """
        ...


class References(Protocol):
    """The shipment that each of a shipper's own references stands for. The journal claims them."""

    def holders(
        self, shipper_id: ShipperId, references: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        """The shipments by those of the references that are claimed, read consistently.

        Such a shipment may be cancelled, or gone by now. Older ones than this rule are missing.
        """
        ...


class Shipments(Protocol):
    """Shipments with their whole history. One that has expired is not there any more."""

    def get(self, shipment_id: ShipmentId) -> Shipment:
        """Raises NotFound."""
        ...

    def get_many(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Shipment]:
        """Those that exist, read consistently."""
        ...

    def glances(self, shipment_ids: Sequence[ShipmentId]) -> tuple[Shipment, ...]:
        """Those that exist, in this order, for showing: a unit each, perhaps a moment old."""
        ...

    def glimpse(self, shipment_id: ShipmentId) -> Glimpse:
        """Half a unit, perhaps a moment old. Raises NotFound."""
        ...

    def with_history(
        self, shipment_id: ShipmentId, *, newest: int
    ) -> tuple[Shipment, tuple[Event, ...]]:
        """The shipment and its newest events, oldest of them first, in one read. Raises NotFound.

        Events count from 1 without gaps: if the first has another ``seq``, there are earlier ones.
        """
        ...

    def events_before(self, shipment_id: ShipmentId, seq: int, *, newest: int) -> tuple[Event, ...]:
        """The newest of the events before that one, oldest of them first."""
        ...

    def events(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Event]:
        """The events of one shipment, oldest first."""
        ...

    def expire(self, shipment_id: ShipmentId, at: datetime | None) -> None:
        """All that is stored of a shipment expires then (None: never, whatever was said before).

        Nothing for one that is not there.
        """
        ...

    def by_shipper(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Shipment]:
        """A shipper's shipments, newest first (from an index: fit to show, not to decide on)."""
        ...

    def waiting(
        self,
        reason: Waiting,
        *,
        until: datetime,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Shipment]:
        """The shipments that wait so, to be looked at by ``until``, the oldest first.

        They come from an index: one that waits no more may still be among them.
        """
        ...
