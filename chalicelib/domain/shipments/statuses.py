"""Statuses of a shipment, reasons of failed attempts, and AfterShip's words for both.

The API shows AfterShip's words as ``external_status``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """The status of a shipment. The lifecycle table says which status may follow which."""

    CREATED = "created"
    ACCEPTED = "accepted"
    LOADED = "loaded"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ARRIVING = "arriving"
    ARRIVED = "arrived"
    DELIVERED = "delivered"
    ATTEMPT_FAILED = "attempt_failed"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"


ON_THE_WAY: Final = frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING, Status.ARRIVED})
"""The shipment is on a van that has left. It has an ETA, and the driver may be shown."""

BEFORE_DEPARTURE: Final = frozenset({Status.CREATED, Status.ACCEPTED, Status.LOADED})
"""No van has left with it."""

ON_NO_VAN: Final = frozenset({Status.CANCELLED, Status.RETURNING, Status.RETURNED})
"""Nobody is to deliver the shipment any more: none of its parcels is aboard, or missed there."""

FINISHED: Final = frozenset({Status.DELIVERED, Status.RETURNED, Status.CANCELLED})
"""Only corrections may follow these."""


class FailureReason(StrEnum):
    """Why an attempt failed."""

    NOT_HOME = "not_home"
    BUSINESS_CLOSED = "business_closed"
    REFUSED = "refused"
    WRONG_ADDRESS = "wrong_address"
    NO_ACCESS = "no_access"
    DAMAGED = "damaged"
    LOST = "lost"
    WRONG_ITEM = "wrong_item"
    NO_TIME = "no_time"
    VEHICLE = "vehicle"
    WEATHER = "weather"
    MISSING_REQUIRED_PROOF = "missing_required_proof"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ExternalStatus:
    """AfterShip's status and sub-status."""

    status: str
    sub_status: str


_BY_STATUS: Final = {
    Status.CREATED: ExternalStatus("InfoReceived", "InfoReceived_001"),
    Status.ACCEPTED: ExternalStatus("InTransit", "InTransit_002"),
    Status.LOADED: ExternalStatus("InTransit", "InTransit_001"),
    Status.OUT_FOR_DELIVERY: ExternalStatus("OutForDelivery", "OutForDelivery_001"),
    Status.ARRIVING: ExternalStatus("OutForDelivery", "OutForDelivery_001"),
    Status.ARRIVED: ExternalStatus("OutForDelivery", "OutForDelivery_001"),
    Status.DELIVERED: ExternalStatus("Delivered", "Delivered_001"),
    Status.ATTEMPT_FAILED: ExternalStatus("AttemptFail", "AttemptFail_001"),
    Status.RETURNING: ExternalStatus("Exception", "Exception_010"),
    Status.RETURNED: ExternalStatus("Exception", "Exception_011"),
    Status.CANCELLED: ExternalStatus("Exception", "Exception_001"),
}

_BY_REASON: Final = {
    FailureReason.NOT_HOME: ExternalStatus("AttemptFail", "AttemptFail_002"),
    FailureReason.BUSINESS_CLOSED: ExternalStatus("AttemptFail", "AttemptFail_003"),
    FailureReason.REFUSED: ExternalStatus("Exception", "Exception_003"),
    FailureReason.WRONG_ADDRESS: ExternalStatus("Exception", "Exception_007"),
    FailureReason.NO_ACCESS: ExternalStatus("AttemptFail", "AttemptFail_001"),
    FailureReason.DAMAGED: ExternalStatus("Exception", "Exception_012"),
    FailureReason.LOST: ExternalStatus("Exception", "Exception_013"),
    FailureReason.WRONG_ITEM: ExternalStatus("Exception", "Exception_001"),
    FailureReason.NO_TIME: ExternalStatus("Exception", "Exception_016"),
    FailureReason.VEHICLE: ExternalStatus("Exception", "Exception_005"),
    FailureReason.WEATHER: ExternalStatus("Exception", "Exception_017"),
    FailureReason.MISSING_REQUIRED_PROOF: ExternalStatus("AttemptFail", "AttemptFail_001"),
    FailureReason.OTHER: ExternalStatus("AttemptFail", "AttemptFail_001"),
}


def external_status(status: Status, reason: FailureReason | None = None) -> ExternalStatus:
    """AfterShip's words for a status. The words for a failed attempt depend on its reason."""
    if status is Status.ATTEMPT_FAILED and reason is not None:
        return _BY_REASON[reason]
    return _BY_STATUS[status]
