"""Next steps: what happens to a shipment after a failed attempt, and whether its recipient can act.

"We will try again" is said only of what has a day. Otherwise the recipient is told what is true:
that a day can be chosen, that something is needed to find the door, or that nothing is decided yet.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.shipments.choices import choices
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status

WAITS_FOR_A_VAN: Final = frozenset(
    {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.ATTEMPT_FAILED}
)
FOR_THE_SENDER: Final = frozenset(
    {
        FailureReason.REFUSED,
        FailureReason.DAMAGED,
        FailureReason.LOST,
        FailureReason.WRONG_ITEM,
    }
)
"""Reasons for a failed attempt that another attempt does not solve."""


class NextStep(StrEnum):
    """What comes after a failed attempt. The recipient has to act in the four in the middle."""

    PLANNED = "planned"
    ADDRESS = "address"
    ACCESS = "access"
    CHOOSE = "choose"
    SENDER = "sender"
    OPEN = "open"


def next_step(
    shipment: Shipment, shipper: Shipper | None, reason: FailureReason | None, now: datetime
) -> NextStep:
    """The step after an attempt that failed for this reason.

    Without its shipper nothing can be chosen.
    """
    if day_to_come(shipment, now) is not None:
        return NextStep.PLANNED
    if reason is FailureReason.WRONG_ADDRESS:
        return NextStep.ADDRESS
    if reason in FOR_THE_SENDER:
        return NextStep.SENDER
    if shipper is not None and choices(shipment, shipper, now):
        return NextStep.CHOOSE
    return NextStep.ACCESS if reason is FailureReason.NO_ACCESS else NextStep.OPEN


def day_to_come(shipment: Shipment, now: datetime) -> date | None:
    """The day of its route, else the day that is wanted; None for a day that is over.

    After a failed attempt it is another day only where somebody has said one since.
    """
    if shipment.status not in WAITS_FOR_A_VAN:
        return None
    zone = ZoneInfo(shipment.address.time_zone)
    today = now.astimezone(zone).date()
    if shipment.planned_day is not None and shipment.planned_day >= today:
        return shipment.planned_day
    day, attempt = shipment.wanted_day, shipment.last_attempt
    if day is None or day < today:
        return None
    tried = None if attempt is None else attempt.occurred_at.astimezone(zone).date()
    return day if tried is None or day > tried else None
