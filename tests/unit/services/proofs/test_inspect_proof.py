"""Whatever happens to a notice, an upload or an inspection: one file is kept, one proof joins."""

import hashlib
from collections.abc import Callable

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import ProofId
from chalicelib.domain.proofs.proofs import (
    AllowedProof,
    Flaw,
    ProofKind,
    ProofState,
    kept_key,
    object_key,
)
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.services.proofs.inspect_proof import InspectProof
from tests.support.builders import NOON, make_assignment, make_travelling, minutes
from tests.support.fakes.contested import cut_off
from tests.support.in_memory import InMemoryCarrier
from tests.support.pictures import jpeg, png
from tests.support.vans import FIRST, SECOND, on_the_road, report, two_at_one_door, work

PHOTO = ProofId("prf_1")
KEY = object_key(FIRST, PHOTO)
GOOD, OTHER, BAD = jpeg(), jpeg(80, 40), jpeg()[:100]


def allowed(carrier: InMemoryCarrier, kind: ProofKind = ProofKind.PHOTO) -> InMemoryCarrier:
    """The driver may upload a file."""
    content_type = "image/jpeg" if kind is ProofKind.PHOTO else "image/png"
    carrier.allowed_proofs.allow(
        FIRST, PHOTO, AllowedProof(kind, content_type), expected_by=NOON + minutes(99)
    )
    return carrier


def sent(carrier: InMemoryCarrier, content: bytes = GOOD, content_type: str = "image/jpeg") -> str:
    return carrier.proofs.put(KEY, content, content_type=content_type, at=NOON)


def inspect(carrier: InMemoryCarrier, version_id: str | None = None) -> None:
    carrier.use(InspectProof)(KEY, version_id)


def deliver(carrier: InMemoryCarrier) -> None:
    work(carrier, report(proof_ids=(PHOTO,)))


def state(carrier: InMemoryCarrier, number: int = 1) -> ProofState:
    attempt = carrier.shipment(number).last_attempt
    assert attempt is not None
    (proof,) = attempt.proofs
    return proof.state


STEPS: dict[str, Callable[[InMemoryCarrier], object]] = {
    "sent": sent,
    "inspected": inspect,
    "delivered": deliver,
}


@pytest.mark.parametrize(
    "order",
    [
        ("sent", "inspected", "delivered"),
        ("sent", "delivered", "inspected"),
        ("delivered", "sent", "inspected"),
        ("inspected", "delivered", "sent", "inspected"),
        ("delivered", "sent", "inspected", "inspected"),
        ("sent", "inspected", "inspected", "delivered", "inspected"),
        ("sent", "inspected", "sent", "inspected", "delivered", "inspected"),
        ("delivered", "sent", "inspected", "delivered", "sent", "inspected"),
    ],
    ids=", ".join,
)
def test_p3_in_any_order_and_however_often_one_proof_joins(order: tuple[str, ...]) -> None:
    carrier = allowed(on_the_road())

    for step in order:
        STEPS[step](carrier)

    assert state(carrier) is ProofState.ACCEPTED
    assert carrier.told().count(EventType.DELIVERED) == 1
    assert carrier.told().count(EventType.PROOF_ADDED) <= 1
    assert list(carrier.proofs.kept) == [kept_key(FIRST, PHOTO)]
    assert carrier.proofs.objects == {}, "nothing is left in quarantine"
    assert carrier.allowed_proofs.waits == {}


def test_what_is_kept_is_another_file_than_the_one_that_came() -> None:
    carrier = allowed(on_the_road())
    sent(carrier)
    inspect(carrier)

    (kept,) = carrier.proofs.kept.values()

    assert kept.sha256 != hashlib.sha256(GOOD).hexdigest()
    assert kept.content_type == "image/jpeg"


def test_p4_after_the_first_file_was_kept_no_other_one_replaces_it() -> None:
    carrier = allowed(on_the_road())
    sent(carrier)
    inspect(carrier)
    first = dict(carrier.proofs.kept)

    inspect(carrier, sent(carrier, OTHER))
    inspect(carrier, sent(carrier, BAD))

    assert carrier.proofs.kept == first
    assert carrier.proofs.objects == {}
    assert carrier.allowed_proofs.of(FIRST)[PHOTO].state is ProofState.ACCEPTED


def test_of_two_files_at_once_each_notice_takes_its_own() -> None:
    carrier = allowed(on_the_road())
    first, second = sent(carrier), sent(carrier, OTHER)

    inspect(carrier, second)
    inspect(carrier, first)

    (kept,) = carrier.proofs.kept.values()
    assert carrier.allowed_proofs.of(FIRST)[PHOTO].kept == kept
    assert carrier.proofs.objects == {}


def test_two_inspections_at_once_agree_on_the_file_that_was_kept_first() -> None:
    carrier = allowed(on_the_road())
    sent(carrier)
    slow = carrier.use(InspectProof)
    real = carrier.proofs.keep

    def keep_later(*args: object, **options: object) -> object:
        carrier.proofs.keep = real  # type: ignore[method-assign]
        sent(carrier, OTHER)
        inspect(carrier)
        return real(*args, **options)  # type: ignore[arg-type]

    carrier.proofs.keep = keep_later  # type: ignore[method-assign, assignment]
    slow(KEY, "v1")

    (kept,) = carrier.proofs.kept.values()
    assert carrier.allowed_proofs.of(FIRST)[PHOTO].kept == kept


def test_a_rejected_file_is_set_aside_told_and_may_be_replaced() -> None:
    carrier = allowed(on_the_road())
    deliver(carrier)
    sent(carrier, BAD)
    inspect(carrier)

    assert state(carrier) is ProofState.REJECTED
    assert (carrier.proofs.aside, carrier.proofs.objects, carrier.proofs.kept) == ([BAD], {}, {})
    assert carrier.told() == [EventType.DELIVERED, EventType.PROOF_REJECTED]

    sent(carrier)
    inspect(carrier)

    assert state(carrier) is ProofState.ACCEPTED
    assert carrier.told()[-1] is EventType.PROOF_ADDED


def test_a_file_that_nobody_allowed_is_thrown_away() -> None:
    carrier = on_the_road()
    sent(carrier)
    inspect(carrier)

    assert (carrier.proofs.objects, carrier.proofs.kept, carrier.proofs.aside) == ({}, {}, [])


def test_a_key_that_we_did_not_make_is_left_alone() -> None:
    carrier = allowed(on_the_road())

    carrier.use(InspectProof)("quarantine/../../secret")

    assert carrier.proofs.kept == {}


def test_a_file_that_vanished_is_no_failure() -> None:
    carrier = allowed(on_the_road())
    inspect(carrier, "v7")

    assert carrier.allowed_proofs.of(FIRST)[PHOTO].state is ProofState.PENDING


def test_a_shared_photo_joins_everything_that_was_handed_over_with_it() -> None:
    carrier = allowed(two_at_one_door())
    deliver(carrier)
    assert state(carrier, 1) is state(carrier, 2) is ProofState.PENDING

    sent(carrier)
    inspect(carrier)

    assert state(carrier, 1) is state(carrier, 2) is ProofState.ACCEPTED
    one, two = (carrier.shipment(number).last_attempt for number in (1, 2))
    assert one is not None
    assert two is not None
    assert one.proofs == two.proofs


def test_a_foreign_shipment_gets_nothing_of_it() -> None:
    other = make_travelling(1, assignment=make_assignment(0), shipper_id="shr_2")
    carrier = allowed(two_at_one_door(other))
    deliver(carrier)
    sent(carrier)
    inspect(carrier)

    attempt = carrier.shipments.get(SECOND).last_attempt
    assert attempt is not None
    assert attempt.proofs == ()


def test_when_the_commit_fails_the_notice_comes_again_and_ends_well() -> None:
    carrier = allowed(on_the_road())
    deliver(carrier)
    sent(carrier)

    carrier.journal.before = [cut_off]
    with pytest.raises(Unavailable):
        inspect(carrier)
    assert carrier.proofs.objects, "it is still in quarantine, where the sweeper finds it"

    inspect(carrier)

    assert state(carrier) is ProofState.ACCEPTED
    assert carrier.proofs.objects == {}


def test_an_upload_whose_flaw_is_known_refuses_the_report_with_a_sentence() -> None:
    carrier = allowed(on_the_road())
    sent(carrier, BAD)
    inspect(carrier)

    with pytest.raises(Exception, match="damaged") as refused:
        deliver(carrier)

    (error,) = refused.value.data["errors"]  # type: ignore[attr-defined]
    assert (error["pointer"], error["code"]) == ("/proof_ids/0", "proof_rejected")


def test_a_failed_attempt_gets_its_proofs_in_the_same_way() -> None:
    carrier = allowed(on_the_road())
    work(carrier, report(Step.FAIL, proof_ids=(PHOTO,)))
    sent(carrier)
    inspect(carrier)

    assert state(carrier) is ProofState.ACCEPTED


def test_a_signature_is_kept_as_a_png() -> None:
    carrier = allowed(on_the_road(), ProofKind.SIGNATURE)
    sent(carrier, png(), "image/png")
    inspect(carrier)

    (kept,) = carrier.proofs.kept.values()
    assert kept.content_type == "image/png"
    assert carrier.allowed_proofs.of(FIRST)[PHOTO].flaw is None
    assert Flaw.DAMAGED not in {each.flaw for each in carrier.allowed_proofs.uploads.values()}
