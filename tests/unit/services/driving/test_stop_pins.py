"""The recipient's PIN at the door, and the proofs that a shipper asks for besides."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.errors import Invalid, PinLocked
from chalicelib.domain.ids import ProofId
from chalicelib.domain.proofs.pins import MAX_PIN_TRIES, PinCheck, typed_pin
from chalicelib.domain.proofs.proofs import (
    AllowedProof,
    ProofKind,
    ProofRequirements,
    Requirement,
)
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import NOON, make_assignment, make_recipient, make_travelling, minutes
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import FIRST, SECOND, on_the_road, report, two_at_one_door, work

NEEDS_PIN = ProofRequirements(pin=Requirement.REQUIRED)


def asking(requirement: Requirement = Requirement.REQUIRED) -> InMemoryCarrier:
    return on_the_road(proof_requirements=ProofRequirements(pin=requirement))


def pin_of(carrier: InMemoryCarrier, generation: int = 1) -> str:
    return carrier.signer.pin(FIRST, generation)


def refused(carrier: InMemoryCarrier, error: type[Invalid | PinLocked], **changes: Any) -> str:
    """The code of the refusal; the shipment is as it was."""
    before = carrier.shipment()

    with pytest.raises(error) as told:
        work(carrier, report(**changes))

    assert carrier.shipment() == before
    assert "9999" not in str(told.value.data)
    errors: Any = told.value.data.get("errors", [{"code": told.value.code}])
    return str(errors[0]["code"])


def test_the_right_pin_is_part_of_the_attempt_and_told_by_the_event() -> None:
    carrier = asking()

    work(carrier, report(pin=pin_of(carrier)))

    attempt = carrier.shipment().last_attempt
    assert attempt is not None
    assert attempt.pin is PinCheck.CONFIRMED
    (event,) = carrier.news()
    assert event.data["pin"] == "confirmed"
    assert pin_of(carrier) not in str(event)


def test_a_required_pin_that_is_missing_is_refused() -> None:
    assert refused(asking(), Invalid) == "missing_required_proof"


def test_a_failed_attempt_needs_none() -> None:
    carrier = asking()

    work(carrier, report(Step.FAIL))

    assert carrier.shipment().status is Status.ATTEMPT_FAILED


@pytest.mark.parametrize("requirement", [Requirement.OPTIONAL, Requirement.NONE])
def test_where_it_is_not_required_a_delivery_goes_without(requirement: Requirement) -> None:
    carrier = asking(requirement)

    work(carrier, report())

    assert carrier.shipment().status is Status.DELIVERED


def test_a_pin_that_nobody_asked_for_is_not_looked_at() -> None:
    carrier = asking(Requirement.NONE)

    work(carrier, report(pin="999999"))

    attempt = carrier.shipment().last_attempt
    assert attempt is not None
    assert attempt.pin is None
    assert carrier.pin_tries.guesses == {}


def test_p10_after_five_wrong_ones_the_right_one_is_locked_too() -> None:
    carrier = asking()
    for n in range(MAX_PIN_TRIES):
        assert refused(carrier, Invalid, pin=f"99999{n}") == "wrong_pin"

    assert refused(carrier, PinLocked, pin="999999") == "pin_locked"
    assert refused(carrier, PinLocked, pin=pin_of(carrier)) == "pin_locked"


def test_a_repeat_of_a_wrong_pin_is_no_further_try() -> None:
    carrier = asking()
    for _ in range(9):
        assert refused(carrier, Invalid, pin="999999") == "wrong_pin"

    work(carrier, report(pin=pin_of(carrier)))

    assert carrier.shipment().status is Status.DELIVERED


def test_a_new_link_has_a_new_pin_and_new_tries() -> None:
    carrier = asking()
    old = pin_of(carrier)
    for n in range(MAX_PIN_TRIES):
        refused(carrier, Invalid, pin=f"99999{n}")
    carrier.has(replace(carrier.shipment(), link_generation=2))

    assert refused(carrier, Invalid, pin=old) == "wrong_pin"
    work(carrier, report(pin=pin_of(carrier, 2)))

    assert carrier.shipment().status is Status.DELIVERED


@pytest.mark.parametrize("tries", [0, MAX_PIN_TRIES])
def test_long_after_the_visit_a_wrong_pin_counts_as_unconfirmed(tries: int) -> None:
    carrier = asking()
    for n in range(tries):
        refused(carrier, Invalid, pin=f"99999{n}")
    carrier.clock.go_on(minutes(30))

    work(carrier, report(pin="999999"))

    attempt = carrier.shipment().last_attempt
    assert attempt is not None
    assert attempt.pin is PinCheck.UNCONFIRMED
    assert carrier.shipment().status is Status.DELIVERED


def test_one_pin_is_enough_for_what_the_same_person_gets() -> None:
    second = make_travelling(1, assignment=make_assignment(0), proof_requirements=NEEDS_PIN)
    carrier = two_at_one_door(second)
    carrier.has(replace(carrier.shipment(), proof_requirements=NEEDS_PIN))

    work(carrier, report(pin=carrier.signer.pin(SECOND, 1)))

    attempts = [carrier.shipment(number).last_attempt for number in (1, 2)]
    assert [a.pin for a in attempts if a] == [PinCheck.CONFIRMED] * 2


def test_two_people_are_reported_one_by_one() -> None:
    other = make_recipient(name="Somebody else")
    second = make_travelling(
        1, assignment=make_assignment(0), proof_requirements=NEEDS_PIN, recipient=other
    )
    carrier = two_at_one_door(second)
    carrier.has(replace(carrier.shipment(), proof_requirements=NEEDS_PIN))

    assert refused(carrier, Invalid, pin=pin_of(carrier)) == "several_recipients"
    assert carrier.pin_tries.guesses == {}
    work(carrier, report(pin=pin_of(carrier), shipment_ids=(FIRST,)))

    assert carrier.shipment().status is Status.DELIVERED


@pytest.mark.parametrize(
    ("asked", "step", "brought", "is_taken"),
    [
        ("signature", Step.DELIVER, ProofKind.SIGNATURE, True),
        ("signature", Step.DELIVER, ProofKind.PHOTO, False),
        ("photo", Step.DELIVER, ProofKind.SIGNATURE, False),
        ("photo", Step.FAIL, None, True),
        ("photo_when_failed", Step.FAIL, None, False),
        ("photo_when_failed", Step.FAIL, ProofKind.PHOTO, True),
        ("photo_when_failed", Step.DELIVER, None, True),
    ],
)
def test_each_kind_of_proof_is_asked_for_by_itself(
    asked: str, step: Step, brought: ProofKind | None, *, is_taken: bool
) -> None:
    requirements = ProofRequirements(**{asked: Requirement.REQUIRED})
    carrier = on_the_road(proof_requirements=requirements)
    proof_ids: tuple[ProofId, ...] = ()
    if brought is not None:
        allowed = AllowedProof(brought, "image/png")
        carrier.allowed_proofs.allow(FIRST, ProofId("prf_1"), allowed, expected_by=NOON)
        proof_ids = (ProofId("prf_1"),)

    if is_taken:
        work(carrier, report(step, proof_ids=proof_ids))
        assert carrier.shipment().attempts == 1
    else:
        code = refused(carrier, Invalid, step=step, proof_ids=proof_ids)
        assert code == "missing_required_proof"


@pytest.mark.parametrize(
    ("text", "pin"),
    [
        ("482913", "482913"),
        ("482 913", "482913"),
        ("482-913", "482913"),
        ("48291", None),
        ("4829133", None),
        ("48291x", None),
        ("４８２９１３", None),
        ("", None),
    ],
)
def test_a_pin_is_read_as_people_write_it(text: str, pin: str | None) -> None:
    assert typed_pin(text) == pin


def test_a_report_does_not_show_its_pin() -> None:
    assert "482913" not in repr(report(pin="482913"))
