"""A van in memory whose deliveries are sealed, verified and changed afterwards."""

import hashlib
import json
from dataclasses import replace
from typing import Any

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.journal.changes import TrackEntry
from chalicelib.domain.proofs.proofs import AllowedProof, Capture, Kept, ProofKind, kept_key
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.services.driving.correct_outcomes import CorrectOutcome
from chalicelib.services.evidence.seal_evidence import SealEvidence
from chalicelib.services.evidence.verify_evidence import Verification, VerifyEvidence
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_actor,
    make_event,
    make_fix,
    make_live,
    minutes,
    north_of,
    seconds,
)
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import DRIVER_ID, FIRST, ROUTE, on_the_road

PHOTO = ProofId("prf_1")
PICTURE = b"the bytes of a picture"


def sealing_van(**changes: Any) -> InMemoryCarrier:
    """A van on the road. The first shipment has its whole history, a track leads to its door."""
    carrier = on_the_road(2, **changes)
    carrier.shipments.histories[FIRST] = {n: make_event(n) for n in range(1, 5)}
    fixes = [
        make_fix(NOON - seconds(15 * n), coordinates=north_of(HELSINKI, 90.0 * n - 30.0))
        for n in range(30)
    ]
    drive(carrier, *fixes)
    return carrier


def drive(carrier: InMemoryCarrier, *fixes: Fix) -> None:
    live: Live = make_live(2)
    entry = TrackEntry(DRIVER_ID, ROUTE, fixes, live, NOON, NOON + minutes(10_000))
    carrier.fleet.append_track(entry)


def allow(
    carrier: InMemoryCarrier,
    proof_id: ProofId = PHOTO,
    *,
    content: bytes | None = PICTURE,
    place: Coordinates | None = None,
) -> ProofId:
    """An upload, with its inspected file unless there is no content yet."""
    capture = Capture(NOON - seconds(20), place or north_of(HELSINKI, 4.0), 6.4)
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg", capture)
    carrier.allowed_proofs.allow(FIRST, proof_id, allowed, expected_by=NOON + minutes(60))
    if content is not None:
        keep(carrier, proof_id, content)
    return proof_id


def keep(carrier: InMemoryCarrier, proof_id: ProofId, content: bytes = PICTURE) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    kept = Kept(sha256, "image/jpeg", len(content), "etag", carrier.clock.now())
    carrier.allowed_proofs.judge(FIRST, proof_id, kept)
    carrier.evidence_files.files[kept_key(FIRST, proof_id)] = content


def seal(carrier: InMemoryCarrier, *ids: ShipmentId) -> frozenset[ShipmentId]:
    """Seal these shipments (the first one), up to their newest event."""
    sequences = {each: carrier.shipments.get(each).seq for each in ids or (FIRST,)}
    return carrier.use(SealEvidence)(sequences)


def correct(carrier: InMemoryCarrier, outcome: TrueOutcome) -> None:
    """The office puts the first shipment's last attempt right."""
    order = CorrectionOrder(outcome, "Wrong door")
    carrier.use(CorrectOutcome)(FIRST, order, actor=make_actor(Role.DISPATCHER))


def verify(carrier: InMemoryCarrier, shipment_id: ShipmentId = FIRST) -> Verification:
    return carrier.use(VerifyEvidence)(shipment_id, make_actor(Role.MANAGER))


def manifests(carrier: InMemoryCarrier, shipment_id: ShipmentId = FIRST) -> list[Any]:
    return [json.loads(each.text) for each in carrier.evidence_chain.of(shipment_id)]


def change_manifest(carrier: InMemoryCarrier, number: int, text: str) -> None:
    own = carrier.evidence_chain.signed[FIRST]
    own[number] = replace(own[number], text=text)
