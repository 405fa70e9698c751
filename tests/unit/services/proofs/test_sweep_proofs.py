"""What was left half done: files without a verdict, and uploads that were never finished."""

from datetime import timedelta

import pytest

from chalicelib.domain.ids import ProofId
from chalicelib.domain.proofs.proofs import (
    UPLOAD_PATIENCE,
    AllowedProof,
    ProofKind,
    ProofState,
    object_key,
)
from chalicelib.domain.shipments.events import EventType
from chalicelib.services.proofs.inspect_proof import InspectProof
from chalicelib.services.proofs.sweep_proofs import EVERY, SweepProofs, SweptProofs
from tests.support.builders import NOON, minutes
from tests.support.fakes.contested import cut_off, lost_race
from tests.support.in_memory import InMemoryCarrier
from tests.support.pictures import jpeg
from tests.support.vans import FIRST, on_the_road, report, two_at_one_door, work

PHOTO = ProofId("prf_1")
KEY = object_key(FIRST, PHOTO)


def waiting(carrier: InMemoryCarrier) -> InMemoryCarrier:
    """An upload was allowed, and is part of a delivery."""
    carrier.allowed_proofs.allow(
        FIRST,
        PHOTO,
        AllowedProof(ProofKind.PHOTO, "image/jpeg"),
        expected_by=NOON + UPLOAD_PATIENCE,
    )
    work(carrier, report(proof_ids=(PHOTO,)))
    return carrier


def sweep(carrier: InMemoryCarrier) -> SweptProofs:
    return carrier.use(SweepProofs)()


def states(carrier: InMemoryCarrier) -> list[ProofState]:
    made = [attempt for s in carrier.shipments.shipments.values() for attempt in s.made_attempts]
    return [proof.state for attempt in made for proof in attempt.proofs]


@pytest.mark.parametrize(
    ("age", "is_asked_for"),
    [
        (timedelta(0), False),
        (minutes(9), False),
        (minutes(11), True),
        (timedelta(hours=23), True),
        (timedelta(hours=25), False),
        (timedelta(days=2, minutes=1), True),
        (timedelta(days=2) + EVERY, False),
    ],
    ids=str,
)
def test_p3_a_file_whose_notice_was_lost_is_asked_for_again(
    age: timedelta, *, is_asked_for: bool
) -> None:
    carrier = waiting(on_the_road())
    carrier.proofs.put(KEY, jpeg(), content_type="image/jpeg", at=NOON)
    carrier.clock.go_on(age)

    swept = sweep(carrier)

    assert carrier.inspections.asked == ([KEY] if is_asked_for else [])
    assert swept.again == int(is_asked_for)


def test_p1_an_upload_that_was_never_finished_is_given_up_after_three_days() -> None:
    carrier = waiting(two_at_one_door())
    carrier.clock.go_on(UPLOAD_PATIENCE - minutes(1))
    assert sweep(carrier) == SweptProofs(again=0, given_up=0, failed=0)
    assert states(carrier) == [ProofState.PENDING] * 2

    carrier.clock.go_on(minutes(1))

    assert sweep(carrier) == SweptProofs(again=0, given_up=1, failed=0)
    assert states(carrier) == [ProofState.MISSING] * 2
    assert carrier.told(1)[-1] is carrier.told(2)[-1] is EventType.PROOF_MISSING
    assert sweep(carrier) == SweptProofs(again=0, given_up=0, failed=0)


def test_an_upload_that_no_report_names_is_given_up_without_a_word() -> None:
    carrier = on_the_road()
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
    carrier.allowed_proofs.allow(FIRST, PHOTO, allowed, expected_by=NOON)

    sweep(carrier)

    assert carrier.told() == []
    assert carrier.allowed_proofs.waits == {}


def test_a_file_that_comes_after_all_joins_all_the_same() -> None:
    carrier = waiting(on_the_road())
    carrier.clock.go_on(UPLOAD_PATIENCE)
    sweep(carrier)
    carrier.proofs.put(KEY, jpeg(), content_type="image/jpeg", at=carrier.clock.now())

    carrier.use(InspectProof)(KEY)

    assert states(carrier) == [ProofState.ACCEPTED]


def test_a_report_that_comes_later_than_its_patience_waits_for_its_file_anew() -> None:
    carrier = on_the_road()
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
    carrier.allowed_proofs.allow(FIRST, PHOTO, allowed, expected_by=NOON)
    sweep(carrier)
    assert carrier.allowed_proofs.of(FIRST)[PHOTO].state is ProofState.MISSING

    work(carrier, report(proof_ids=(PHOTO,)))

    assert states(carrier) == [ProofState.PENDING]
    assert carrier.allowed_proofs.waits == {(FIRST, PHOTO): NOON + UPLOAD_PATIENCE}


def test_a_sweep_that_ends_half_way_is_repeated() -> None:
    carrier = waiting(on_the_road())
    carrier.clock.go_on(UPLOAD_PATIENCE)

    carrier.journal.before = [cut_off]
    assert sweep(carrier).failed == 1
    assert states(carrier) == [ProofState.PENDING]

    carrier.journal.before = [lost_race]
    assert sweep(carrier).given_up == 1
    assert states(carrier) == [ProofState.MISSING]


def test_what_is_gone_holds_up_nothing() -> None:
    carrier = waiting(on_the_road())
    carrier.shipments.shipments.clear()
    carrier.clock.go_on(UPLOAD_PATIENCE)

    assert sweep(carrier).given_up == 1
    assert carrier.allowed_proofs.waits == {}
