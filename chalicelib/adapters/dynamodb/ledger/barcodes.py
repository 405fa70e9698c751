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
from chalicelib.adapters.dynamodb.writing import Addition, Put
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken
from chalicelib.domain.shipments.barcodes_in_use import HeldBarcode

MOST_HOLDERS: Final = 12
"""So many stay below 1 kB, with ids of ours."""


class DynamoBarcodes:
    """The port ``Barcodes`` on DynamoDB. Keys hold hashes only, whatever a shop puts in a code."""

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
            own = tuple(each for each in _own(before, shipper_id) if each != shipment_id)
            if own:
                found[code] = own
        return found

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """As ``held``."""
        held = self.held(shipper_id, codes, now=now)
        return {code: each.own for code, each in held.items() if each.own}

    def held(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, HeldBarcode]:
        """Eventually consistent reads, 100 codes a call."""
        codes_by_key = {_key(code): code for code in codes}
        with translated():
            items = list(BarcodeItem.batch_get(list(codes_by_key)))
        return {codes_by_key[item.key]: _held(item, shipper_id, now) for item in items}

    def everywhere(
        self, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        """One consistent batch for up to 100 codes."""
        codes_by_key = {_key(code): code for code in codes}
        if not codes_by_key:
            return {}
        with translated():
            items = list(BarcodeItem.batch_get(list(codes_by_key), consistent_read=True))
        return {
            codes_by_key[item.key]: tuple(
                sorted(held_id for _, held_id in map(_ids_of, item.holders))
            )
            for item in items
            if item.expires_at > now.timestamp()
        }


def barcode_writes(change: BarcodesTaken, token: str) -> Iterator[Put | Addition]:
    """Each code for one more shipment, or for this one alone; a repeat changes nothing."""
    del token
    holder = _holder(change.shipper_id, change.shipment_id)
    ends = int(change.expires_at.timestamp())
    item = BarcodeItem
    for code in change.codes:
        if code in change.anew:
            yield Put(item(_key(code), holders={holder}, expires_at=ends))
        else:
            actions = (item.holders.add({holder}), item.expires_at.set(ends))
            yield Addition(item(_key(code)), actions)


def _held(item: BarcodeItem, shipper_id: ShipperId, now: datetime) -> HeldBarcode:
    if item.expires_at <= now.timestamp():
        return HeldBarcode((), has_room=False)
    own = _own(item.holders, shipper_id)
    return HeldBarcode(own, has_room=len(item.holders) < MOST_HOLDERS)


def _own(holders: Iterable[str], shipper_id: ShipperId) -> tuple[ShipmentId, ...]:
    """Those of one shipper, newest first: an id begins with the time when it was made."""
    own = (held_id for held_by, held_id in map(_ids_of, holders) if held_by == shipper_id)
    return tuple(sorted(own, reverse=True))


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
