from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import (
    AlreadyUnderWay,
    ConcurrentUpdate,
    Forbidden,
    Invalid,
    NotRough,
    ReferenceTaken,
    Unavailable,
)
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import HubId
from chalicelib.domain.journal.changes import Change
from chalicelib.domain.journal.requests import RequestKey, ToldAnswer
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.proofs import ProofRequirements, Requirement
from chalicelib.domain.shipments.addresses import Placement
from chalicelib.domain.shipments.creation import Created, Outcome
from chalicelib.domain.shipments.delivery_days import WantedWindow
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.orders import IfExists, Order
from chalicelib.domain.shipments.placing import FoundPlace, Precision
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.repeats import NO_MEMORY, Memory, Repeats
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.create_shipment import CreateShipment
from chalicelib.services.shipments.place_shipment import PlaceShipment
from tests.support.builders import (
    HELSINKI,
    HUB_PLACE,
    NOON,
    make_actor,
    make_address,
    make_assignment,
    make_hub,
    make_range,
    make_recipient,
    make_shipper,
    minutes,
    wanted_address,
    wanted_window,
)
from tests.support.fakes.contested import lost_race
from tests.support.in_memory import InMemoryCarrier

SHIPPER = make_actor(Role.SHIPPER)
WANTED = Order(
    reference="ORDER-1",
    recipient=make_recipient(),
    address=wanted_address(coordinates=HELSINKI, time_zone="Europe/Helsinki"),
    parcels=(Parcel("BARCODE-1"), Parcel("BARCODE-2")),
    window=wanted_window(make_range()),
    service_time_s=240.0,
    proof_requirements=ProofRequirements(photo=Requirement.REQUIRED),
)
DOOR = FoundPlace(
    coordinates=HELSINKI,
    precision=Precision.DOOR,
    label="Mannerheimintie 12",
    source="the map",
    country="FI",
    postal_code="00100",
    house_number="12",
)
KEY = RequestKey("request#1", "fingerprint-1")


@pytest.fixture
def carrier() -> InMemoryCarrier:
    return InMemoryCarrier()


def without_place(*lines: str, **changes: Any) -> Order:
    """The order without coordinates and zone."""
    bare = replace(WANTED.address, coordinates=None, time_zone=None)
    return replace(WANTED, address=replace(bare, lines=lines or bare.lines), **changes)


def create(carrier: InMemoryCarrier, memory: Memory = NO_MEMORY) -> Shipment:
    return carrier.use(CreateShipment)(WANTED, actor=SHIPPER, memory=memory).shipment


def update(carrier: InMemoryCarrier, wanted: Order) -> Created:
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
    for name in {*Order.__slots__} - {"address", "window"}:
        assert getattr(shipment, name) == getattr(WANTED, name)
    assert (shipment.address, shipment.window) == (make_address(), make_range())
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


def test_of_two_orders_at_once_with_one_reference_one_is_refused(
    carrier: InMemoryCarrier,
) -> None:
    rivals: list[Shipment] = []

    def rival() -> None:
        carrier.journal.before = []
        rivals.append(create(carrier))

    carrier.journal.before = [rival]

    with pytest.raises(ReferenceTaken) as refused:
        create(carrier)

    assert refused.value.data == {"shipment_id": rivals[0].id}
    assert list(carrier.shipments.shipments) == [rivals[0].id]


def test_an_update_that_finds_nothing_and_then_a_rival_updates_what_that_made(
    carrier: InMemoryCarrier,
) -> None:
    def rival() -> None:
        carrier.journal.before = []
        create(carrier)

    carrier.journal.before = [rival]

    done = update(carrier, replace(WANTED, window=None))

    assert done.outcome is Outcome.UPDATED
    assert list(carrier.shipments.shipments) == [done.shipment.id]


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
        (
            {"window": wanted_window(make_range(NOON - minutes(60)))},
            "/window",
            "2026-11-23 13:30",
        ),
        (
            {"window": wanted_window(make_range(NOON, timedelta(hours=25)))},
            "/window",
            "at most a day",
        ),
        (
            {"window": wanted_window(make_range()), "service_day": date(2026, 11, 24)},
            "/service_day",
            "another day",
        ),
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


def refusal(carrier: InMemoryCarrier, order: Order) -> tuple[str, str, str]:
    """Code, pointer and sentence of the one thing that is wrong; nothing was written."""
    with pytest.raises(Invalid) as refused:
        carrier.use(CreateShipment)(order, actor=SHIPPER)
    assert carrier.shipments.shipments == {}
    errors: Any = refused.value.data["errors"]
    return errors[0]["code"], errors[0]["pointer"], errors[0]["detail"]


def test_an_address_without_a_place_is_searched_for_and_its_place_is_told(
    carrier: InMemoryCarrier,
) -> None:
    carrier.geocoder.places["Mannerheimintie 12"] = DOOR

    created = carrier.use(CreateShipment)(without_place(), actor=SHIPPER)

    assert created.shipment.address == make_address(placement=Placement.FOUND)
    assert not created.shipment.needs_placing
    (warning,) = created.warnings
    assert warning.pointer == "/address"
    assert "60.1699, 24.9384: Mannerheimintie 12 (the map)" in warning.detail


def test_local_times_without_a_zone_are_meant_where_the_place_is(carrier: InMemoryCarrier) -> None:
    carrier.geocoder.places["Mannerheimintie 12"] = DOOR
    noon = datetime(2026, 11, 24, 12)  # noqa: DTZ001 - local time at the address
    window = WantedWindow(noon, noon + timedelta(hours=2), ("start", "end"))

    created = carrier.use(CreateShipment)(without_place(window=window), actor=SHIPPER)

    ten = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert created.shipment.window == make_range(ten, timedelta(hours=2))


@pytest.mark.parametrize(
    ("found", "code", "words"),
    [
        (None, "place_unknown", "does not find this address"),
        (replace(DOOR, country="SE"), "place_unknown", "does not find this address"),
        (replace(DOOR, house_number="21"), "place_unsure", "a house that may be another"),
        (replace(DOOR, postal_code="00510"), "place_unsure", "a house that may be another"),
        (replace(DOOR, precision=Precision.STREET), "place_unsure", "only its street"),
        (replace(DOOR, precision=Precision.AREA), "place_unsure", "only its town"),
    ],
    ids=str,
)
def test_a_place_that_is_not_surely_the_door_is_refused(
    carrier: InMemoryCarrier, found: FoundPlace | None, code: str, words: str
) -> None:
    carrier.geocoder.places = {} if found is None else {"Mannerheimintie 12": found}

    told, pointer, detail = refusal(carrier, without_place())

    assert (told, pointer, words in detail) == (code, "/address", True)


def test_where_the_operator_allows_it_a_rough_place_waits_for_a_dispatcher(
    carrier: InMemoryCarrier,
) -> None:
    carrier.policy = Policy(takes_rough_places=True)
    carrier.geocoder.places["Mannerheimintie 12"] = replace(DOOR, precision=Precision.STREET)

    created = carrier.use(CreateShipment)(without_place(), actor=SHIPPER)

    assert created.shipment.needs_placing
    assert "a dispatcher will place it" in created.warnings[0].detail
    with pytest.raises(Invalid):
        carrier.use(CreateShipment)(without_place("Unknown 5", reference="2"), actor=SHIPPER)

    placed = carrier.use(PlaceShipment)(
        created.shipment.id, HUB_PLACE, actor=make_actor(Role.DISPATCHER)
    )

    assert carrier.shipments.get(created.shipment.id) == placed
    assert (placed.needs_placing, placed.address.coordinates) == (False, HUB_PLACE)
    _, (_, event) = carrier.shipments.with_history(placed.id, newest=9)
    assert (event.type, event.data["changed"]) == (EventType.UPDATED, ["address"])
    with pytest.raises(NotRough):
        carrier.use(PlaceShipment)(placed.id, HELSINKI, actor=make_actor(Role.DISPATCHER))


def test_without_an_address_search_the_place_is_asked_for(carrier: InMemoryCarrier) -> None:
    carrier.geocoder.is_there = False

    code, pointer, _ = refusal(carrier, without_place())

    assert (code, pointer) == ("missing", "/address/lat_deg")
    assert carrier.geocoder.asked == []


def test_a_search_that_fails_is_unavailable_and_writes_nothing(carrier: InMemoryCarrier) -> None:
    carrier.geocoder.faults = [Unavailable(dependency="address search")]

    with pytest.raises(Unavailable):
        carrier.use(CreateShipment)(without_place(), actor=SHIPPER)

    assert carrier.shipments.shipments == {}


def test_a_place_at_sea_needs_its_zone_from_the_shipper(carrier: InMemoryCarrier) -> None:
    carrier.time_zones.zone = None
    address = replace(WANTED.address, time_zone=None)

    code, pointer, _ = refusal(carrier, replace(WANTED, address=address))

    assert (code, pointer) == ("missing", "/address/time_zone")


def test_an_update_keeps_the_place_of_an_address_that_is_the_same(
    carrier: InMemoryCarrier,
) -> None:
    carrier.geocoder.places["Mannerheimintie 12"] = DOOR
    carrier.use(CreateShipment)(without_place(), actor=SHIPPER)

    same, updated = update(carrier, without_place()), update(carrier, without_place(window=None))

    assert (same.outcome, updated.outcome) == (Outcome.UNCHANGED, Outcome.UPDATED)
    assert len(carrier.geocoder.asked) == 1


def test_a_place_that_no_van_can_serve_from_any_hub_is_refused(carrier: InMemoryCarrier) -> None:
    berlin = replace(WANTED.address, coordinates=Coordinates(52.5, 13.4))
    order = replace(WANTED, address=berlin)
    carrier.hubs.put(make_hub())

    code, pointer, detail = refusal(carrier, order)

    assert (code, pointer) == ("out_of_reach", "/address")
    assert "1,1" in detail
    assert "700 km a day" in detail
    carrier.hubs.put(make_hub(id=HubId("hub_2"), coordinates=Coordinates(53.5, 10.0)))
    created = carrier.use(CreateShipment)(order, actor=SHIPPER)
    assert carrier.shipments.get(created.shipment.id) == created.shipment
