from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken
from chalicelib.domain.shipments.barcodes_in_use import HeldBarcode


@dataclass
class InMemoryBarcodes:
    """The shipments that got each code of a shipper, and until when that counts."""

    taken: dict[tuple[ShipperId, str], dict[ShipmentId, datetime]] = field(default_factory=dict)

    def take(
        self,
        shipper_id: ShipperId,
        codes: Sequence[str],
        shipment_id: ShipmentId,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> dict[str, tuple[ShipmentId, ...]]:
        found = {}
        for code in codes:
            taken = self.taken.setdefault((shipper_id, code), {})
            others = [key for key, until in taken.items() if until > now and key != shipment_id]
            taken[shipment_id] = expires_at
            if others:
                found[code] = tuple(sorted(others, reverse=True))
        return found

    def everywhere(
        self, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        found = {
            code: tuple(
                shipment_id
                for (_, each), taken in self.taken.items()
                for shipment_id, expires_at in taken.items()
                if each == code and expires_at > now
            )
            for code in codes
        }
        return {code: ids for code, ids in found.items() if ids}

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, tuple[ShipmentId, ...]]:
        held = self.held(shipper_id, codes, now=now)
        return {code: each.own for code, each in held.items() if each.own}

    def held(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, HeldBarcode]:
        found = {}
        for code in codes:
            everybodys = [taken for (_, each), taken in self.taken.items() if each == code]
            own = [
                key for key, until in self.taken.get((shipper_id, code), {}).items() if until > now
            ]
            is_open = any(until > now for taken in everybodys for until in taken.values())
            if everybodys:
                found[code] = HeldBarcode(tuple(sorted(own, reverse=True)), has_room=is_open)
        return found

    def require(self, change: BarcodesTaken) -> None:
        """Check nothing: a code may have many holders."""

    def write(self, change: BarcodesTaken) -> None:
        for code in change.codes:
            if code in change.anew:
                for taken in [held for (_, each), held in self.taken.items() if each == code]:
                    taken.clear()
            taken = self.taken.setdefault((change.shipper_id, code), {})
            taken[change.shipment_id] = change.expires_at
