"""Sealing: what a manifest says, when there is one more, and what a repeat changes: nothing."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.evidence.links import SignedManifest
from chalicelib.domain.evidence.verification import Verdict
from chalicelib.domain.ids import ProofId, ShipmentId, ShipperId
from chalicelib.domain.proofs.proofs import kept_key
from chalicelib.domain.shipments.corrections import TrueOutcome
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.services.evidence.seal_evidence import SealEvidence
from chalicelib.services.evidence.sweep_evidence import SweepEvidence, SweptEvidence
from chalicelib.services.evidence.verify_evidence import VerifyEvidence
from chalicelib.services.proofs.late_proofs import LateProofs
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_actor,
    make_fix,
    make_shipper,
    minutes,
    north_of,
    seconds,
)
from tests.support.fakes.evidence import InMemoryEvidenceChain
from tests.support.in_memory import InMemoryCarrier
from tests.support.sealing import (
    PHOTO,
    PICTURE,
    allow,
    change_manifest,
    correct,
    drive,
    keep,
    manifests,
    seal,
    sealing_van,
    verify,
)
from tests.support.vans import FIRST, SECOND, report, work


def join(carrier: InMemoryCarrier) -> None:
    """A file that came after the report becomes a part of the attempt."""
    LateProofs(
        carrier.shipments, carrier.journal, carrier.allowed_proofs, carrier.clock, carrier.ids
    ).join(FIRST, carrier.allowed_proofs.of(FIRST))


def test_a_manifest_says_who_what_when_and_where() -> None:
    carrier = sealing_van()
    work(
        carrier,
        report(
            proof_ids=(allow(carrier),),
            note="At the door",
            received_by="Aino Virtanen",
            occurred_at=NOON - minutes(7 * 24 * 60),
            sent_at=NOON - minutes(7 * 24 * 60),
        ),
    )
    seal(carrier)

    (said,) = manifests(carrier)
    assert said["number"] == 1
    assert said["previous_sha256"] is None
    assert said["shipment"]["recipient"] == "Aino Virtanen"
    assert said["attempt"]["outcome"] == "delivered"
    assert said["attempt"]["driver_id"] == "drv_1"
    assert said["attempt"]["received_by"] == "Aino Virtanen"
    assert said["attempt"]["has_note"] is True
    assert said["attempt"]["parcels"] == ["BARCODE-1"]
    assert said["time"] == {
        "occurred_at": "2026-11-23T12:00:00.000Z",
        "source": "corrected",
        "device_said": "2026-11-16T12:00:00.000Z",
        "received_at": "2026-11-23T12:00:00.000Z",
    }
    assert said["position"] == {
        "at": "2026-11-23T12:00:00.000Z",
        "lat_deg": "60.1696302",
        "lon_deg": "24.9384000",
        "accuracy_m": 8,
        "distance_to_address_m": 30,
        "is_simulated": False,
    }
    assert [each["distance_to_address_m"] for each in said["track_near_address"]] == [
        240,
        150,
        60,
        30,
    ]
    (file,) = said["files"]
    assert file["stored_as"] == kept_key(FIRST, PHOTO)
    assert file["size_bytes"] == len(PICTURE)
    assert file["captured_at"] == "2026-11-23T11:59:40.000Z"
    assert file["captured_place"]["distance_to_address_m"] == 4
    assert said["events"]["first_sequence"] == 1
    assert said["events"]["last_sequence"] == len(said["events"]["sha256"]) == 5
    assert verify(carrier).report.verdict is Verdict.INTACT


def test_a_failed_attempt_is_sealed_with_its_reason_and_the_next_one_follows_it() -> None:
    carrier = sealing_van()
    work(carrier, report(Step.FAIL))
    seal(carrier)
    work(carrier, report(action_id="action-2"))
    seal(carrier)

    first, second = manifests(carrier)
    assert (first["attempt"]["outcome"], first["attempt"]["reason"]) == (
        "attempt_failed",
        "not_home",
    )
    assert (first["attempt_number"], second["attempt_number"]) == (1, 2)
    assert second["previous_sha256"] == carrier.evidence_chain.of(FIRST)[0].sha256
    assert second["events"]["first_sequence"] == first["events"]["last_sequence"] + 1
    assert verify(carrier).report.verdict is Verdict.INTACT


def test_a_repeat_changes_no_byte_and_signs_nothing() -> None:
    carrier = sealing_van()
    work(carrier, report(proof_ids=(allow(carrier),)))
    seal(carrier)
    before = carrier.evidence_chain.of(FIRST)
    carrier.clock.go_on(minutes(5))
    drive(carrier, make_fix(NOON + seconds(30)))

    assert seal(carrier) == frozenset()
    assert carrier.evidence_chain.of(FIRST) == before
    assert carrier.sealing_key.signatures == 1


def test_files_that_came_before_the_seal_are_part_of_their_attempt() -> None:
    carrier = sealing_van()
    work(carrier, report(proof_ids=(allow(carrier, content=None),)))
    keep(carrier, PHOTO)
    join(carrier)
    seal(carrier)

    (said,) = manifests(carrier)
    assert said["files"][0]["sha256"]
    assert said["events"]["last_sequence"] == 6
    assert verify(carrier).report.verdict is Verdict.INTACT


def test_a_later_file_is_a_link_of_its_own() -> None:
    carrier = sealing_van()
    work(carrier, report(proof_ids=(allow(carrier, content=None),)))
    seal(carrier)
    keep(carrier, PHOTO)
    join(carrier)
    seal(carrier)

    first, second = manifests(carrier)
    assert first["files"][0]["sha256"] is None
    assert (second["kind"], second["attempt_number"]) == ("files", 1)
    assert second["files"][0]["sha256"]
    assert verify(carrier).report.verdict is Verdict.INTACT


@pytest.mark.parametrize("is_sealed_between", [True, False])
@pytest.mark.parametrize("outcome", [TrueOutcome.NONE, TrueOutcome.ATTEMPT_FAILED])
def test_a_correction_is_a_link_and_rewrites_nothing(
    outcome: TrueOutcome, *, is_sealed_between: bool
) -> None:
    carrier = sealing_van()
    work(carrier, report(proof_ids=(allow(carrier),)))
    if is_sealed_between:
        seal(carrier)
    correct(carrier, outcome)
    seal(carrier)

    first, second = manifests(carrier)
    assert first["attempt"]["outcome"] == "delivered"
    assert (second["kind"], second["attempt_number"]) == ("correction", 1)
    assert second["correction"]["outcome"] == outcome.value
    assert second["correction"]["previous_outcome"] == "delivered"
    assert second["correction"]["corrected_by"]["role"] == "dispatcher"
    assert verify(carrier).report.verdict is Verdict.INTACT


def take_back(carrier: InMemoryCarrier, *proof_ids: ProofId) -> None:
    carrier.clock.go_on(minutes(1))
    at = carrier.clock.now()
    work(carrier, report(Step.FAIL, action_id="back-1", occurred_at=at, proof_ids=proof_ids))


@pytest.mark.parametrize("is_sealed_between", [True, False])
def test_what_its_driver_takes_back_keeps_its_receiver(*, is_sealed_between: bool) -> None:
    carrier = sealing_van()
    work(carrier, report(received_by="Aino", note="At the gate"))
    if is_sealed_between:
        seal(carrier)
    take_back(carrier)
    correct(carrier, TrueOutcome.DELIVERED)
    seal(carrier)

    first, *_ = manifests(carrier)
    assert first["attempt"]["received_by"] == "Aino"
    assert first["attempt"]["has_note"] in {True, None}  # the note may be of either report
    assert verify(carrier).report.verdict is Verdict.INTACT


@pytest.mark.parametrize("is_there_at_once", [True, False])
@pytest.mark.parametrize("is_sealed_between", [True, False])
def test_a_photo_for_what_is_taken_back_is_sealed(
    *, is_there_at_once: bool, is_sealed_between: bool
) -> None:
    carrier = sealing_van()
    work(carrier, report())
    take_back(carrier, allow(carrier, content=PICTURE if is_there_at_once else None))
    if is_sealed_between:
        seal(carrier)
    if not is_there_at_once:
        keep(carrier, PHOTO)
        join(carrier)
    seal(carrier)

    assert {each["attempt_number"] for each in manifests(carrier)} == {1}
    files = [file for each in manifests(carrier) for file in each.get("files", ())]
    assert files[-1]["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    assert verify(carrier).report.verdict is Verdict.INTACT


def test_one_signature_covers_all_that_is_sealed_together() -> None:
    carrier = sealing_van()
    carrier.shipments.histories[SECOND] = dict(carrier.shipments.histories[FIRST])
    work(carrier, report())
    work(carrier, report(stop_id="stp_1", action_id="action-2"))

    assert seal(carrier, FIRST, SECOND) == frozenset()

    (first,), (second,) = (carrier.evidence_chain.of(each) for each in (FIRST, SECOND))
    assert first.seal.statement == second.seal.statement
    assert (first.seal.index, second.seal.index) == (0, 1)
    assert carrier.sealing_key.signatures == 1
    assert verify(carrier).report.verdict is Verdict.INTACT


def test_when_the_key_does_not_answer_everything_comes_again() -> None:
    carrier = sealing_van()
    work(carrier, report())
    carrier.sealing_key.is_away = True

    assert seal(carrier) == {FIRST}
    assert carrier.evidence_chain.of(FIRST) == ()
    carrier.sealing_key.is_away = False
    assert seal(carrier) == frozenset()


def test_of_two_that_seal_at_once_the_first_one_stays() -> None:
    carrier = sealing_van()
    work(carrier, report())
    slow, chain = carrier.use(SealEvidence), carrier.evidence_chain
    late = replace(slow, evidence_chain=_Late(chain, lambda: seal(carrier)))

    assert late({FIRST: 5}) == {FIRST}
    assert len(chain.of(FIRST)) == 1
    assert late({FIRST: 5}) == frozenset()
    assert verify(carrier).report.verdict is Verdict.INTACT


class _Late:
    """A chain in which somebody else writes once, right before."""

    def __init__(self, chain: InMemoryEvidenceChain, rival: Callable[[], object]) -> None:
        self.of, self._append, self._rivals = chain.of, chain.append, [rival]

    def append(
        self, shipment_id: ShipmentId, signed: SignedManifest, *, expires_at: datetime | None
    ) -> None:
        while self._rivals:
            self._rivals.pop()()
        self._append(shipment_id, signed, expires_at=expires_at)


def test_a_read_that_is_older_than_the_event_comes_again() -> None:
    carrier = sealing_van()
    work(carrier, report())

    assert carrier.use(SealEvidence)({FIRST: 99}) == {FIRST}
    assert carrier.evidence_chain.of(FIRST) == ()


def test_one_shipment_that_cannot_be_sealed_holds_up_no_other() -> None:
    carrier = sealing_van()
    carrier.shipments.histories[SECOND] = dict(carrier.shipments.histories[FIRST])
    work(carrier, report())
    work(carrier, report(stop_id="stp_1", action_id="action-2"))
    seal(carrier)
    change_manifest(carrier, 1, "what somebody has written there")

    assert seal(carrier, FIRST, SECOND) == {FIRST}
    assert manifests(carrier, SECOND)


def test_what_has_expired_is_not_sealed() -> None:
    assert sealing_van().use(SealEvidence)({ShipmentId("shp_gone"): 5}) == frozenset()


def test_a_position_from_another_time_or_none_says_nothing() -> None:
    carrier = sealing_van()
    carrier.fleet.entries.clear()
    drive(carrier, make_fix(NOON - minutes(3), coordinates=north_of(HELSINKI, 2.0)))
    work(carrier, report())
    seal(carrier)

    (said,) = manifests(carrier)
    assert said["position"] is None
    assert len(said["track_near_address"]) == 1


def test_where_the_driver_was_besides_is_nobodys_business() -> None:
    carrier = sealing_van()
    far = [make_fix(NOON - seconds(n), coordinates=north_of(HELSINKI, 900.0)) for n in range(90)]
    near = [make_fix(NOON - seconds(100 + n)) for n in range(60)]
    carrier.fleet.entries.clear()
    drive(carrier, *far, *near)
    work(carrier, report())
    seal(carrier)

    (said,) = manifests(carrier)
    assert said["position"]["distance_to_address_m"] == 900
    assert len(said["track_near_address"]) == 12
    assert said["track_near_address"][0]["at"] < said["track_near_address"][-1]["at"]


def test_manifests_expire_with_their_shipment() -> None:
    carrier = sealing_van()
    work(carrier, report())
    seal(carrier)

    assert list(carrier.evidence_chain.expiring.values()) == [
        NOON + carrier.policy.shipment_retention
    ]


def test_foreign_shipments_look_like_unknown_ones() -> None:
    carrier = sealing_van()
    stranger = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_other"))

    with pytest.raises(NotFound):
        carrier.use(VerifyEvidence)(FIRST, stranger)


def swept(carrier: InMemoryCarrier) -> SweptEvidence:
    carrier.shippers.put(make_shipper())
    return carrier.use(SweepEvidence)()


def test_what_was_lost_is_asked_for_again() -> None:
    carrier = sealing_van()
    work(carrier, report())
    early = swept(carrier)
    carrier.clock.go_on(minutes(25))

    assert early == SweptEvidence(0, 0)
    assert swept(carrier) == SweptEvidence(1, 0)
    (event,) = carrier.seal_queue.asked
    assert (event.shipment_id, event.seq) == (FIRST, 5)
    seal(carrier)
    assert swept(carrier) == SweptEvidence(0, 0)
