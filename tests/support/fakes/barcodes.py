from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken


@dataclass
class InMemoryBarcodes:
    """The shipments that got each code of a shipper, and until when that counts."""

    taken: dict[tuple[ShipperId, str], dict[ShipmentId, datetime]] = field(default_factory=dict)

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        found = {}
        for code in codes:
            taken = self.taken.get((shipper_id, code), {})
            held = [key for key, until in taken.items() if until > now]
            if held:
                found[code] = max(held)
        return found

    def require(self, change: BarcodesTaken) -> None:
        """Check nothing: the last one has a code."""

    def write(self, change: BarcodesTaken) -> None:
        for code in change.codes:
            taken = self.taken.setdefault((change.shipper_id, code), {})
            taken[change.shipment_id] = change.expires_at

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
                found[code] = tuple(sorted(others))
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
