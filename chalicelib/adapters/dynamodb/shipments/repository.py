"""Shipments and their history in one partition each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.paging import position_of, start_key
from chalicelib.adapters.dynamodb.shipments import events as event_mapping
from chalicelib.adapters.dynamodb.shipments.documents import from_document
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem, UploadItem
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ProofId, ShipmentId, ShipperId
from chalicelib.domain.listings import Listing
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
        return Listing(shipments, position_of(found.last_evaluated_key))

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
