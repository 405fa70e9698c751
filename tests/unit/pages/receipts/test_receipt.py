"""What a receipt says: only what was sealed, and whatever differs from it."""

import json
from dataclasses import replace

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.proofs.proofs import kept_key
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.pages.receipts.receipt import (
    MOST_EMBEDDED,
    Receipt,
    Visit,
    beside,
    embedded,
    receipt_of,
)
from chalicelib.services.driving.correct_outcomes import CorrectOutcome
from chalicelib.services.evidence.collect_evidence import CollectEvidence, Evidence
from tests.support.builders import NOON, make_actor, make_shipper, minutes, seconds
from tests.support.in_memory import InMemoryCarrier
from tests.support.sealing import PHOTO, allow, change_manifest, seal, sealing_van
from tests.support.vans import FIRST, report, work

JPEG = b"\xff\xd8\xff a picture"


def delivered() -> InMemoryCarrier:
    carrier = sealing_van()
    carrier.shippers.put(make_shipper())
    proof = allow(carrier, content=JPEG)
    work(carrier, report(proof_ids=(proof,), received_by="Åke", occurred_at=NOON - seconds(5)))
    seal(carrier)
    return carrier


def evidence_of(carrier: InMemoryCarrier) -> Evidence:
    return carrier.use(CollectEvidence)(FIRST, make_actor(Role.MANAGER))


def receipt(carrier: InMemoryCarrier) -> Receipt:
    evidence = evidence_of(carrier)
    return receipt_of(evidence, embedded(evidence.files))


def facts(visit: Visit) -> dict[str, str]:
    return {name: value for name, value, _ in visit.facts}


def test_who_when_and_where() -> None:
    found = receipt(delivered())

    (visit,) = found.visits
    assert (visit.outcome, visit.day, visit.time) == ("Delivered", "23 November 2026", "13:59:55")
    assert facts(visit) == {
        "Received by": "Åke",
        "Parcels": "BARCODE-1",
        "Time at the door": "23 November 2026, 13:59:55 (Europe/Helsinki)",
        "Report received": "23 November 2026, 14:00:00 (Europe/Helsinki)",
        "Position": "30 m from the address, exact to 8 m",
        "Driver": "drv_1",
    }
    assert found.sender == "Kirjakauppa"
    assert found.address == ("Mannerheimintie 12 B 34", "00100 Helsinki", "FI")
    assert found.summary == "All evidence is as it was sealed."
    assert found.findings == ()


def test_the_sketch_has_the_address_in_its_middle_and_north_above() -> None:
    (visit,) = receipt(delivered()).visits

    assert visit.sketch is not None
    assert visit.sketch.radius_m == 240
    first, *_, last = visit.sketch.points
    assert first == (100.0, 10.0)
    assert last[1] > 100.0, "the van has passed the door to the south"
    assert visit.sketch.at_report == last


def test_a_correction_stands_above_what_was_reported() -> None:
    carrier = delivered()
    order = CorrectionOrder(TrueOutcome.ATTEMPT_FAILED, "Wrong door", FailureReason.REFUSED)
    carrier.use(CorrectOutcome)(FIRST, order, actor=make_actor(Role.DISPATCHER))
    seal(carrier)

    (visit,) = receipt(carrier).visits
    assert visit.outcome == "Not delivered"
    assert visit.corrections == (
        (
            "Corrected 23 November 2026, 14:00:00 (Europe/Helsinki) by the dispatcher: "
            "reported as delivered, in truth not delivered."
        ),
    )


def test_two_attempts_are_two_visits() -> None:
    carrier = sealing_van()
    carrier.shippers.put(make_shipper())
    work(carrier, report(Step.FAIL))
    seal(carrier)
    work(carrier, report(action_id="action-2"))
    carrier.clock.go_on(minutes(1))
    seal(carrier)

    outcomes = [(visit.number, visit.outcome) for visit in receipt(carrier).visits]
    assert outcomes == [(1, "Not delivered"), (2, "Delivered")]


def test_another_picture_than_the_sealed_one_is_said_to_be_another() -> None:
    carrier = delivered()
    carrier.evidence_files.files[kept_key(FIRST, PHOTO)] = JPEG + b"!"

    found = receipt(carrier)

    assert found.visits[0].pictures[0].is_changed
    assert "bytes were changed" in found.findings[0]


def test_pictures_are_a_part_of_the_page_while_they_fit() -> None:
    small, large = JPEG, b"\x89PNG" + bytes(MOST_EMBEDDED)

    found = embedded({"prf_1": small, "prf_2": large})

    assert (found("prf_1") or "").startswith("data:image/jpeg;base64,")
    assert found("prf_2") is None
    assert beside({"prf_2": large})("prf_2") == "files/prf_2.png"


@pytest.mark.parametrize(
    "change",
    [
        {"attempt": None},
        {"time": {"occurred_at": "soon"}},
        {"files": [{}]},
        {"track_near_address": 3},
        {"shipment": {"id": FIRST}},
        {"position": {"distance_to_address_m": "near"}},
    ],
    ids=str,
)
def test_a_manifest_that_was_spoilt_is_a_finding_and_no_fault(change: dict[str, object]) -> None:
    carrier = delivered()
    said = json.loads(carrier.evidence_chain.signed[FIRST][1].text)
    change_manifest(carrier, 1, json.dumps(said | change))

    found = receipt(carrier)

    assert any("Manifest 1" in finding for finding in found.findings)
    assert [each.number for each in found.seals] == [1]


def test_a_seal_that_was_spoilt_is_a_finding_and_no_fault() -> None:
    carrier = delivered()
    own = carrier.evidence_chain.signed[FIRST]
    own[1] = replace(own[1], seal=replace(own[1].seal, statement="{}"))

    assert receipt(carrier).seals[0].key_id == "unknown"
