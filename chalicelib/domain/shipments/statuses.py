"""Where a shipment stands, why an attempt failed, and what other systems call the same.

The pairing with AfterShip's vocabulary is what the API shows as ``external_status``.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where a shipment stands; the lifecycle table says which may follow which."""

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
"""On a van that has left: there is an ETA, and the driver may be shown."""

FINISHED: Final = frozenset({Status.DELIVERED, Status.RETURNED, Status.CANCELLED})
"""Nothing follows but corrections."""


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
    """What AfterShip would call it; a failed attempt is told by its reason."""
    if status is Status.ATTEMPT_FAILED and reason is not None:
        return _BY_REASON[reason]
    return _BY_STATUS[status]
