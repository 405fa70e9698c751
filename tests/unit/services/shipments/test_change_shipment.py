from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry
from chalicelib.domain.errors import (
    Invalid,
    NotFound,
    OnRoute,
    Outdated,
    StillOnTheRoad,
    TooLateToChange,
    Unavailable,
)
from chalicelib.domain.ids import RouteId, ShipmentId, ShipperId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import ManifestChange
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.amendments import Detail, changed_details
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.versions import Expected
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.shipments.change_shipment import ChangeShipment
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_actor,
    make_assignment,
    make_range,
    make_route,
    make_shipment,
    north_of,
)
from tests.support.fakes.contested import lost_race
from tests.support.in_memory import InMemoryCarrier

ONE = ShipmentId("shp_0001")
ROUTE = RouteId("rte_1")
Change = Callable[[Shipment], Shipment]
TOMORROW = make_range(NOON + timedelta(days=1), timedelta(hours=2))
AT_DOOR = {*ON_THE_WAY}
BEFORE_IT_LEAVES = {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.ATTEMPT_FAILED}


def address(**changes: Any) -> Change:
    return lambda s: replace(s, address=replace(s.address, **changes))


def recipient(**changes: Any) -> Change:
    return lambda s: replace(s, recipient=replace(s.recipient, **changes))


def window(wanted: Range | None = TOMORROW) -> Change:
    return lambda s: replace(s, window=wanted)


CHANGES: dict[Detail, Change] = {
    Detail.INSTRUCTIONS: address(instructions="The door is at the back"),
    Detail.RECIPIENT: recipient(phone="+358407654321"),
    Detail.SERVICE_TIME: lambda s: replace(s, service_time_s=600.0),
    Detail.WINDOW: window(),
    Detail.ADDRESS: address(lines=("Mannerheimintie 14",)),
    Detail.PLACE: address(coordinates=north_of(HELSINKI, 900.0)),
    Detail.METADATA: lambda s: replace(s, metadata={"source": "app"}),
}
EVENTS: dict[Detail, EventType] = {
    Detail.INSTRUCTIONS: EventType.INSTRUCTIONS_CHANGED,
    Detail.RECIPIENT: EventType.UPDATED,
    Detail.SERVICE_TIME: EventType.UPDATED,
    Detail.WINDOW: EventType.RESCHEDULED,
    Detail.ADDRESS: EventType.REDIRECTED,
    Detail.PLACE: EventType.REDIRECTED,
    Detail.METADATA: EventType.UPDATED,
}
UNTIL_IT_LEAVES = set(Detail) - {Detail.INSTRUCTIONS, Detail.RECIPIENT, Detail.METADATA}
OF_THE_PLAN = {Detail.SERVICE_TIME, Detail.WINDOW, Detail.PLACE}


def has(status: Status = Status.CREATED, **changes: Any) -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.has(make_shipment(1, status=status, **changes))
    return carrier


def on_route(route_status: RouteStatus, status: Status, **changes: Any) -> InMemoryCarrier:
    carrier = has(status, assignment=make_assignment(0), **changes)
    carrier.has(make_route(1, status=route_status))
    entry = ManifestEntry.of(carrier.shipment())
    manifest = Manifest(ROUTE, (entry,), NOON.replace(year=2027))
    carrier.journal.commit(ManifestChange(manifest, None))
    return carrier


def change(
    carrier: InMemoryCarrier,
    wanted: Change,
    *,
    read: int | None = 1,
    role: Role = Role.SHIPPER,
    **shipper: Any,
) -> Shipment:
    expected = Expected(None if read is None else frozenset({read}))
    actor = make_actor(role, **shipper)
    return carrier.use(ChangeShipment)(ONE, wanted, expected=expected, actor=actor)


@pytest.mark.parametrize("detail", Detail)
def test_each_detail_is_changed_and_told_by_its_event(detail: Detail) -> None:
    carrier = has()

    after = change(carrier, CHANGES[detail])

    assert changed_details(make_shipment(1), after) == (detail,)
    assert carrier.shipment() == after
    assert carrier.told() == [EVENTS[detail]]
    assert (after.version, after.seq, after.details_version) == (2, 2, 2)


def test_several_changes_at_once_have_one_event_of_each_type() -> None:
    carrier = has()

    def all_of_them(shipment: Shipment) -> Shipment:
        for each in CHANGES.values():
            shipment = each(shipment)
        return shipment

    after = change(carrier, all_of_them)

    assert sorted(carrier.told()) == sorted(set(EVENTS.values()))
    assert after.details_version == after.version == 5


def test_an_event_tells_names_and_times_and_no_personal_data() -> None:
    carrier = has(window=make_range())
    change(carrier, lambda s: CHANGES[Detail.RECIPIENT](window()(s)))

    facts = {event.type: event.data for event in carrier.news()}

    assert facts[EventType.UPDATED] == {"status": "created", "changed": ["recipient"]}
    told = {"status", "window", "previous_window", "service_day"}
    assert set(facts[EventType.RESCHEDULED]) == told
    assert "+358" not in repr(facts)


def test_a_window_can_be_taken_away() -> None:
    carrier = has(window=make_range())

    assert change(carrier, window(None)).window is None
    assert carrier.news()[0].data["window"] is None


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("detail", Detail)
def test_a_detail_can_be_changed_as_long_as_it_matters(detail: Detail, status: Status) -> None:
    carrier = has(status)
    allowed = BEFORE_IT_LEAVES | (set() if detail in UNTIL_IT_LEAVES else AT_DOOR)
    allowed |= set(Status) if detail is Detail.METADATA else set()

    if status in allowed:
        assert change(carrier, CHANGES[detail]).status is status
        return
    with pytest.raises(TooLateToChange, match=r"^The .* can be changed until .*\.$"):
        change(carrier, CHANGES[detail])
    assert carrier.told() == []


def test_what_is_left_after_a_delivery_in_part_can_be_changed() -> None:
    parcels = (Parcel("A"), Parcel("B"))
    carrier = has(Status.DELIVERED, parcels=parcels, handed_over=frozenset({"A"}))

    assert change(carrier, window()).window == TOMORROW


@pytest.mark.parametrize("detail", Detail)
def test_on_a_planned_route_what_plans_are_made_of_stays(detail: Detail) -> None:
    carrier = on_route(RouteStatus.PLANNED, Status.ACCEPTED)

    if detail in OF_THE_PLAN:
        with pytest.raises(OnRoute, match="off the route"):
            change(carrier, CHANGES[detail])
        assert carrier.told() == []
        return
    after = change(carrier, CHANGES[detail])

    assert carrier.told() == [EVENTS[detail]]
    manifest = carrier.routes.run_sheets.manifests[ROUTE]
    assert manifest is not None
    assert manifest.entries == (replace(ManifestEntry.of(after), status=Status.ACCEPTED),)


def test_instructions_reach_the_driver_on_the_road_and_an_address_does_not_change_there() -> None:
    carrier = on_route(RouteStatus.ACTIVE, Status.ATTEMPT_FAILED)

    change(carrier, CHANGES[Detail.INSTRUCTIONS])
    with pytest.raises(StillOnTheRoad):
        change(carrier, CHANGES[Detail.ADDRESS], read=2)

    manifest = carrier.routes.run_sheets.manifests[ROUTE]
    assert manifest is not None
    assert manifest.entries[0].instructions == "The door is at the back"


def test_after_the_route_another_window_and_address_can_be_agreed() -> None:
    carrier = on_route(RouteStatus.COMPLETED, Status.ATTEMPT_FAILED)

    after = change(carrier, lambda s: CHANGES[Detail.PLACE](window()(s)))

    assert after.window == TOMORROW
    assert carrier.routes.run_sheets.manifests[ROUTE].version == 1  # type: ignore[union-attr] # it is there


def test_a_claim_of_a_route_that_was_never_written_does_not_count() -> None:
    carrier = has(assignment=make_assignment(0))

    assert change(carrier, window()).assignment is None
    assert carrier.routes.run_sheets.manifests == {ROUTE: None}


def test_who_has_read_an_earlier_version_is_refused() -> None:
    carrier = has(version=4)

    with pytest.raises(Outdated):
        change(carrier, window(), read=3)
    assert change(carrier, window(), read=None).version == 5


def test_a_change_that_changes_nothing_is_not_written_so_a_repeat_is_harmless() -> None:
    carrier = has()
    after = change(carrier, window())

    assert change(carrier, window()) == after
    assert carrier.told() == [EventType.RESCHEDULED]


@pytest.mark.parametrize(
    "wanted",
    [Range(NOON - timedelta(hours=2), NOON), Range(NOON, NOON + timedelta(days=2))],
    ids=["over", "too long"],
)
def test_a_window_that_cannot_be_met_is_refused(wanted: Range) -> None:
    carrier = has()

    with pytest.raises(Invalid, match="window"):
        change(carrier, window(wanted))

    assert carrier.told() == []


def test_dispatchers_change_every_shippers_and_a_foreign_shipper_none() -> None:
    carrier = has()

    assert change(carrier, window(), role=Role.DISPATCHER).window == TOMORROW
    with pytest.raises(NotFound):
        change(carrier, window(None), read=None, shipper_id=ShipperId("shr_2"))


def test_a_shipment_of_the_first_format_gets_details_of_its_own() -> None:
    carrier = has(version=7, details_version=0)

    assert change(carrier, CHANGES[Detail.INSTRUCTIONS], read=7).details_version == 8


def test_when_others_are_faster_each_time_nothing_is_half_done() -> None:
    carrier = has()
    carrier.journal.before = (lost_race,) * ATTEMPTS

    with pytest.raises(Unavailable):
        change(carrier, window())

    assert carrier.told() == []
