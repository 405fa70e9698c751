from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import (
    AlreadyUnderWay,
    ConcurrentUpdate,
    Forbidden,
    Invalid,
    ReferenceTaken,
    Unavailable,
)
from chalicelib.domain.journal.changes import Change
from chalicelib.domain.journal.requests import RequestKey, ToldAnswer
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.creation import Created, Outcome
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.orders import IfExists, NewShipment
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.repeats import NO_MEMORY, Memory, Repeats
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.create_shipment import CreateShipment
from tests.support.builders import (
    NOON,
    make_actor,
    make_address,
    make_assignment,
    make_range,
    make_recipient,
    make_shipper,
    minutes,
)
from tests.support.fakes.contested import lost_race
from tests.support.in_memory import InMemoryCarrier

SHIPPER = make_actor(Role.SHIPPER)
WANTED = NewShipment(
    reference="ORDER-1",
    recipient=make_recipient(),
    address=make_address(),
    parcels=(Parcel("BARCODE-1"), Parcel("BARCODE-2")),
    window=make_range(),
    service_time_s=240.0,
    proof_requirements=ProofRequirements(photo=Requirement.REQUIRED),
)
KEY = RequestKey("request#1", "fingerprint-1")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


def create(carrier: InMemoryCarrier, memory: Memory = NO_MEMORY) -> Shipment:
    return carrier.use(CreateShipment)(WANTED, actor=SHIPPER, memory=memory).shipment


def update(carrier: InMemoryCarrier, wanted: NewShipment) -> Created:
    return carrier.use(CreateShipment)(wanted, actor=SHIPPER, if_exists=IfExists.UPDATE)


def remembering(carrier: InMemoryCarrier) -> Memory:
    """A memory with the shipment's reference as the answer."""
    repeats = carrier.use(Repeats)

    def of(created: object) -> tuple[Change, ...]:
        assert isinstance(created, Created)
        return (repeats.record(KEY, ToldAnswer(201, {}, created.shipment.reference)),)

    return Memory(of)


def test_a_shipment_is_kept_as_it_was_ordered(carrier: InMemoryCarrier) -> None:
    shipment = create(carrier)

    assert carrier.shipments.get(shipment.id) == shipment
    for name in (*NewShipment.__slots__,):
        assert getattr(shipment, name) == getattr(WANTED, name)
    assert shipment.shipper_id == make_shipper().id
    assert (shipment.status, shipment.version, shipment.seq) == (Status.CREATED, 1, 1)
    assert (shipment.created_at, shipment.updated_at) == (NOON, NOON)


def test_its_history_begins_with_its_creation(carrier: InMemoryCarrier) -> None:
    shipment = create(carrier)

    _, (event,) = carrier.shipments.with_history(shipment.id, newest=100)
    assert (event.type, event.seq) == (EventType.CREATED, 1)
    assert (event.occurred_at, event.recorded_at) == (NOON, NOON)
    assert (event.actor_role, event.actor_id) == (Role.SHIPPER, SHIPPER.id)
    assert event.shipper_id == SHIPPER.shipper_id


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER, Role.DRIVER])
def test_nobody_but_a_shipper_creates_shipments(carrier: InMemoryCarrier, role: Role) -> None:
    with pytest.raises(Forbidden):
        carrier.use(CreateShipment)(WANTED, actor=make_actor(role))

    assert carrier.shipments.shipments == {}


def test_a_second_order_with_a_reference_is_refused_with_the_first_ones_id(
    carrier: InMemoryCarrier,
) -> None:
    first = create(carrier)

    with pytest.raises(ReferenceTaken) as refused:
        create(carrier)

    assert refused.value.data == {"shipment_id": first.id}
    assert list(carrier.shipments.shipments) == [first.id]


def test_a_refused_order_leaves_barcodes_to_the_shipment_that_has_them(
    carrier: InMemoryCarrier,
) -> None:
    first = create(carrier)
    with pytest.raises(ReferenceTaken):
        create(carrier)

    other = carrier.use(CreateShipment)(replace(WANTED, reference="ORDER-2"), actor=SHIPPER)

    assert [warning.pointer for warning in other.warnings] == [
        "/parcels/0/barcode",
        "/parcels/1/barcode",
    ]
    assert first.id in other.warnings[0].detail


@pytest.mark.parametrize("is_gone", [False, True])
@pytest.mark.parametrize("if_exists", IfExists)
def test_a_reference_is_free_again_after_its_shipment_was_cancelled_or_is_gone(
    carrier: InMemoryCarrier, if_exists: IfExists, *, is_gone: bool
) -> None:
    first = create(carrier)
    if is_gone:
        del carrier.shipments.shipments[first.id]
    else:
        carrier.has(replace(first, status=Status.CANCELLED))

    second = carrier.use(CreateShipment)(WANTED, actor=SHIPPER, if_exists=if_exists)

    assert (second.outcome, second.shipment.id != first.id) == (Outcome.CREATED, True)
    with pytest.raises(ReferenceTaken) as refused:
        create(carrier)
    assert refused.value.data == {"shipment_id": second.shipment.id}


def test_a_newer_order_replaces_what_nobody_has_scanned_or_planned(
    carrier: InMemoryCarrier,
) -> None:
    first = create(carrier)
    newer = replace(WANTED, recipient=make_recipient(name="Eino"), window=None)

    updated = update(carrier, newer)

    assert updated.outcome is Outcome.UPDATED
    assert carrier.shipments.get(first.id) == updated.shipment
    assert (updated.shipment.recipient.name, updated.shipment.window) == ("Eino", None)
    _, (_, event) = carrier.shipments.with_history(first.id, newest=100)
    assert (event.type, event.data["changed"]) == (EventType.UPDATED, ["recipient", "window"])


def test_the_same_order_again_changes_nothing_wherever_the_shipment_is(
    carrier: InMemoryCarrier,
) -> None:
    planned = replace(create(carrier), assignment=make_assignment())
    carrier.has(planned)

    same = update(carrier, WANTED)

    assert same == Created(planned, outcome=Outcome.UNCHANGED)
    assert carrier.shipments.get(planned.id) == planned


@pytest.mark.parametrize(
    "state", [{"status": Status.ACCEPTED}, {"assignment": make_assignment()}], ids=str
)
def test_what_is_scanned_or_planned_is_not_replaced(
    carrier: InMemoryCarrier, state: dict[str, Any]
) -> None:
    planned = replace(create(carrier), **state)
    carrier.has(planned)

    with pytest.raises(AlreadyUnderWay):
        update(carrier, replace(WANTED, window=None))

    assert carrier.shipments.get(planned.id) == planned


def test_an_update_that_loses_a_race_sees_what_the_other_wrote(carrier: InMemoryCarrier) -> None:
    first = create(carrier)

    def planned_meanwhile() -> None:
        carrier.has(replace(first, version=2, assignment=make_assignment()))

    carrier.journal.before = [planned_meanwhile]

    with pytest.raises(AlreadyUnderWay):
        update(carrier, replace(WANTED, window=None))


@pytest.mark.parametrize(
    ("asked", "pointer", "words"),
    [
        ({"window": make_range(NOON - minutes(60))}, "/window", "2026-11-23 13:30"),
        ({"window": make_range(NOON, timedelta(hours=25))}, "/window", "at most a day"),
        ({"window": None, "service_day": date(2026, 11, 22)}, "/service_day", "is over"),
    ],
    ids=str,
)
def test_a_time_that_cannot_be_met_is_refused_in_a_sentence(
    carrier: InMemoryCarrier, asked: dict[str, Any], pointer: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        carrier.use(CreateShipment)(replace(WANTED, **asked), actor=SHIPPER)

    errors: Any = refused.value.data["errors"]
    (error,) = errors
    assert (error["pointer"], words in error["detail"]) == (pointer, True)
    assert carrier.shipments.shipments == {}


def test_the_memory_of_the_request_commits_with_the_shipment(carrier: InMemoryCarrier) -> None:
    create(carrier, remembering(carrier))

    assert len(carrier.journal.tried) == 1
    earlier = carrier.use(Repeats).earlier(KEY)
    assert earlier is not None
    assert earlier.answer == ToldAnswer(201, {}, WANTED.reference)


def test_a_request_that_is_remembered_makes_no_second_shipment(carrier: InMemoryCarrier) -> None:
    first = create(carrier, remembering(carrier))

    with pytest.raises(ReferenceTaken):
        create(carrier, remembering(carrier))

    assert list(carrier.shipments.shipments) == [first.id]


def test_a_lost_race_is_run_again(carrier: InMemoryCarrier) -> None:
    carrier.journal.before = [lost_race] * (ATTEMPTS - 1)

    shipment = create(carrier)

    assert list(carrier.shipments.shipments) == [shipment.id]


def test_a_race_that_is_lost_each_time_is_unavailable(carrier: InMemoryCarrier) -> None:
    carrier.journal.before = [lost_race] * ATTEMPTS

    with pytest.raises(Unavailable) as refused:
        create(carrier, remembering(carrier))

    assert isinstance(refused.value.__cause__, ConcurrentUpdate)
    assert len(carrier.journal.tried) == ATTEMPTS
    assert carrier.shipments.shipments == {}
    assert carrier.requests.memory == {}
