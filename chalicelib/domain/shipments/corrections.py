"""Corrections: a mistaken outcome of the last attempt is put right. History is only appended to."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import IllegalTransition
from chalicelib.domain.proofs.proofs import Proof
from chalicelib.domain.shipments.custody import (
    aboard,
    delivered,
    has_outstanding,
    off_route,
    with_delivered,
    with_failed,
)
from chalicelib.domain.shipments.lifecycle import Step, refusal_of
from chalicelib.domain.shipments.shipments import Attempt, Correction, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status


class TrueOutcome(StrEnum):
    """How the attempt ended in truth. ``none``: there was no attempt."""

    DELIVERED = "delivered"
    ATTEMPT_FAILED = "attempt_failed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CorrectionOrder:
    """What a dispatcher says. ``explanation`` says why; ``reason`` is of a failed one.

    ``attempt_number`` is the attempt that is meant, which must be the last; None: whichever is.
    A driver who puts the own report right says it by another action, with a note and proofs.
    """

    outcome: TrueOutcome
    explanation: str
    reason: FailureReason | None = None
    attempt_number: int | None = None
    action_id: str | None = None
    note: str | None = None
    proofs: tuple[Proof, ...] = ()

    def attempt_of(self, attempt: Attempt, became: Status) -> Attempt:
        """The attempt as it was in truth, with all that was ever brought to prove it."""
        return replace(
            attempt,
            status=became,
            reason=self.reason,
            action_id=self.action_id or attempt.action_id,
            note=self.note or attempt.note,
            proofs=(*attempt.proofs, *self.proofs),
        )

    def require_last(self, shipment: Shipment) -> None:
        """Raises IllegalTransition where another attempt is meant than the last one."""
        last = shipment.last_attempt
        if self.attempt_number in {None, last.number if last else None}:
            return
        text = f"Attempt {self.attempt_number} is not the last one. Only the last can be corrected."
        step = self.step(shipment, is_aboard=False)
        raise IllegalTransition(text, shipment_id=shipment.id, current=shipment.status, wanted=step)

    def is_known(self, shipment: Shipment) -> bool:
        """Whether the shipment says so already."""
        attempt = shipment.last_attempt
        if attempt is None:
            return False
        same = attempt.status.value == self.outcome.value
        is_same = same and attempt.reason is self.reason
        stands = shipment.status in {Status.DELIVERED, Status.ATTEMPT_FAILED}
        return is_same and (stands or _is_at_hub_since(shipment, attempt))

    def step(self, shipment: Shipment, *, is_aboard: bool) -> Step:
        """The step of the lifecycle. An undone attempt leaves the parcel aboard, or at the hub.

        So does a failed one that no route has: the office had taken the parcel back already when
        its delivery was reported.
        """
        failed = Step.CORRECT_AS_FAILED if shipment.assignment else Step.UNDO_AT_HUB
        undo = Step.UNDO_ABOARD if is_aboard else Step.UNDO_AT_HUB
        return {
            TrueOutcome.DELIVERED: Step.CORRECT_AS_DELIVERED,
            TrueOutcome.ATTEMPT_FAILED: failed,
            TrueOutcome.NONE: undo,
        }[self.outcome]

    def facts(self, before: Shipment) -> dict[str, object]:
        """The data of the event. The explanation is left out because a person wrote it."""
        found: dict[str, object] = {"outcome": self.outcome.value}
        if before.last_attempt is not None:
            found["previous_outcome"] = before.last_attempt.status.value
        if self.reason is not None:
            found["reason"] = self.reason.value
        if self.proofs:
            found["proofs"] = [proof.fact for proof in self.proofs]
        return found


def put_right(
    shipment: Shipment, order: CorrectionOrder, *, is_aboard: bool, now: datetime
) -> Shipment:
    """The shipment as if its last attempt had ended so; the step of the lifecycle comes after it.

    Raises IllegalTransition where there is no attempt.
    """
    attempt = shipment.last_attempt
    if attempt is None:
        step = order.step(shipment, is_aboard=is_aboard)
        text = refusal_of(shipment.status, step)
        raise IllegalTransition(text, shipment_id=shipment.id, current=shipment.status, wanted=step)
    concerned = concerned_by(shipment)
    before = _before(shipment, concerned)
    match order.outcome:
        case TrueOutcome.DELIVERED:
            after = with_delivered(before, concerned)
        case TrueOutcome.ATTEMPT_FAILED:
            has_route = shipment.assignment is not None
            after = with_failed(before, concerned) if has_route else off_route(before)
        case TrueOutcome.NONE:
            after = before if is_aboard else off_route(before)
    after = replace(
        after,
        status=shipment.status,
        corrections=(*shipment.corrections, _correction(attempt, order, now)),
    )
    if order.outcome is TrueOutcome.NONE:
        return _without_last_attempt(after)
    became = Status(order.outcome.value)
    right = order.attempt_of(attempt, became)
    is_over = became is Status.DELIVERED and not has_outstanding(replace(after, status=became))
    return replace(after, last_attempt=right, completed_at=attempt.occurred_at if is_over else None)


def concerned_by(shipment: Shipment) -> frozenset[str]:
    """The parcels that a correction is about: those that are where the last attempt left them.

    One that was scanned at the hub since is not.
    """
    attempt = shipment.last_attempt
    if attempt is None:
        return frozenset()
    left = delivered(shipment) if attempt.status is Status.DELIVERED else aboard(shipment)
    return left.intersection(attempt.barcodes or shipment.barcodes)


def _before(shipment: Shipment, concerned: frozenset[str]) -> Shipment:
    """The shipment with these parcels aboard and undecided, as they were at the door."""
    is_all_failed = shipment.status is Status.ATTEMPT_FAILED and not shipment.failed_barcodes
    failed = frozenset(shipment.barcodes) if is_all_failed else shipment.failed_barcodes
    return replace(
        shipment,
        status=Status.ARRIVED,
        handed_over=delivered(shipment) - concerned,
        scanned_barcodes=shipment.scanned_barcodes or frozenset(shipment.barcodes),
        failed_barcodes=failed - delivered(shipment) - concerned,
        completed_at=None,
    )


def _is_at_hub_since(shipment: Shipment, attempt: Attempt) -> bool:
    """Whether this attempt was corrected, and the parcel has been at the hub since."""
    last = shipment.corrections[-1] if shipment.corrections else None
    is_corrected = last is not None and last.attempt_number == attempt.number
    return shipment.status is Status.ACCEPTED and is_corrected


def _correction(attempt: Attempt, order: CorrectionOrder, now: datetime) -> Correction:
    is_undone = order.outcome is TrueOutcome.NONE
    return Correction(
        attempt_number=attempt.number,
        action_id=attempt.action_id,
        driver_id=attempt.driver_id,
        corrected_at=now,
        was=attempt.status,
        became=None if is_undone else Status(order.outcome.value),
        explanation=order.explanation,
    )


def _without_last_attempt(shipment: Shipment) -> Shipment:
    earlier = shipment.earlier_attempts
    return replace(
        shipment,
        last_attempt=earlier[-1] if earlier else None,
        earlier_attempts=earlier[:-1],
    )
