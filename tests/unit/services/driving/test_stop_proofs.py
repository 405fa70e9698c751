"""Photos that a report of a stop brings, and those that it needs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import (
    IllegalTransition,
    Invalid,
)
from chalicelib.domain.ids import ProofId, ShipmentId, ShipperId
from chalicelib.domain.proofs.proofs import (
    AllowedProof,
    Kept,
    ProofKind,
    ProofRequirements,
    Requirement,
    kept_key,
)
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import (
    NOON,
    make_assignment,
    make_recipient,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import (
    FIRST,
    SECOND,
    assert_refused,
    on_the_road,
    report,
    two_at_one_door,
    work,
)

PHOTO = ProofId("prf_1")
KEPT = Kept("ab" * 32, "image/jpeg", 4_711, "0123", NOON)
NEEDS_PHOTO = ProofRequirements(photo=Requirement.REQUIRED)


def allow(carrier: InMemoryCarrier, proof_id: ProofId = PHOTO) -> None:
    """The driver may upload a photo for the first shipment."""
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
    carrier.allowed_proofs.allow(FIRST, proof_id, allowed, expected_by=NOON + minutes(99))


def photographed(
    carrier: InMemoryCarrier, proof_id: ProofId = PHOTO, shipment_id: ShipmentId = FIRST
) -> None:
    """The driver has uploaded a photo for this shipment, and it was inspected."""
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
    uploads = carrier.allowed_proofs
    uploads.allow(shipment_id, proof_id, allowed, expected_by=NOON + minutes(99))
    uploads.judge(shipment_id, proof_id, KEPT)


def test_a_photo_is_part_of_the_attempt_and_named_in_the_event() -> None:
    carrier = on_the_road(proof_requirements=NEEDS_PHOTO)
    photographed(carrier)

    work(carrier, report(proof_ids=(PHOTO, PHOTO)))

    attempt = carrier.shipment(1).last_attempt
    assert attempt is not None
    (proof,) = attempt.proofs
    assert (proof.id, proof.object_key) == (PHOTO, kept_key(FIRST, PHOTO))
    assert (proof.size_bytes, proof.etag, proof.sha256) == (4_711, "0123", "ab" * 32)
    assert (proof.content_type, proof.uploaded_at) == ("image/jpeg", NOON)
    (event,) = carrier.news(1)
    assert event.data["proofs"] == [proof.fact]


@pytest.mark.parametrize("proof_ids", [(), (ProofId("prf_2"),)], ids=["none", "of the other"])
def test_a_required_photo_that_is_missing_refuses_the_delivery(
    proof_ids: Sequence[ProofId],
) -> None:
    strict = make_travelling(
        1,
        assignment=make_assignment(0),
        proof_requirements=NEEDS_PHOTO,
        shipper_id=ShipperId("shr_2"),
    )
    carrier = two_at_one_door(strict)
    photographed(carrier, ProofId("prf_2"))

    refused = assert_refused(carrier, report(proof_ids=tuple(proof_ids)), Invalid)

    assert "missing_required_proof" in str(refused.data)


def test_what_cannot_be_delivered_is_refused_before_its_photo_is_looked_at() -> None:
    carrier = on_the_road(status=Status.RETURNING, proof_requirements=NEEDS_PHOTO)

    assert_refused(carrier, report(shipment_ids=(FIRST,)), IllegalTransition)


def test_an_optional_photo_may_be_left_out() -> None:
    carrier = on_the_road(proof_requirements=ProofRequirements(photo=Requirement.OPTIONAL))

    work(carrier, report())

    assert carrier.shipment(1).status is Status.DELIVERED


def test_one_photo_shows_what_one_person_gets_from_one_sender() -> None:
    second = make_travelling(1, assignment=make_assignment(0), proof_requirements=NEEDS_PHOTO)
    carrier = two_at_one_door(second)
    photographed(carrier)

    shown = work(carrier, report(proof_ids=(PHOTO,)))

    assert [len(s.last_attempt.proofs) for s in shown if s.last_attempt] == [1, 1]


@pytest.mark.parametrize(
    "change",
    [{"recipient": make_recipient(name="Eino")}, {"shipper_id": ShipperId("shr_2")}],
    ids=["another person", "another sender"],
)
def test_a_photo_does_not_show_what_is_somebody_elses(change: dict[str, Any]) -> None:
    carrier = two_at_one_door(make_travelling(1, assignment=make_assignment(0), **change))
    photographed(carrier)

    shown = work(carrier, report(proof_ids=(PHOTO,)))

    assert [len(s.last_attempt.proofs) for s in shown if s.last_attempt] == [1, 0]


def test_a_photo_that_nobody_was_allowed_to_upload_is_unknown() -> None:
    refused = assert_refused(on_the_road(), report(proof_ids=(PHOTO,)), Invalid)

    assert "unknown_proof" in str(refused.data)


def test_a_photo_of_a_shipment_that_is_not_concerned_is_unknown() -> None:
    carrier = on_the_road()
    photographed(carrier, shipment_id=SECOND)

    assert_refused(carrier, report(proof_ids=(PHOTO,)), Invalid)


def test_a_photo_of_an_earlier_attempt_proves_no_later_one() -> None:
    carrier = on_the_road()
    photographed(carrier)
    work(carrier, report(Step.FAIL, proof_ids=(PHOTO,)))
    before = carrier.shipment(1)
    carrier.has(replace(before, status=Status.OUT_FOR_DELIVERY, version=9))

    assert_refused(carrier, report(action_id="action-2", proof_ids=(PHOTO,)), Invalid)


def test_a_photo_on_its_way_is_owed_and_joins_with_a_repeat() -> None:
    carrier = on_the_road(proof_requirements=NEEDS_PHOTO)
    allow(carrier)

    work(carrier, report(proof_ids=(PHOTO,)))

    assert carrier.shipment(1).status is Status.DELIVERED
    assert carrier.shipment(1).owed_proof_ids == (PHOTO,)
    (event,) = carrier.news(1)
    assert event.data["proofs"] == [{"id": PHOTO, "kind": "photo"}]

    work(carrier, report(proof_ids=(PHOTO,)))
    assert carrier.told(1) == [EventType.DELIVERED]

    carrier.allowed_proofs.judge(FIRST, PHOTO, KEPT)
    work(carrier, report(proof_ids=(PHOTO,)))
    work(carrier, report(proof_ids=(PHOTO,)))

    assert carrier.shipment(1).owed_proof_ids == ()
    assert carrier.told(1) == [EventType.DELIVERED, EventType.PROOF_ADDED]


def test_an_inspection_that_ends_while_the_delivery_is_written_is_not_missed() -> None:
    carrier = on_the_road()
    allow(carrier)
    carrier.journal.before = [lambda: carrier.allowed_proofs.judge(FIRST, PHOTO, KEPT)]

    (shown,) = work(carrier, report(proof_ids=(PHOTO,)))

    assert shown.owed_proof_ids == carrier.shipment(1).owed_proof_ids == ()
    assert carrier.told(1) == [EventType.DELIVERED, EventType.PROOF_ADDED]
