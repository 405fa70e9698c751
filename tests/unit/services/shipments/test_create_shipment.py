import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import ConcurrentUpdate, Forbidden, Unavailable
from chalicelib.domain.journal.changes import Change
from chalicelib.domain.journal.requests import RequestKey, ToldAnswer
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.creation import Created
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.repeats import NO_MEMORY, Memory, Repeats
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.create_shipment import CreateShipment, NewShipment
from tests.support.builders import (
    NOON,
    make_actor,
    make_address,
    make_range,
    make_recipient,
    make_shipper,
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


def test_each_request_makes_a_shipment(carrier: InMemoryCarrier) -> None:
    assert create(carrier).id != create(carrier).id
    assert carrier.requests.memory == {}


def test_the_memory_of_the_request_commits_with_the_shipment(carrier: InMemoryCarrier) -> None:
    create(carrier, remembering(carrier))

    assert len(carrier.journal.tried) == 1
    earlier = carrier.use(Repeats).earlier(KEY)
    assert earlier is not None
    assert earlier.answer == ToldAnswer(201, {}, WANTED.reference)


def test_a_request_that_is_remembered_makes_no_second_shipment(carrier: InMemoryCarrier) -> None:
    first = create(carrier, remembering(carrier))

    with pytest.raises(Unavailable):
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
