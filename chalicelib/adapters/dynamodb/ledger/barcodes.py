"""Barcodes in use: the shipments that got each code, with one write unit a code.

A code names one parcel, so an item has one or two holders. A code that so many shipments have that
it names none begins anew with the latest: no shipper can make an item grow.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from pynamodb.expressions.condition import size

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import BarcodeItem
from chalicelib.adapters.dynamodb.writing import Addition
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken

MOST_HOLDERS: Final = 12
"""So many stay below 1 kB, with ids of ours."""


class DynamoBarcodes:
    """The port ``Barcodes`` on DynamoDB. Keys hold hashes only, whatever a shop puts in a code."""

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        """Reads of 100 codes a call. A crowded code begins anew, before more is added to it."""
        found = {}
        for code, item in _items(codes, now).items():
            if len(item.holders) >= MOST_HOLDERS:
                _begun_anew(item.key, max(item.holders), int(item.expires_at))
            own = _own(shipper_id, item.holders)
            if own:
                found[code] = max(own)
        return found

    def take(
        self,
        shipper_id: ShipperId,
        codes: Sequence[str],
        shipment_id: ShipmentId,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """One update a code, which answers with who had it before."""
        found = {}
        for code in codes:
            before = _added(code, _holder(shipper_id, shipment_id), now, expires_at)
            own = _own(shipper_id, before) - {shipment_id}
            if own:
                found[code] = tuple(sorted(own))
        return found

    def everywhere(
        self, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """Reads of 100 codes a call."""
        return {
            code: tuple(sorted(held_id for _, held_id in map(_ids_of, item.holders)))
            for code, item in _items(codes, now).items()
        }


def barcode_additions(change: BarcodesTaken, token: str) -> Iterator[Addition]:
    """Each code for its new shipment; a repeat adds nothing."""
    del token
    holder, ends = _holder(change.shipper_id, change.shipment_id), change.expires_at
    for code in change.codes:
        actions = (
            BarcodeItem.holders.add({holder}),
            BarcodeItem.expires_at.set(int(ends.timestamp())),
        )
        yield Addition(BarcodeItem(_key(code)), actions)


def _items(codes: Sequence[str], now: datetime) -> dict[str, BarcodeItem]:
    """The items that have not expired, by code, read consistently."""
    by_key = {_key(code): code for code in codes}
    if not by_key:
        return {}
    with translated():
        items = list(BarcodeItem.batch_get(list(by_key), consistent_read=True))
    return {by_key[item.key]: item for item in items if item.expires_at > now.timestamp()}


def _own(shipper_id: ShipperId, holders: Iterable[str]) -> set[ShipmentId]:
    return {held_id for held_by, held_id in map(_ids_of, holders) if held_by == shipper_id}


def _added(code: str, holder: str, now: datetime, expires_at: datetime) -> frozenset[str]:
    """The holders before this one was added; none where what was there has expired."""
    key, ends = _key(code), int(expires_at.timestamp())
    item = BarcodeItem
    has_room = item.key.does_not_exist() | (
        (item.expires_at > int(now.timestamp())) & (size(item.holders) < MOST_HOLDERS)
    )
    try:
        with translated():
            answer = item._get_connection().update_item(  # noqa: SLF001 - PynamoDB has no other way
                key,
                actions=[item.holders.add({holder}), item.expires_at.set(ends)],
                condition=has_room | item.holders.contains(holder),
                return_values="ALL_OLD",
            )
    except ConcurrentUpdate:
        answer = _begun_anew(key, holder, ends)
    before: dict[str, Any] = answer.get("Attributes", {})
    if not before or int(before["expires_at"]["N"]) <= now.timestamp():
        return frozenset()
    return frozenset(before["holders"]["SS"])


def _begun_anew(key: str, holder: str, ends: int) -> dict[str, Any]:
    with translated():
        answer: dict[str, Any] = BarcodeItem._get_connection().put_item(  # noqa: SLF001 - as above
            key,
            attributes={"holders": {"SS": [holder]}, "expires_at": {"N": str(ends)}},
            return_values="ALL_OLD",
        )
    return answer


def _holder(shipper_id: ShipperId, shipment_id: ShipmentId) -> str:
    return f"{shipper_id}#{shipment_id}"


def _ids_of(holder: str) -> tuple[ShipperId, ShipmentId]:
    shipper_id, _, shipment_id = holder.partition("#")
    return ShipperId(shipper_id), ShipmentId(shipment_id)


def _key(code: str) -> str:
    return f"parcel#{hashlib.sha256(code.encode()).hexdigest()}"
