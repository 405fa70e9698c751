"""A photo that is still to come holds nobody up, whatever happens to the stores."""

from dataclasses import dataclass, replace

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.proofs.proofs import AllowedProof, Flaw, Kept, ProofKind, ProofState
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.proofs.late_proofs import LateProofs
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.show_shipments import ShowShipments
from tests.support.builders import (
    NOON,
    make_actor,
    make_attempt,
    make_owed_proof,
    make_shipment,
    minutes,
)
from tests.support.fakes.contested import lost_race
from tests.support.fakes.proofs import InMemoryAllowedProofs
from tests.support.in_memory import InMemoryCarrier

ID, PHOTO = ShipmentId("shp_0001"), ProofId("prf_1")
KEPT = Kept("ab" * 32, "image/jpeg", 4_711, "0123", NOON)


@dataclass
class SilentUploads(InMemoryAllowedProofs):
    """A store that does not answer."""

    def of(self, shipment_id: ShipmentId) -> dict[ProofId, AllowedProof]:
        raise Unavailable(dependency="dynamodb", shipment_id=shipment_id)


def with_owed_photo() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    attempt = make_attempt(proofs=(make_owed_proof(),))
    carrier.has(make_shipment(status=Status.DELIVERED, last_attempt=attempt))
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
    carrier.allowed_proofs.allow(ID, PHOTO, allowed, expected_by=NOON + minutes(9_999))
    return carrier


def test_while_the_store_does_not_answer_the_shipment_is_shown_as_it_is() -> None:
    carrier = with_owed_photo()
    carrier.allowed_proofs = SilentUploads()
    shipment = carrier.shipment(1)

    assert carrier.use(LateProofs).joined(shipment) == shipment
    assert carrier.use(ShowShipments).one(shipment.id, make_actor(Role.SHIPPER)) == shipment


def test_when_others_are_faster_each_time_the_photo_joins_later() -> None:
    carrier = with_owed_photo()
    shipment = carrier.shipment(1)
    carrier.allowed_proofs.judge(ID, PHOTO, KEPT)
    carrier.journal.before = [lost_race] * ATTEMPTS

    assert carrier.use(LateProofs).joined(shipment) == shipment
    assert carrier.use(LateProofs).joined(shipment).owed_proofs == ()


def test_each_thing_that_becomes_known_is_told_once() -> None:
    carrier = with_owed_photo()
    late = carrier.use(LateProofs)

    for verdict in (Flaw.DAMAGED, Flaw.DAMAGED, Flaw.NEVER_CAME, KEPT, Flaw.DAMAGED):
        carrier.allowed_proofs.judge(ID, PHOTO, verdict)
        for _ in range(2):
            late.join(ID, carrier.allowed_proofs.of(ID))

    assert carrier.told() == [
        EventType.PROOF_REJECTED,
        EventType.PROOF_MISSING,
        EventType.PROOF_ADDED,
    ]
    first, second, third = (event.data["proofs"] for event in carrier.news())
    assert first == [{"id": PHOTO, "kind": "photo", "flaw": "damaged"}]
    assert second == [{"id": PHOTO, "kind": "photo", "flaw": "never_came"}]
    assert third == [{"id": PHOTO, "kind": "photo", "etag": "0123", "sha256": "ab" * 32}]
    attempt = carrier.shipment().last_attempt
    assert attempt is not None
    assert [proof.state for proof in attempt.proofs] == [ProofState.ACCEPTED]


def test_a_new_place_to_upload_leaves_what_was_told() -> None:
    carrier = with_owed_photo()
    late = carrier.use(LateProofs)
    carrier.allowed_proofs.judge(ID, PHOTO, Flaw.DAMAGED)
    rejected = late.joined(carrier.shipment())

    carrier.allowed_proofs.extend(ID, PHOTO, NOON + minutes(9))

    assert late.joined(rejected) == rejected


def test_a_shipment_that_is_gone_is_left_alone() -> None:
    carrier = with_owed_photo()
    carrier.shipments.shipments.clear()

    carrier.use(LateProofs).join(ID, {PHOTO: replace(carrier.allowed_proofs.of(ID)[PHOTO])})

    assert carrier.shipments.shipments == {}
