from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import (
    ConcurrentUpdate,
    Forbidden,
    IdempotencyKeyReused,
    Unavailable,
)
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.journal.requests import RequestKey
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.create_shipment import (
    Created,
    CreateShipment,
    NewShipment,
)
from tests.support.builders import (
    NOON,
    make_actor,
    make_address,
    make_range,
    make_recipient,
    make_shipper,
    seconds,
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
KEY = RequestKey("key-1", "fingerprint-1")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


def create(
    carrier: InMemoryCarrier, wanted: NewShipment = WANTED, key: RequestKey | None = KEY
) -> Created:
    return carrier.use(CreateShipment)(wanted, actor=SHIPPER, key=key)


def test_a_shipment_is_kept_as_it_was_ordered(carrier: InMemoryCarrier) -> None:
    created = create(carrier)

    shipment = created.shipment
    assert not created.is_replay
    assert carrier.shipments.get(shipment.id) == shipment
    for name in (*NewShipment.__slots__,):
        assert getattr(shipment, name) == getattr(WANTED, name)
    assert shipment.shipper_id == make_shipper().id
    assert (shipment.status, shipment.version, shipment.seq) == (Status.CREATED, 1, 1)
    assert (shipment.created_at, shipment.updated_at) == (NOON, NOON)


def test_its_history_begins_with_its_creation(carrier: InMemoryCarrier) -> None:
    shipment = create(carrier).shipment

    _, (event,) = carrier.shipments.with_history(shipment.id, newest=100)
    assert (event.type, event.seq) == (EventType.CREATED, 1)
    assert (event.occurred_at, event.recorded_at) == (NOON, NOON)
    assert (event.actor_role, event.actor_id) == (Role.SHIPPER, SHIPPER.id)
    assert event.shipper_id == SHIPPER.shipper_id


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER, Role.DRIVER])
def test_nobody_but_a_shipper_creates_shipments(carrier: InMemoryCarrier, role: Role) -> None:
    with pytest.raises(Forbidden):
        carrier.use(CreateShipment)(WANTED, actor=make_actor(role), key=None)

    assert carrier.shipments.shipments == {}


def test_the_same_request_again_is_told_what_the_first_has_made(carrier: InMemoryCarrier) -> None:
    first = create(carrier)
    carrier.clock.go_on(seconds(30))

    again = create(carrier)

    assert again == Created(first.shipment, is_replay=True)
    assert len(carrier.shipments.shipments) == 1


def test_a_repeat_shows_the_shipment_as_it_is_by_now(carrier: InMemoryCarrier) -> None:
    first = create(carrier).shipment
    carrier.has(replace(first, status=Status.ACCEPTED, version=2, seq=2))

    assert create(carrier).shipment.status is Status.ACCEPTED


def test_without_a_key_each_request_makes_a_shipment(carrier: InMemoryCarrier) -> None:
    first, second = create(carrier, key=None), create(carrier, key=None)

    assert not second.is_replay
    assert first.shipment.id != second.shipment.id
    assert carrier.requests.memory == {}


def test_another_key_makes_another_shipment(carrier: InMemoryCarrier) -> None:
    create(carrier)

    other = create(carrier, key=replace(KEY, key="key-2"))

    assert not other.is_replay
    assert len(carrier.shipments.shipments) == 2


def test_the_same_key_with_another_body_is_refused(carrier: InMemoryCarrier) -> None:
    create(carrier)

    with pytest.raises(IdempotencyKeyReused) as refused:
        create(carrier, key=replace(KEY, fingerprint="fingerprint-2"))

    assert refused.value.data == {
        "errors": [{"pointer": "", "code": "idempotency_key_reused", "detail": ""}]
    }
    assert len(carrier.shipments.shipments) == 1


def test_two_shippers_may_use_the_same_key(carrier: InMemoryCarrier) -> None:
    create(carrier)
    other = make_actor(Role.SHIPPER, shipper_id=ShipperId("shr_2"))

    created = carrier.use(CreateShipment)(WANTED, actor=other, key=KEY)

    assert not created.is_replay
    assert created.shipment.shipper_id == "shr_2"


def test_a_key_is_remembered_for_24_hours(carrier: InMemoryCarrier) -> None:
    create(carrier)

    carrier.clock.at = NOON + timedelta(hours=24)
    assert create(carrier).is_replay

    carrier.clock.at = NOON + timedelta(hours=24, seconds=1)
    assert not create(carrier).is_replay


def test_the_key_itself_is_not_kept(carrier: InMemoryCarrier) -> None:
    create(carrier)

    assert len(carrier.requests.memory) == 1
    assert KEY.key not in str(carrier.requests.memory)


def test_of_two_requests_at_once_the_later_finds_what_the_other_made(
    carrier: InMemoryCarrier,
) -> None:
    rivals: list[Created] = []
    carrier.journal.before = [lambda: rivals.append(create(carrier))]

    created = create(carrier)

    assert created == Created(rivals[0].shipment, is_replay=True)
    assert len(carrier.shipments.shipments) == 1


@pytest.mark.parametrize("key", [KEY, None], ids=["with a key", "without"])
def test_a_lost_race_is_run_again(carrier: InMemoryCarrier, key: RequestKey | None) -> None:
    carrier.journal.before = [lost_race] * (ATTEMPTS - 1)

    created = create(carrier, key=key)

    assert not created.is_replay
    assert list(carrier.shipments.shipments) == [created.shipment.id]


def test_a_race_that_is_lost_each_time_is_unavailable(carrier: InMemoryCarrier) -> None:
    carrier.journal.before = [lost_race] * ATTEMPTS

    with pytest.raises(Unavailable) as refused:
        create(carrier)

    assert isinstance(refused.value.__cause__, ConcurrentUpdate)
    assert len(carrier.journal.tried) == ATTEMPTS
    assert carrier.shipments.shipments == {}
    assert carrier.requests.memory == {}
