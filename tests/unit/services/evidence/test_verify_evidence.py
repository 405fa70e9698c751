"""Verification: whatever is changed after the seal is named, and nothing else is."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.evidence.verification import Check, Question, Result, Subject, Verdict
from chalicelib.domain.proofs.proofs import kept_key
from chalicelib.domain.shipments.corrections import TrueOutcome
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import minutes
from tests.support.fakes.evidence import KeyHere
from tests.support.in_memory import InMemoryCarrier
from tests.support.sealing import (
    PHOTO,
    PICTURE,
    allow,
    change_manifest,
    correct,
    seal,
    sealing_van,
    verify,
)
from tests.support.vans import FIRST, report, work


def proven() -> InMemoryCarrier:
    """A delivery with a photo, and a second manifest: sealed."""
    carrier = sealing_van()
    work(carrier, report(proof_ids=(allow(carrier),), received_by="Aino"))
    seal(carrier)
    return carrier


def wrong(carrier: InMemoryCarrier) -> list[Check]:
    report = verify(carrier).report
    assert (report.verdict is Verdict.CHANGED) == any(
        check.result is Result.DIFFERS for check in report.checks
    )
    return [check for check in report.checks if check.result is not Result.AGREES]


def named(carrier: InMemoryCarrier) -> set[tuple[Subject, str, Result]]:
    return {(check.subject, check.name, check.result) for check in wrong(carrier)}


def edited(carrier: InMemoryCarrier, change: Callable[[Any], object]) -> None:
    said = json.loads(carrier.evidence_chain.signed[FIRST][1].text)
    change(said)
    change_manifest(carrier, 1, json.dumps(said))


def test_what_nobody_changed_agrees() -> None:
    assert wrong(proven()) == []


def test_before_the_first_attempt_there_is_nothing_to_verify() -> None:
    report = verify(sealing_van()).report

    assert (report.verdict, report.checks) == (Verdict.NOTHING, ())


def test_an_attempt_that_is_not_sealed_yet_is_said_to_come() -> None:
    carrier = sealing_van()
    work(carrier, report())

    assert named(carrier) == {(Subject.EVENT, "5", Result.PENDING)}
    assert verify(carrier).report.verdict is Verdict.INCOMPLETE
    assert verify(carrier).report.summary.startswith("Nothing is sealed yet.")

    seal(carrier)
    correct(carrier, TrueOutcome.NONE)

    assert verify(carrier).report.summary.startswith("All that is sealed is as it was sealed.")


@given(at=st.integers(0, len(PICTURE) - 1), flip=st.integers(1, 255))
def test_any_changed_byte_of_a_file_is_named(at: int, flip: int) -> None:
    carrier = PROVEN
    changed = bytearray(PICTURE)
    changed[at] ^= flip
    carrier.evidence_files.files[kept_key(FIRST, PHOTO)] = bytes(changed)
    try:
        assert named(carrier) == {(Subject.FILE, PHOTO, Result.DIFFERS)}
    finally:
        carrier.evidence_files.files[kept_key(FIRST, PHOTO)] = PICTURE


@given(data=st.data())
def test_any_changed_character_of_a_manifest_is_named(data: st.DataObject) -> None:
    carrier = PROVEN
    sealed = carrier.evidence_chain.signed[FIRST][1].text
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != sealed[at]))
    change_manifest(carrier, 1, f"{sealed[:at]}{other}{sealed[at + 1 :]}")
    try:
        assert (Subject.MANIFEST, "1", Result.DIFFERS) in named(carrier)
    finally:
        change_manifest(carrier, 1, sealed)


PROVEN = proven()

CHANGES: dict[str, Callable[[Any], Any]] = {
    "type": lambda event: replace(event, type=EventType.ATTEMPT_FAILED),
    "time": lambda event: replace(event, occurred_at=event.occurred_at + minutes(1)),
    "our time": lambda event: replace(event, recorded_at=event.recorded_at - minutes(1)),
    "actor": lambda event: replace(event, actor_id="drv_2"),
    "data": lambda event: replace(event, data={**event.data, "pin": "confirmed"}),
    "id": lambda event: replace(event, id="evt_other"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_event_is_named(change: Callable[[Any], Any]) -> None:
    carrier = proven()
    history = carrier.shipments.histories[FIRST]
    history[5] = change(history[5])

    assert (Subject.EVENT, "5", Result.DIFFERS) in named(carrier)


def test_an_event_that_was_taken_away_is_named() -> None:
    carrier = proven()
    del carrier.shipments.histories[FIRST][3]

    assert named(carrier) == {(Subject.EVENT, "3", Result.MISSING)}


def test_a_file_that_was_deleted_is_missing() -> None:
    carrier = proven()
    carrier.evidence_files.files.clear()

    assert named(carrier) == {(Subject.FILE, PHOTO, Result.MISSING)}
    assert verify(carrier).report.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"status": Status.ATTEMPT_FAILED}, "outcome"),
        ({"received_by": "Eero"}, "receiver"),
        ({"driver_id": "drv_9"}, "driver"),
    ],
    ids=str,
)
def test_what_is_shown_otherwise_than_sealed_is_named(change: dict[str, Any], what: str) -> None:
    carrier = proven()
    shipment = carrier.shipment(1)
    assert shipment.last_attempt is not None
    carrier.shipments.shipments[FIRST] = replace(
        shipment, last_attempt=replace(shipment.last_attempt, **change)
    )

    (check,) = wrong(carrier)
    assert (check.subject, check.question, check.result) == (
        Subject.ATTEMPT,
        Question.SHOWN,
        Result.DIFFERS,
    )
    assert what in check.detail


def test_a_manifest_that_is_sealed_anew_with_another_key_is_not_believed() -> None:
    carrier = proven()
    own = carrier.evidence_chain.signed[FIRST]
    stranger = KeyHere()
    seal_of = own[1].seal
    own[1] = replace(
        own[1], seal=replace(seal_of, signature=stranger.sign(seal_of.statement.encode()))
    )

    assert named(carrier) == {(Subject.MANIFEST, "1", Result.DIFFERS)}


def test_a_key_that_nobody_knows_vouches_for_nothing() -> None:
    carrier = proven()
    carrier.seal_keys.by_id.clear()

    assert named(carrier) == {(Subject.MANIFEST, "1", Result.DIFFERS)}


def test_after_a_rotation_old_manifests_are_verified_with_their_old_key() -> None:
    carrier = proven()
    carrier.sealing_key = KeyHere()
    carrier.shipments.shipments[FIRST] = replace(
        carrier.shipment(1), status=Status.ARRIVED, handed_over=frozenset()
    )
    work(carrier, report(action_id="action-2"))
    seal(carrier)

    ids = {manifest.seal.facts.key_id for manifest in verify(carrier).chain if manifest.seal.facts}
    assert len(ids) == 2
    assert wrong(carrier) == []


def test_a_first_manifest_that_was_taken_away_breaks_the_chain() -> None:
    carrier = proven()
    carrier.shipments.shipments[FIRST] = replace(
        carrier.shipment(1), status=Status.ARRIVED, handed_over=frozenset()
    )
    work(carrier, report(action_id="action-2"))
    seal(carrier)
    del carrier.evidence_chain.signed[FIRST][1]

    assert (Subject.MANIFEST, "2", Result.DIFFERS) in named(carrier)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"kind":"attempt"}', "[" * 50_000, '{"events":{"sha256":3}}'],
    ids=lambda text: text[:20],
)
def test_a_manifest_of_any_form_is_an_answer_and_no_fault(text: str) -> None:
    carrier = proven()
    change_manifest(carrier, 1, text)

    assert (Subject.MANIFEST, "1", Result.DIFFERS) in named(carrier)


def test_a_manifest_cannot_make_us_read_other_files() -> None:
    carrier = proven()
    carrier.evidence_files.files["imports/reports/secret"] = b"secret"
    edited(carrier, lambda said: said["files"][0].update(stored_as="imports/reports/secret"))

    assert (Subject.FILE, PHOTO, Result.MISSING) in named(carrier)
