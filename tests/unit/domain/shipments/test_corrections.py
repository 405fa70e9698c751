"""Where parcels are after a correction: as if the attempt had ended so in the first place."""

from dataclasses import replace

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import IllegalTransition
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome, put_right
from chalicelib.domain.shipments.custody import aboard, delivered, outstanding, undecided
from chalicelib.domain.shipments.lifecycle import take
from chalicelib.domain.shipments.shipments import Attempt, Parcel, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from tests.support.builders import NOON, make_actor, make_attempt, make_travelling

ABC = (Parcel("A"), Parcel("B"), Parcel("C"))
DELIVERED = make_attempt(Status.DELIVERED)
FAILED = make_attempt(Status.ATTEMPT_FAILED, reason=FailureReason.NOT_HOME)


def after_a_visit(attempt: Attempt, *earlier: Attempt, **changes: object) -> Shipment:
    number = len(earlier) + 1
    return replace(
        make_travelling(parcels=ABC, scanned_barcodes=frozenset("ABC")),
        status=attempt.status,
        attempts=number,
        last_attempt=replace(attempt, number=number),
        earlier_attempts=earlier,
        completed_at=NOON if attempt.status is Status.DELIVERED else None,
        **changes,  # type: ignore[arg-type] # as in Shipment
    )


def corrected(shipment: Shipment, outcome: str, *, is_aboard: bool = True) -> Shipment:
    reason = FailureReason.NO_ACCESS if outcome == "attempt_failed" else None
    order = CorrectionOrder(TrueOutcome(outcome), "Wrong house", reason)
    after, _ = take(
        put_right(shipment, order, is_aboard=is_aboard, now=NOON),
        order.step(shipment, is_aboard=is_aboard),
        actor=make_actor(Role.DISPATCHER),
        event_id=EventId("evt_9"),
        occurred_at=NOON,
        now=NOON,
    )
    return after


def test_what_was_said_to_be_delivered_is_aboard_after_a_failed_attempt() -> None:
    after = corrected(after_a_visit(DELIVERED), "attempt_failed")

    assert (after.status, after.completed_at) == (Status.ATTEMPT_FAILED, None)
    assert (aboard(after), undecided(after), delivered(after)) == (
        frozenset("ABC"),
        frozenset(),
        frozenset(),
    )
    assert after.last_attempt == replace(
        DELIVERED, status=Status.ATTEMPT_FAILED, reason=FailureReason.NO_ACCESS
    )
    assert after.standing_attempts == 1


def test_a_failed_attempt_at_what_no_route_has_leaves_the_parcel_at_the_hub() -> None:
    off_plan = replace(after_a_visit(DELIVERED), assignment=None)

    after = corrected(off_plan, "attempt_failed", is_aboard=False)

    assert (after.status, after.standing_attempts) == (Status.ACCEPTED, 1)
    assert (aboard(after), delivered(after)) == (frozenset(), frozenset())
    order = CorrectionOrder(TrueOutcome.ATTEMPT_FAILED, "Again", FailureReason.NO_ACCESS)
    assert order.is_known(after)
    assert not replace(order, reason=FailureReason.LOST).is_known(after)


def test_what_was_said_to_have_failed_is_delivered_when_the_driver_was_there() -> None:
    after = corrected(after_a_visit(FAILED), "delivered")

    assert (after.status, after.completed_at) == (Status.DELIVERED, FAILED.occurred_at)
    assert (outstanding(after), aboard(after)) == (frozenset(), frozenset())
    assert after.last_attempt == replace(FAILED, status=Status.DELIVERED, reason=None)


def test_only_the_parcels_of_the_attempt_change_places() -> None:
    first = replace(DELIVERED, barcodes=("A",))
    second = replace(FAILED, barcodes=("B", "C"))
    shipment = after_a_visit(second, first, handed_over=frozenset("A"))

    after = corrected(shipment, "delivered")
    assert (after.status, delivered(after)) == (Status.DELIVERED, frozenset("ABC"))

    after = corrected(shipment, "none")
    assert (delivered(after), undecided(after)) == (frozenset("A"), frozenset("BC"))
    assert after.last_attempt == first


def test_a_delivery_in_part_becomes_a_failure_of_all_that_is_aboard() -> None:
    part = replace(DELIVERED, barcodes=("A",))
    shipment = after_a_visit(
        part, FAILED, handed_over=frozenset("A"), failed_barcodes=frozenset("BC")
    )

    after = corrected(shipment, "attempt_failed")

    assert (aboard(after), undecided(after), delivered(after)) == (
        frozenset("ABC"),
        frozenset(),
        frozenset(),
    )


@pytest.mark.parametrize("attempt", [DELIVERED, FAILED], ids=["delivered", "failed"])
def test_an_undone_attempt_was_none(attempt: Attempt) -> None:
    shipment = after_a_visit(attempt)

    on_van = corrected(shipment, "none")
    assert (on_van.status, undecided(on_van)) == (Status.LOADED, frozenset("ABC"))
    at_hub = corrected(shipment, "none", is_aboard=False)
    assert (at_hub.status, aboard(at_hub), at_hub.assignment) == (
        Status.ACCEPTED,
        frozenset(),
        None,
    )
    for after in (on_van, at_hub):
        assert (after.standing_attempts, after.last_attempt, after.completed_at) == (0, None, None)
        assert after.was_corrected(attempt.action_id, attempt.driver_id)


def test_every_correction_is_kept() -> None:
    once = corrected(after_a_visit(DELIVERED), "attempt_failed")
    twice = corrected(once, "delivered")

    assert [(each.was, each.became) for each in twice.corrections] == [
        (Status.DELIVERED, Status.ATTEMPT_FAILED),
        (Status.ATTEMPT_FAILED, Status.DELIVERED),
    ]
    assert (twice.status, outstanding(twice)) == (Status.DELIVERED, frozenset())


def test_the_number_of_an_undone_attempt_is_not_used_again() -> None:
    undone = corrected(after_a_visit(DELIVERED), "none")
    order = CorrectionOrder(TrueOutcome.NONE, "Again", attempt_number=1)

    assert undone.attempts == 1
    with pytest.raises(IllegalTransition, match="Only the last"):
        order.require_last(undone)
    order.require_last(after_a_visit(DELIVERED))


def test_where_nobody_was_there_is_nothing_to_correct() -> None:
    with pytest.raises(IllegalTransition):
        corrected(make_travelling(), "delivered")
