"""The company of a shipment as its page shows it: who else's parcels come with the same visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.shipments.company import (
    is_of_visit,
    is_same_recipient,
    may_be_named_together,
)
from chalicelib.domain.shipments.shipments import Companion, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.tracking.tracking import ShownCompanion
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class Company:
    """What is needed to tell it. It costs one call, and none while the van is on its way."""

    shipments: Shipments
    shippers: Shippers

    def of(self, shipment: Shipment, live: Live | None) -> tuple[ShownCompanion, ...]:
        """The other shipments of the visit, each with its own status.

        On the way they are where this one is, as long as nobody has changed the plan since the van
        left. After that, and until the visit is over, nothing is said of them.
        """
        assigned = shipment.assignment
        if assigned is None or not assigned.companions:
            return ()
        if shipment.status in ON_THE_WAY:
            if live is None or live.plan_version != assigned.plan_version:
                return ()
            return self._named(shipment, assigned.companions, {})
        if shipment.status not in {Status.DELIVERED, Status.ATTEMPT_FAILED}:
            return ()
        found = self.shipments.glances([each.shipment_id for each in assigned.companions])
        known = {
            each.id: each
            for each in found
            if is_of_visit(each, assigned) and is_same_recipient(shipment, each)
        }
        there = tuple(each for each in assigned.companions if each.shipment_id in known)
        return self._named(shipment, there, known)

    def _named(
        self, shipment: Shipment, there: Sequence[Companion], known: Mapping[ShipmentId, Shipment]
    ) -> tuple[ShownCompanion, ...]:
        own, shown = self._shipper(shipment.shipper_id), list[ShownCompanion]()
        for each in there:
            sender = self._shipper(each.shipper_id)
            if own is None or sender is None or not may_be_named_together(own, sender):
                continue
            other = known.get(each.shipment_id, shipment)
            shown.append(ShownCompanion(sender.name, each.parcel_count, other.status))
        return tuple(shown)

    def _shipper(self, shipper_id: ShipperId) -> Shipper | None:
        try:
            return self.shippers.get(shipper_id)
        except NotFound:
            return None
