"""Forget finished shipments: all that is stored of one expires at the same time.

Names, addresses and the whole history of a shipment are needed while it is delivered, and for some
time afterwards. A shipment that is still under way never expires.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.custody import delivered
from chalicelib.domain.shipments.expiry import expires_at
from chalicelib.observability import logger
from chalicelib.services.ports.shipments import Shipments


@dataclass(frozen=True, slots=True)
class ExpireShipments:
    """Marks what is stored of finished shipments, off the path of the request."""

    shipments: Shipments
    policy: Policy

    def __call__(self, shipment_ids: Sequence[ShipmentId]) -> frozenset[ShipmentId]:
        """Mark the finished ones among them, and no others. Safe to repeat.

        Returns those that failed.
        """
        failed = set()
        for shipment_id in dict.fromkeys(shipment_ids):
            try:
                self._expire(shipment_id)
            except Unavailable as exc:
                logger.warning(
                    "shipment not marked", extra={"shipment_id": shipment_id, "code": exc.code}
                )
                failed.add(shipment_id)
        return frozenset(failed)

    def _expire(self, shipment_id: ShipmentId) -> None:
        try:
            shipment = self.shipments.get(shipment_id)
        except NotFound:  # it is gone already
            return
        until = expires_at(shipment, self.policy)
        if until is not None:
            self.shipments.expire(shipment_id, until)
        elif shipment.corrections or delivered(shipment):
            # it was marked while its outcome was wrong, or by an earlier version of Doorstep
            self.shipments.expire(shipment_id, None)
