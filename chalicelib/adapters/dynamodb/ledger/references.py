"""References: the shipment that each of a shipper's own names stands for."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import ReferenceItem
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ReferenceClaimed


class DynamoReferences:
    """The port ``References`` on DynamoDB. Keys hold hashes only: a reference may be a name."""

    def holders(
        self, shipper_id: ShipperId, references: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        """Consistent reads, 100 references a call."""
        by_key = {_key(shipper_id, reference): reference for reference in references}
        with translated():
            items = list(ReferenceItem.batch_get(list(by_key), consistent_read=True))
        return {
            by_key[item.key]: ShipmentId(item.shipment_id)
            for item in items
            if item.expires_at > now.timestamp()
        }


def reference_puts(change: ReferenceClaimed, token: str) -> Iterator[Put]:
    """The claim where there is none, where it is over or replaced, or where it is our own."""
    del token  # the shipment's id is new, so it tells our own earlier try
    item = ReferenceItem
    is_free = (
        item.key.does_not_exist()
        | (item.expires_at <= int(change.now.timestamp()))
        | (item.shipment_id == change.shipment_id)
    )
    if change.replaced is not None:
        is_free |= item.shipment_id == change.replaced
    yield Put(
        ReferenceItem(
            key=_key(change.shipper_id, change.reference),
            shipment_id=change.shipment_id,
            expires_at=int(change.expires_at.timestamp()),
        ),
        is_free,
    )


def _key(shipper_id: ShipperId, reference: str) -> str:
    return f"reference#{hashlib.sha256(f'{shipper_id}#{reference}'.encode()).hexdigest()}"
