"""When a finished shipment is forgotten, with all that is stored of it."""

from datetime import datetime

from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.barcodes_in_use import is_open
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FINISHED


def expires_at(shipment: Shipment, policy: Policy) -> datetime | None:
    """The end of its retention; None while it is not finished."""
    if shipment.status not in FINISHED or is_open(shipment):
        return None
    return (shipment.completed_at or shipment.updated_at) + policy.shipment_retention
