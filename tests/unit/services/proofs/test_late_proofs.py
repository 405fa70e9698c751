"""A photo that is still to come holds nobody up, whatever happens to the store or the journal."""

from dataclasses import dataclass, replace

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.proofs.proofs import StoredObject
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.proofs.late_proofs import LateProofs
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.show_shipments import ShowShipments
from tests.support.builders import NOON, make_actor, make_attempt, make_proof, make_shipment
from tests.support.fakes.contested import lost_race
from tests.support.fakes.proofs import InMemoryProofStore
from tests.support.in_memory import InMemoryCarrier

JPEG = b"\xff\xd8\xff" + b"photo" * 10


@dataclass
class SilentStore(InMemoryProofStore):
    """A store that does not answer."""

    def find(self, object_key: str) -> StoredObject | None:
        raise Unavailable(dependency="s3", object_key=object_key)


def with_owed_photo() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    owed = replace(make_proof(), etag="", size_bytes=0)
    attempt = make_attempt(proofs=(owed,))
    carrier.has(make_shipment(status=Status.DELIVERED, last_attempt=attempt))
    assert carrier.shipment(1).owed_proofs == (owed,)
    return carrier


def test_while_the_store_does_not_answer_the_shipment_is_shown_as_it_is() -> None:
    carrier = with_owed_photo()
    carrier.proofs = SilentStore()
    shipment = carrier.shipment(1)

    assert carrier.use(LateProofs).joined(shipment) == shipment
    assert carrier.use(ShowShipments).one(shipment.id, make_actor(Role.SHIPPER)) == shipment


def test_when_others_are_faster_each_time_the_photo_joins_later() -> None:
    carrier = with_owed_photo()
    shipment = carrier.shipment(1)
    key = shipment.owed_proofs[0].object_key
    content_type = shipment.owed_proofs[0].content_type
    carrier.proofs.allow_upload(key, content_type=content_type, max_bytes=1_000, now=NOON)
    assert carrier.proofs.receive(key, JPEG, content_type=content_type, at=NOON)
    carrier.journal.before = [lost_race] * ATTEMPTS

    assert carrier.use(LateProofs).joined(shipment) == shipment
    assert carrier.use(LateProofs).joined(shipment).owed_proofs == ()
