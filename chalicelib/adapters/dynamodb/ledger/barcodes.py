"""Barcodes in use: the shipment that got each code last, with one write unit a code."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import BarcodeItem
from chalicelib.adapters.dynamodb.writing import Put
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken


class DynamoBarcodes:
    """The port ``Barcodes`` on DynamoDB. Keys hold hashes only, whatever a shop puts in a code."""

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        """Eventually consistent reads, 100 codes a call."""
        by_key = {_key(shipper_id, code): code for code in codes}
        with translated():
            items = list(BarcodeItem.batch_get(list(by_key)))
        return {
            by_key[item.key]: ShipmentId(item.shipment_id)
            for item in items
            if item.expires_at > now.timestamp()
        }

    def take(
        self,
        shipper_id: ShipperId,
        codes: Sequence[str],
        shipment_id: ShipmentId,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> dict[str, ShipmentId]:
        """One put a code, which answers with what it replaced."""
        found = {}
        for code in codes:
            before = _replaced(_key(shipper_id, code), shipment_id, expires_at)
            if before is None or int(before["expires_at"]["N"]) <= now.timestamp():
                continue
            earlier = ShipmentId(before["shipment_id"]["S"])
            if earlier != shipment_id:
                found[code] = earlier
        return found


def barcode_puts(change: BarcodesTaken, token: str) -> Iterator[Put]:
    """Each code for its new shipment; a repeat writes the same again."""
    del token
    for code in change.codes:
        yield Put(
            BarcodeItem(
                key=_key(change.shipper_id, code),
                shipment_id=change.shipment_id,
                expires_at=int(change.expires_at.timestamp()),
            )
        )


def _replaced(key: str, shipment_id: ShipmentId, expires_at: datetime) -> dict[str, Any] | None:
    """The item as it was before this put; None where there was none."""
    with translated():
        answer = BarcodeItem._get_connection().put_item(  # noqa: SLF001 - PynamoDB has no other way
            key,
            attributes={
                "shipment_id": {"S": shipment_id},
                "expires_at": {"N": str(int(expires_at.timestamp()))},
            },
            return_values="ALL_OLD",
        )
    before: dict[str, Any] | None = answer.get("Attributes")
    return before


def _key(shipper_id: ShipperId, code: str) -> str:
    return f"barcode#{hashlib.sha256(f'{shipper_id}#{code}'.encode()).hexdigest()}"
