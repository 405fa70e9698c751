"""Shipments and their history in one partition each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamodb import journal as writes
from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import RememberedItem
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.shipments import events as event_mapping
from chalicelib.adapters.dynamodb.shipments.documents import from_document
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem, UploadItem
from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ProofId, ShipmentId, ShipperId
from chalicelib.domain.journal.changes import Change, LiveChange, Remembered, RouteChange
from chalicelib.domain.listings import Page
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment

SHIPMENT = "SHIPMENT"
FIRST_EVENT = "EVENT#"
UPLOAD = "UPLOAD#"


class DynamoShipments:
    """The port ``Shipments`` on DynamoDB."""

    def get(self, shipment_id: ShipmentId) -> Shipment:
        """One consistent read."""
        with translated():
            try:
                item = ShipmentItem.get(shipment_id, SHIPMENT, consistent_read=True)
            except ShipmentItem.DoesNotExist as exc:
                raise NotFound from exc
        return from_document(item.document)

    def get_many(self, shipment_ids: Sequence[ShipmentId]) -> dict[ShipmentId, Shipment]:
        """Consistent reads, 100 a call."""
        keys = [(shipment_id, SHIPMENT) for shipment_id in dict.fromkeys(shipment_ids)]
        if not keys:
            return {}
        with translated():
            items = list(ShipmentItem.batch_get(keys, consistent_read=True))
        found = (from_document(item.document) for item in items)
        return {shipment.id: shipment for shipment in found}

    def with_history(self, shipment_id: ShipmentId) -> tuple[Shipment, tuple[Event, ...]]:
        """EVENT#… and SHIPMENT are neighbours in the partition: one query has both."""
        with translated():
            items = list(_raw_between(shipment_id, FIRST_EVENT, SHIPMENT))
        shipment: Shipment | None = None
        events: list[Event] = []
        for raw in items:
            kind = raw["item"]["S"]
            if kind.startswith(FIRST_EVENT):
                events.append(event_mapping.from_image(raw))
            elif kind == SHIPMENT:
                item = ShipmentItem()
                item.deserialize(raw)
                shipment = from_document(item.document)
        if shipment is None:
            raise NotFound
        return shipment, tuple(events)

    def events(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[Event]:
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
        return Page(events, position_of(found.last_evaluated_key))

    def by_shipper(
        self, shipper_id: ShipperId, *, limit: int, position: Mapping[str, str] | None
    ) -> Page[Shipment]:
        """Newest first, from the index."""
        with translated():
            found = ShipmentItem.by_shipper.query(
                shipper_id,
                limit=limit,
                page_size=limit,
                scan_index_forward=False,
                last_evaluated_key=start_key(position),
            )
            shipments = tuple(from_document(item.document) for item in found)
        return Page(shipments, position_of(found.last_evaluated_key))

    def create(self, change: Change, remembered: Remembered | None) -> Remembered | None:
        """One transaction; when it is refused, the memory of an earlier request explains why."""
        token = writes.new_token()
        try:
            with translated(), writes.transaction() as transaction:
                _save_changes(transaction, [change], token)
                if remembered is not None:
                    transaction.save(
                        RememberedItem(
                            key=remembered.key,
                            token=token,
                            fingerprint=remembered.fingerprint,
                            result_id=remembered.result_id,
                            expires_at=int(remembered.expires_at.timestamp()),
                        ),
                        condition=RememberedItem.key.does_not_exist()
                        | (RememberedItem.expires_at < int(change.after.created_at.timestamp()))
                        | (RememberedItem.token == token),
                    )
        except ConcurrentUpdate:
            earlier = self._remembered(remembered, change.after) if remembered else None
            if earlier is None:
                raise
            return earlier
        return None

    def commit(
        self,
        changes: Sequence[Change],
        *,
        live: LiveChange | None = None,
        route: RouteChange | None = None,
        departure: Departure | None = None,
    ) -> None:
        """One transaction over three tables."""
        token = writes.new_token()
        with translated(), writes.transaction() as transaction:
            _save_changes(transaction, changes, token)
            if live is not None:
                transaction.save(
                    writes.live_item(live.after, token),
                    condition=writes.live_condition(live.expected_version, token),
                )
            if route is not None:
                transaction.save(
                    writes.route_item(route.after, token),
                    condition=writes.route_condition(route.expected_plan_version, token),
                )
            if departure is not None:
                transaction.save(writes.departure_item(departure))

    def add_proof(self, shipment_id: ShipmentId, proof_id: ProofId, content_type: str) -> None:
        """Unconditional and idempotent."""
        with translated():
            UploadItem(
                shipment_id=shipment_id, item=f"{UPLOAD}{proof_id}", content_type=content_type
            ).save()

    def expected_proofs(self, shipment_id: ShipmentId) -> dict[ProofId, str]:
        """A short query: a shipment has a handful of uploads."""
        with translated():
            found = UploadItem.query(
                shipment_id, UploadItem.item.startswith(UPLOAD), consistent_read=True
            )
            return {ProofId(item.item.removeprefix(UPLOAD)): item.content_type for item in found}

    def _remembered(self, wanted: Remembered, new: Shipment) -> Remembered | None:
        with translated():
            try:
                item = RememberedItem.get(wanted.key, consistent_read=True)
            except RememberedItem.DoesNotExist:
                return None
        if item.expires_at < int(new.created_at.timestamp()):
            return None
        return Remembered(
            key=wanted.key,
            fingerprint=item.fingerprint,
            result_id=item.result_id,
            expires_at=wanted.expires_at,
        )


def _raw_between(shipment_id: ShipmentId, first: str, last: str) -> Iterator[dict[str, Any]]:
    """The raw items of a partition in a span, of whatever class, page by page."""
    position: dict[str, Any] | None = None
    while True:
        answer = EventItem._get_connection().query(  # noqa: SLF001 - PynamoDB has no other way
            shipment_id,
            range_key_condition=EventItem.item.between(first, last),
            exclusive_start_key=position,
        )
        yield from answer["Items"]
        position = answer.get("LastEvaluatedKey")
        if position is None:
            return


def _save_changes(transaction: TransactWrite, changes: Iterable[Change], token: str) -> None:
    for change in changes:
        transaction.save(
            writes.shipment_item(change.after, token),
            condition=writes.shipment_condition(change.expected_version, token),
        )
        for event in change.events:
            transaction.save(writes.event_item(event), condition=writes.event_condition(event))
