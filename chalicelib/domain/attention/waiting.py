"""Shipments that wait for the office: nothing moves them on until somebody decides.

It follows from the shipment alone, so an index of those that wait is written with each change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.instants import at_place
from chalicelib.domain.shipments.custody import has_aboard, has_outstanding
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status

PROOF_PATIENCE: Final = timedelta(hours=1)
"""A photo may be on its way for this long before somebody should ask for it."""
ANSWER_WITHIN: Final = timedelta(minutes=10)
"""A driver may be busy for so long before the office should answer a recipient."""


class Waiting(StrEnum):
    """What a shipment waits for, most urgent first.

    A decision after a failed attempt; another delivery of the parcels that were left; a place for
    its address; an answer to what its recipient reports or asks; a look at a low rating; a route; a
    photo that never came; its way back to the shipper.
    """

    ATTEMPT_FAILED = "attempt_failed"
    PARCELS_LEFT = "parcels_left"
    NEEDS_PLACING = "needs_placing"
    REPORTED = "reported"
    UNANSWERED = "unanswered"
    LOW_RATING = "low_rating"
    UNASSIGNED = "unassigned"
    MISSING_PROOF = "missing_proof"
    RETURNING = "returning"


@dataclass(frozen=True, slots=True)
class Waits:
    """What a shipment waits for, and when somebody should look."""

    reason: Waiting
    look_at: datetime


def waits(shipment: Shipment) -> Waits | None:
    """What it waits for first; None when it needs nobody. The time changes only with its cause."""
    return next(iter(all_waits(shipment)), None)


def all_waits(shipment: Shipment) -> tuple[Waits, ...]:
    """All that it waits for, most urgent first.

    What holds the delivery up comes before what its recipient says, and that before what is left.
    """
    found = (each(shipment) for each in (_decision, _report, _answer, _look, _rest))
    return tuple(waiting for waiting in found if waiting is not None)


def _report(shipment: Shipment) -> Waits | None:
    report = shipment.report
    if report is None or not report.is_open:
        return None
    return Waits(Waiting.REPORTED, report.reported_at)


def _look(shipment: Shipment) -> Waits | None:
    rating = shipment.rating
    if rating is None or not rating.waits:
        return None
    return Waits(Waiting.LOW_RATING, rating.changed_at)


def _answer(shipment: Shipment) -> Waits | None:
    asked_at = shipment.unanswered_since
    return None if asked_at is None else Waits(Waiting.UNANSWERED, asked_at + ANSWER_WITHIN)


def _decision(shipment: Shipment) -> Waits | None:
    match shipment.status:
        case Status.CREATED | Status.ACCEPTED if shipment.needs_placing:
            return Waits(Waiting.NEEDS_PLACING, shipment.created_at)
        case Status.CREATED | Status.ACCEPTED if shipment.assignment is None:
            return Waits(Waiting.UNASSIGNED, _wanted_at(shipment))
        case Status.ATTEMPT_FAILED:
            return Waits(Waiting.ATTEMPT_FAILED, _ended_at(shipment))
        case Status.DELIVERED if has_outstanding(shipment) and not has_aboard(shipment):
            return Waits(Waiting.PARCELS_LEFT, _ended_at(shipment))
    return None


def _rest(shipment: Shipment) -> Waits | None:
    """What holds nobody up."""
    if shipment.status is Status.RETURNING:
        return Waits(Waiting.RETURNING, shipment.updated_at)
    owing = next((each for each in shipment.made_attempts if each.owed_proof_ids), None)
    if owing is None or shipment.status is not Status.DELIVERED:
        return None
    return Waits(Waiting.MISSING_PROOF, owing.occurred_at + PROOF_PATIENCE)


def _wanted_at(shipment: Shipment) -> datetime:
    """When its window or its day begins at the address; without them since it was asked for."""
    if shipment.window is not None:
        return shipment.window.earliest
    if shipment.service_day is not None:
        return at_place(shipment.service_day, shipment.address.time_zone, is_end=False)
    return shipment.created_at


def _ended_at(shipment: Shipment) -> datetime:
    attempt = shipment.last_attempt
    return shipment.updated_at if attempt is None else attempt.occurred_at
