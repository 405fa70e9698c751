"""Shipments and their history in one partition each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from pynamodb.expressions.condition import Condition

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.shipments import events as event_mapping
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem, UploadItem
from chalicelib.adapters.dynamodb.shipments.mapping import (
    DETAILS,
    SHIPMENT,
    glimpse_of,
    shipment_of,
)
from chalicelib.adapters.dynamodb.values.instants import to_text
from chalicelib.domain.attention.waiting import Waiting
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Glimpse, Shipment

FIRST_EVENT: Final = "EVENT#"
LAST_OF_SHIPMENT: Final = "SHIPMENT#~"

READS: Final = 3
"""So often are items read that do not belong together: a change of details is rare."""

_Items = tuple[ShipmentItem | None, ShipmentItem | None]
"""The SHIPMENT item and its details, where there are such."""

NOTHING: Final[_Items] = (None, None)


class DynamoShipments:
    """The port ``Shipments`` on DynamoDB.

    No read of two items is one moment of the table. A reader that meets details of another version
    than the state names has met a change half way, and reads again.

    DynamoDB deletes what has expired within days, and each item at another moment. So what has
    expired is not there, nor is a shipment whose details stay away.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """``now`` tells the time by which shipments expire."""
        self._now = now

    def get(self, shipment_id: ShipmentId) -> Shipment:
        """One consistent query: half of what two items of a batch would cost."""
        span, details = ShipmentItem.item.between(SHIPMENT, DETAILS), None
        for _ in range(READS):
            with translated():
                raw = _query(shipment_id, span, is_consistent=True)
            item, details = self._paired(map(_item, raw)).get(shipment_id, NOTHING)
            if item is None:
                raise NotFound
            found = shipment_of(item, details)
            if found is not None:
                return found
        raise NotFound if details is None else Unavailable(dependency="dynamodb")

    def get_many(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Shipment]:
        """Consistent reads, 50 shipments a call. Raises Unavailable for one that never settles."""
        found = dict[ShipmentId, Shipment]()
        wanted: dict[ShipmentId, _Items] = dict.fromkeys(shipment_ids, NOTHING)
        for _ in range(READS):
            if not wanted:
                return found
            keys = [(each, item) for each in wanted for item in (SHIPMENT, DETAILS)]
            with translated():
                paired = self._paired(ShipmentItem.batch_get(keys, consistent_read=True))
            wanted = {}
            for shipment_id, (item, details) in paired.items():
                if item is None:
                    continue
                shipment = shipment_of(item, details)
                if shipment is None:
                    wanted[shipment_id] = (item, details)
                else:
                    found[shipment_id] = shipment
        if any(details is not None for _, details in wanted.values()):
            raise Unavailable(dependency="dynamodb")
        return found

    def glances(self, shipment_ids: Sequence[ShipmentId]) -> tuple[Shipment, ...]:
        """Eventually consistent, 50 shipments a call."""
        wanted = list(dict.fromkeys(shipment_ids))
        keys = [(each, item) for each in wanted for item in (SHIPMENT, DETAILS)]
        with translated():
            items = list(ShipmentItem.batch_get(keys)) if keys else []
        paired = self._paired(items)
        return self._shown({each: paired[each] for each in wanted if each in paired})

    def glimpse(self, shipment_id: ShipmentId) -> Glimpse:
        """One eventually consistent read of the item that changes."""
        with translated():
            try:
                item = ShipmentItem.get(shipment_id, SHIPMENT)
            except ShipmentItem.DoesNotExist as exc:
                raise NotFound from exc
        if self._has_expired(item):
            raise NotFound
        return glimpse_of(item)

    def with_history(
        self, shipment_id: ShipmentId, *, newest: int
    ) -> tuple[Shipment, tuple[Event, ...]]:
        """One query from the end of the shipment's own items back into its events."""
        span = EventItem.item.between(FIRST_EVENT, LAST_OF_SHIPMENT)
        with translated():
            raw = _query(shipment_id, span, newest=newest + len((SHIPMENT, DETAILS)))
        own = [each for each in raw if each["item"]["S"] >= SHIPMENT]
        events = raw[len(own) :][:newest]
        item, details = self._paired(map(_item, own)).get(shipment_id, NOTHING)
        if item is None:
            raise NotFound
        shipment = shipment_of(item, details) or self.get(shipment_id)
        return shipment, tuple(map(event_mapping.from_image, reversed(events)))

    def events_before(self, shipment_id: ShipmentId, seq: int, *, newest: int) -> tuple[Event, ...]:
        """One query."""
        span = EventItem.item.between(FIRST_EVENT, event_mapping.item_key(seq - 1))
        with translated():
            raw = _query(shipment_id, span, newest=newest)
        return tuple(map(event_mapping.from_image, reversed(raw)))

    def events(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Event]:
        """Oldest first."""
        with translated():
            found = EventItem.query(
                shipment_id,
                EventItem.item.startswith(FIRST_EVENT),
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            events = tuple(event_mapping.from_attributes(item.attribute_values) for item in found)
        return Listing(events, position_of(found.last_evaluated_key))

    def by_shipper(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Shipment]:
        """Newest first: details from the index, and one batch for what changes.

        Neither is read consistently, so the few that do not fit together are read once more.
        """
        with translated():
            found = ShipmentItem.by_shipper.query(
                shipper_id,
                limit=limit,
                page_size=limit,
                scan_index_forward=False,
                last_evaluated_key=start_key(position),
            )
            listed = list(found)
            keys = [(item.shipment_id, SHIPMENT) for item in listed if item.item == DETAILS]
            states = list(ShipmentItem.batch_get(keys)) if keys else []
        shipments = self._shown(self._paired([*listed, *states]))
        return Listing(shipments, position_of(found.last_evaluated_key))

    def waiting(
        self,
        reason: Waiting,
        *,
        until: datetime,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Shipment]:
        """The keys from the sparse index, and one batch, eventually consistent, of both items."""
        with translated():
            found = ShipmentItem.by_attention.query(
                reason.value,
                ShipmentItem.look_at <= to_text(until),
                limit=limit,
                page_size=limit,
                last_evaluated_key=start_key(position),
            )
            ids = [ShipmentId(item.shipment_id) for item in found]
        return Listing(self.glances(ids), position_of(found.last_evaluated_key))

    def _shown(self, paired: Mapping[ShipmentId, _Items]) -> tuple[Shipment, ...]:
        """The shipments in their order. The few items that do not fit together are read again."""
        shown = {
            key: None if item is None else shipment_of(item, details)
            for key, (item, details) in paired.items()
        }
        again = self.get_many([key for key, shipment in shown.items() if shipment is None])
        shipments = (shown[key] or again.get(key) for key in paired)
        return tuple(shipment for shipment in shipments if shipment is not None)

    def expire(self, shipment_id: ShipmentId, at: datetime | None) -> None:
        """One query, and a write for each item that does not expire then: once a shipment.

        What was deleted meanwhile is not made anew.
        """
        expires_at = None if at is None else int(at.timestamp())
        marked = UploadItem.expires_at
        action = marked.remove() if expires_at is None else marked.set(expires_at)
        with translated():
            found = list(UploadItem.query(shipment_id, consistent_read=True))
        for item in found:
            if item.expires_at != expires_at:
                with suppress(NotFound), translated(missing=NotFound):
                    item.update(actions=[action], condition=UploadItem.item.exists())

    def _paired(self, items: Iterable[ShipmentItem]) -> dict[ShipmentId, _Items]:
        """The items by shipment, in the order in which the shipments first come.

        A state that has expired is left out, so that its shipment is not there.
        """
        paired: dict[ShipmentId, _Items] = {}
        for item in items:
            key = ShipmentId(item.shipment_id)
            state, details = paired.get(key, NOTHING)
            if item.item != SHIPMENT:
                paired[key] = (state, item)
            elif not self._has_expired(item):
                paired[key] = (item, details)
        return paired

    def _has_expired(self, item: ShipmentItem) -> bool:
        """The state alone tells: it loses a mark that no longer holds with its next change."""
        expires_at: float | None = item.expires_at
        return expires_at is not None and expires_at <= self._now().timestamp()


def _query(
    shipment_id: ShipmentId,
    span: Condition,
    *,
    newest: int | None = None,
    is_consistent: bool = False,
) -> list[dict[str, Any]]:
    """The raw items of a span of the partition, of whatever class, newest first."""
    answer = ShipmentItem._get_connection().query(  # noqa: SLF001 - PynamoDB has no other way
        shipment_id,
        range_key_condition=span,
        consistent_read=is_consistent,
        scan_index_forward=False,
        limit=newest,
    )
    items: list[dict[str, Any]] = answer["Items"]
    return items


def _item(raw: dict[str, Any]) -> ShipmentItem:
    item = ShipmentItem()
    item.deserialize(raw)
    return item
