"""What a proof is before, during and after its inspection."""

from dataclasses import replace

import pytest

from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import (
    FLAW_WORDS,
    AllowedProof,
    Flaw,
    Kept,
    ProofKind,
    ProofState,
    judged,
    kept_key,
    named_by,
    object_key,
    reported_proof,
)
from tests.support.builders import NOON, make_owed_proof, make_proof, minutes

ID, PHOTO = ShipmentId("shp_0001"), ProofId("prf_1")
ALLOWED = AllowedProof(ProofKind.PHOTO, "image/png")
KEPT = Kept("ab" * 32, "image/jpeg", 4_711, "0123", NOON + minutes(1))


def test_a_proof_lands_in_quarantine_under_names_that_we_made() -> None:
    assert object_key(ID, PHOTO) == "quarantine/shp_0001/prf_1"
    assert kept_key(ID, PHOTO) == "proofs/shp_0001/prf_1"
    assert named_by(object_key(ID, PHOTO)) == (ID, PHOTO)


@pytest.mark.parametrize(
    "key",
    ["proofs/shp_1/prf_1", "quarantine/", "quarantine/shp_1", "quarantine//prf_1", "quarantine/a/"],
)
def test_a_key_that_we_did_not_make_names_nothing(key: str) -> None:
    assert named_by(key) is None
    assert named_by("quarantine/../../etc/passwd") is None


def test_a_reported_proof_is_owed_until_its_file_was_inspected() -> None:
    proof = reported_proof(ID, PHOTO, ALLOWED, NOON)

    assert (proof.state, proof.is_owed, proof.is_there) == (ProofState.PENDING, True, False)
    assert proof.fact == {"id": PHOTO, "kind": "photo"}

    there = judged(proof, replace(ALLOWED, kept=KEPT))

    assert (there.state, there.is_owed, there.is_there) == (ProofState.ACCEPTED, False, True)
    assert (there.object_key, there.content_type) == (kept_key(ID, PHOTO), "image/jpeg")
    assert (there.size_bytes, there.uploaded_at) == (4_711, KEPT.kept_at)
    assert there.fact == {"id": PHOTO, "kind": "photo", "etag": "0123", "sha256": "ab" * 32}
    assert reported_proof(ID, PHOTO, replace(ALLOWED, kept=KEPT), NOON) == there


@pytest.mark.parametrize("flaw", Flaw)
def test_of_a_rejected_file_another_one_may_come_until_it_is_given_up(flaw: Flaw) -> None:
    proof = make_owed_proof(flaw=flaw)
    is_over = flaw is Flaw.NEVER_CAME

    assert proof.state is (ProofState.MISSING if is_over else ProofState.REJECTED)
    assert proof.is_owed is not is_over
    assert proof.fact["flaw"] == flaw.value
    assert judged(proof, replace(ALLOWED, kept=KEPT, flaw=flaw)).state is ProofState.ACCEPTED


def test_each_flaw_has_a_sentence() -> None:
    assert set(FLAW_WORDS) == set(Flaw)
    assert all(words.endswith(".") for words in FLAW_WORDS.values())


def test_a_proof_knows_the_shipment_that_it_was_uploaded_for() -> None:
    assert make_proof().owner == make_owed_proof().owner == ID


def test_a_proof_from_before_there_were_inspections_is_not_shown() -> None:
    earlier = make_proof(sha256=None, object_key=object_key(ID, PHOTO))

    assert (earlier.is_there, earlier.is_owed, earlier.state) == (False, True, ProofState.PENDING)
