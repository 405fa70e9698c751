from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import BarcodesTaken


@dataclass
class InMemoryBarcodes:
    """The shipment that got each code of a shipper last, and until when that counts."""

    taken: dict[tuple[ShipperId, str], tuple[ShipmentId, datetime]] = field(default_factory=dict)

    def holders(
        self, shipper_id: ShipperId, codes: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        found = {code: self.taken.get((shipper_id, code)) for code in codes}
        return {code: held[0] for code, held in found.items() if held and held[1] > now}

    def require(self, change: BarcodesTaken) -> None:
        """Check nothing: the last one has a code."""

    def write(self, change: BarcodesTaken) -> None:
        for code in change.codes:
            self.taken[change.shipper_id, code] = (change.shipment_id, change.expires_at)

    def take(
        self,
        shipper_id: ShipperId,
        codes: Sequence[str],
        shipment_id: ShipmentId,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> dict[str, ShipmentId]:
        found = {}
        for code in codes:
            before = self.taken.get((shipper_id, code))
            self.taken[shipper_id, code] = (shipment_id, expires_at)
            if before and before[1] > now and before[0] != shipment_id:
                found[code] = before[0]
        return found
