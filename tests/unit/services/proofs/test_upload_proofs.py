from typing import Any

import pytest

from chalicelib.domain.errors import NotFound, NothingAboard, TooManyUploads, Unauthorized
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, ProofId, RouteId, ShipmentId
from chalicelib.domain.proofs.proofs import (
    MAX_PROOF_BYTES,
    UPLOAD_PATIENCE,
    AllowedProof,
    Capture,
    Flaw,
    ProofKind,
    object_key,
)
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.proofs.upload_proofs import (
    MAX_UPLOADS,
    AllowedUpload,
    AllowProofUpload,
)
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_attempt,
    make_live,
    make_owed_proof,
    make_proof,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

DRIVER = make_actor(epoch=1)
PHOTO = b"\xff\xd8\xff" + b"photo" * 10
ANNOUNCED_BYTES = len(PHOTO)


def on_the_road(shipment: Shipment | None = None, **live: Any) -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.has(shipment or make_travelling(), make_live(**live))
    return carrier


def allow(carrier: InMemoryCarrier, **changes: Any) -> AllowedUpload:
    asked: dict[str, Any] = {
        "content_type": "image/jpeg",
        "size_bytes": ANNOUNCED_BYTES,
        "actor": DRIVER,
    }
    return carrier.use(AllowProofUpload)(make_travelling().id, **asked | changes)


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png"])
def test_a_form_takes_the_announced_file_under_the_proofs_key(content_type: str) -> None:
    carrier = on_the_road()

    allowed = allow(carrier, content_type=content_type)

    key = object_key(make_travelling().id, allowed.proof_id)
    assert allowed.upload.fields["key"] == key
    assert allowed.upload.expires_at == NOON + minutes(10)
    assert carrier.proofs.receive(key, PHOTO, content_type=content_type, at=NOON)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(PHOTO + b"!", "image/jpeg"), (PHOTO, "image/png")],
    ids=["larger", "of another type"],
)
def test_a_form_takes_no_other_file(content: bytes, content_type: str) -> None:
    carrier = on_the_road()
    key = object_key(make_travelling().id, allow(carrier).proof_id)

    assert not carrier.proofs.receive(key, content, content_type=content_type, at=NOON)


def test_no_form_takes_more_than_the_limit() -> None:
    carrier = on_the_road()

    allow(carrier, size_bytes=MAX_PROOF_BYTES + 1)

    ((_, max_bytes, _),) = carrier.proofs.forms.values()
    assert max_bytes == MAX_PROOF_BYTES


def test_what_was_allowed_is_expected_with_its_type() -> None:
    carrier = on_the_road()

    first, second = allow(carrier), allow(carrier, content_type="image/png")

    assert first.proof_id != second.proof_id
    assert carrier.allowed_proofs.of(make_travelling().id) == {
        first.proof_id: AllowedProof(ProofKind.PHOTO, "image/jpeg"),
        second.proof_id: AllowedProof(ProofKind.PHOTO, "image/png"),
    }


def test_kind_time_and_place_of_a_picture_are_kept() -> None:
    carrier = on_the_road()
    capture = Capture(NOON, Coordinates(60.0, 24.0), 8.0)

    allowed = allow(carrier, kind=ProofKind.SIGNATURE, capture=capture)

    (found,) = carrier.allowed_proofs.of(make_travelling().id).values()
    assert found == AllowedProof(ProofKind.SIGNATURE, "image/jpeg", capture)
    assert carrier.allowed_proofs.waits == {
        (make_travelling().id, allowed.proof_id): NOON + UPLOAD_PATIENCE
    }


def refused(carrier: InMemoryCarrier, error: type[Exception], **changes: Any) -> None:
    """Nothing is handed out and nothing is noted."""
    before = carrier.allowed_proofs.of(make_travelling().id)

    with pytest.raises(error):
        allow(carrier, **changes)

    assert carrier.proofs.forms == {}
    assert carrier.allowed_proofs.of(make_travelling().id) == before


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in ON_THE_WAY | {Status.ATTEMPT_FAILED}]
)
def test_a_shipment_that_is_not_under_way_takes_no_proof(status: Status) -> None:
    refused(on_the_road(make_travelling(status=status)), NothingAboard)


@pytest.mark.parametrize("status", sorted(ON_THE_WAY | {Status.ATTEMPT_FAILED}))
def test_a_shipment_takes_proofs_all_the_way(status: Status) -> None:
    assert allow(on_the_road(make_travelling(status=status))).proof_id.startswith("prf_")


@pytest.mark.parametrize(
    "shipment",
    [
        make_travelling(assignment=make_assignment(route_id=RouteId("rte_2"))),
        make_travelling(assignment=None),
    ],
    ids=["on another route", "on no route"],
)
def test_a_shipment_that_the_driver_does_not_carry_is_not_found(shipment: Shipment) -> None:
    refused(on_the_road(shipment), NotFound)


def test_an_unknown_shipment_is_not_found() -> None:
    carrier = on_the_road()
    carrier.shipments.shipments.clear()

    refused(carrier, NotFound)


def test_a_driver_without_a_route_carries_nothing() -> None:
    refused(on_the_road(route_id=None), NotFound)


def test_a_revoked_token_gets_no_form() -> None:
    refused(on_the_road(epoch=2), Unauthorized)


def used(carrier: InMemoryCarrier, shipment_id: ShipmentId, number: int) -> None:
    allowed = AllowedProof(ProofKind.PHOTO, "image/jpeg")
    carrier.allowed_proofs.allow(shipment_id, ProofId(f"prf_{number}"), allowed, expected_by=NOON)


def test_twenty_uploads_of_a_shipment_are_enough() -> None:
    carrier = on_the_road()
    shipment_id = make_travelling().id
    for number in range(MAX_UPLOADS - 1):
        used(carrier, shipment_id, number)
    allow(carrier)

    with pytest.raises(TooManyUploads) as told:
        allow(carrier)

    assert told.value.data == {"limit": 20}
    assert len(carrier.allowed_proofs.of(shipment_id)) == MAX_UPLOADS


def test_uploads_of_one_shipment_leave_the_others_theirs() -> None:
    carrier = on_the_road()
    for number in range(MAX_UPLOADS):
        used(carrier, ShipmentId("shp_0002"), number)

    assert allow(carrier).proof_id.startswith("prf_")


def owing(**changes: Any) -> Shipment:
    """Delivered, with a photo whose file has not arrived."""
    attempt = make_attempt(proofs=(make_owed_proof(),), **changes)
    return make_travelling(status=Status.DELIVERED, last_attempt=attempt)


def test_an_owed_proof_has_a_fresh_form_whenever_it_is_asked_for() -> None:
    carrier = on_the_road(owing(), route_id=None)
    used(carrier, make_travelling().id, 1)
    carrier.clock.go_on(minutes(600))

    allowed = allow(carrier, proof_id=make_proof().id)

    assert allowed.proof_id == make_proof().id
    assert set(carrier.allowed_proofs.waits.values()) == {carrier.clock.now() + UPLOAD_PATIENCE}
    assert allowed.upload.fields["key"] == make_owed_proof().object_key


@pytest.mark.parametrize(
    "shipment",
    [
        make_travelling(),
        owing(driver_id=DriverId("drv_2")),
        make_travelling(last_attempt=make_attempt(proofs=(make_owed_proof(flaw=Flaw.NEVER_CAME),))),
    ],
    ids=["not reported", "another driver's", "given up"],
)
def test_a_proof_that_may_not_come_has_no_second_form(shipment: Shipment) -> None:
    refused(on_the_road(shipment), NotFound, proof_id=make_proof().id)


def test_p3_a_phone_that_did_not_hear_of_its_success_may_send_the_file_once_more() -> None:
    there = make_travelling(last_attempt=make_attempt(proofs=(make_proof(),)))
    carrier = on_the_road(there)

    allowed = allow(carrier, proof_id=make_proof().id)

    assert allowed.upload.fields["key"] == object_key(there.id, make_proof().id)
    assert carrier.allowed_proofs.waits == {}
