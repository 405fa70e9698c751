"""Uploads that were allowed, in memory and on DynamoDB."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.attention.waiting import Waiting
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import ProofId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.proofs.proofs import AllowedProof, Capture, Flaw, Kept, ProofKind
from chalicelib.services.ports.proofs import AllowedProofs
from tests.contract.conftest import Stores
from tests.support.aws import SESSION, stack_of, table_names
from tests.support.builders import NOON, make_shipment, minutes
from tests.support.depth import times
from tests.support.strategies import instants

ID, OTHER = ShipmentId("shp_0001"), ShipmentId("shp_0002")
PHOTO, SECOND = ProofId("prf_1"), ProofId("prf_2")
ALLOWED = AllowedProof(ProofKind.PHOTO, "image/jpeg")
KEPT = Kept("ab" * 32, "image/jpeg", 4_711, "0123", NOON)
LATER = replace(KEPT, sha256="cd" * 32)


@pytest.fixture
def uploads(stores: Stores) -> AllowedProofs:
    return stores.allowed_proofs


def allow(uploads: AllowedProofs, proof_id: ProofId = PHOTO, minutes_later: int = 60) -> None:
    uploads.allow(ID, proof_id, ALLOWED, expected_by=NOON + minutes(minutes_later))


def test_what_was_allowed_is_known(uploads: AllowedProofs) -> None:
    signature = AllowedProof(
        ProofKind.SIGNATURE, "image/png", Capture(NOON, Coordinates(60.1, 24.9), 8.0)
    )
    allow(uploads)
    uploads.allow(ID, SECOND, signature, expected_by=NOON)

    assert uploads.of(ID) == {PHOTO: ALLOWED, SECOND: signature}
    assert uploads.of(OTHER) == {}


@settings(
    max_examples=times(quick=10, deep=200),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    captured_at=st.none() | instants(),
    place=st.none() | st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180)),
    accuracy_m=st.none() | st.floats(0, 1e5),
)
def test_any_capture_comes_back(
    stores: Stores, captured_at: object, place: object, accuracy_m: object
) -> None:
    capture = Capture(captured_at, place, accuracy_m)  # type: ignore[arg-type]
    allowed = replace(ALLOWED, capture=capture)

    stores.allowed_proofs.allow(ID, PHOTO, allowed, expected_by=NOON)

    assert stores.allowed_proofs.of(ID)[PHOTO] == allowed


def test_a_kept_file_stays_whatever_comes_after_it(uploads: AllowedProofs) -> None:
    allow(uploads)
    kept = replace(ALLOWED, kept=KEPT)

    assert uploads.judge(ID, PHOTO, KEPT) == kept
    for verdict in (LATER, Flaw.DAMAGED, Flaw.NEVER_CAME, KEPT):
        assert uploads.judge(ID, PHOTO, verdict) == kept
    uploads.extend(ID, PHOTO, NOON)
    assert uploads.of(ID) == {PHOTO: kept}
    assert uploads.overdue(NOON + minutes(9_999), limit=9) == ()


@pytest.mark.parametrize("order", [*permutations([KEPT, Flaw.DAMAGED, Flaw.NEVER_CAME])])
def test_in_any_order_the_file_counts(
    uploads: AllowedProofs, order: tuple[Kept | Flaw, ...]
) -> None:
    allow(uploads)
    for verdict in order:
        uploads.judge(ID, PHOTO, verdict)

    assert uploads.of(ID) == {PHOTO: replace(ALLOWED, kept=KEPT)}


def test_a_flaw_is_forgotten_when_another_file_may_come(uploads: AllowedProofs) -> None:
    allow(uploads)
    assert uploads.judge(ID, PHOTO, Flaw.DAMAGED) == replace(ALLOWED, flaw=Flaw.DAMAGED)

    uploads.extend(ID, PHOTO, NOON + minutes(90))

    assert uploads.of(ID) == {PHOTO: ALLOWED}
    assert uploads.overdue(NOON + minutes(89), limit=9) == ()
    assert uploads.overdue(NOON + minutes(90), limit=9) == ((ID, PHOTO),)


@pytest.mark.parametrize(
    "act",
    [
        lambda uploads: uploads.judge(ID, PHOTO, KEPT),
        lambda uploads: uploads.judge(ID, PHOTO, Flaw.DAMAGED),
        lambda uploads: uploads.extend(ID, PHOTO, NOON),
        lambda uploads: uploads.share(ID, PHOTO, frozenset({OTHER})),
        lambda uploads: uploads.close(ID, PHOTO, NOON),
    ],
    ids=["kept", "flawed", "extended", "shared", "closed"],
)
def test_what_was_never_allowed_is_not_made(
    uploads: AllowedProofs, act: Callable[[AllowedProofs], object]
) -> None:
    assert act(uploads) is None
    assert uploads.of(ID) == {}


def test_those_that_show_it_too_add_up(uploads: AllowedProofs) -> None:
    allow(uploads)
    third = ShipmentId("shp_0003")

    for others in ({OTHER}, {third}, {OTHER}):
        uploads.share(ID, PHOTO, frozenset(others))

    assert uploads.of(ID)[PHOTO].shared_with == {OTHER, third}
    judged = uploads.judge(ID, PHOTO, KEPT)
    assert judged is not None
    assert judged.shared_with == {OTHER, third}


def test_what_is_overdue_comes_oldest_first_until_it_is_closed(uploads: AllowedProofs) -> None:
    allow(uploads, PHOTO, minutes_later=20)
    allow(uploads, SECOND, minutes_later=10)

    assert uploads.overdue(NOON + minutes(9), limit=9) == ()
    assert uploads.overdue(NOON + minutes(20), limit=9) == ((ID, SECOND), (ID, PHOTO))
    assert uploads.overdue(NOON + minutes(20), limit=1) == ((ID, SECOND),)

    uploads.judge(ID, SECOND, Flaw.NEVER_CAME)
    assert uploads.overdue(NOON + minutes(20), limit=1) == ((ID, SECOND),), "still to be told"
    uploads.close(ID, SECOND, NOON + minutes(20))
    uploads.close(ID, PHOTO, NOON + minutes(19))  # it is not overdue yet

    assert uploads.overdue(NOON + minutes(20), limit=9) == ((ID, PHOTO),)


def test_shipments_that_wait_are_not_mixed_up_with_uploads(stores: Stores) -> None:
    allow(stores.allowed_proofs, minutes_later=0)

    for reason in Waiting:
        found = stores.shipments.waiting(
            reason, until=NOON + minutes(9_999), limit=9, position=None
        )
        assert found.data == ()


def test_uploads_expire_with_their_shipment(dynamo: Stores) -> None:
    dynamo.journal.commit(ShipmentChange(make_shipment(1, details_version=1, version=1), (), None))
    allow(dynamo.allowed_proofs)

    dynamo.shipments.expire(ID, NOON + minutes(5))
    dynamo.allowed_proofs.judge(ID, PHOTO, KEPT)

    rows = SESSION.client("dynamodb").scan(TableName=table_names(stack_of("test"))["shipments"])
    assert all("expires_at" in row for row in rows["Items"])
