from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ReferenceClaimed


@dataclass
class InMemoryReferences:
    """The shipment of each reference of a shipper, and until when that counts."""

    claims: dict[tuple[ShipperId, str], ReferenceClaimed] = field(default_factory=dict)

    def holders(
        self, shipper_id: ShipperId, references: Sequence[str], *, now: datetime
    ) -> dict[str, ShipmentId]:
        found = {each: self.claims.get((shipper_id, each)) for each in references}
        return {
            each: claim.shipment_id
            for each, claim in found.items()
            if claim is not None and claim.expires_at > now
        }

    def require(self, change: ReferenceClaimed) -> None:
        """Raise ConcurrentUpdate when another shipment has the reference."""
        held = self.holders(change.shipper_id, [change.reference], now=change.now)
        if held.get(change.reference) not in {None, change.shipment_id, change.replaced}:
            raise ConcurrentUpdate

    def write(self, change: ReferenceClaimed) -> None:
        self.claims[change.shipper_id, change.reference] = change
