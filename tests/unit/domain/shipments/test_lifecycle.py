import itertools
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import IllegalTransition
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import Step, append, may_take, take, transitions
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import FINISHED, Status
from tests.support.builders import NOON, make_actor, make_shipment, minutes
from tests.support.depth import times
from tests.support.strategies import shipments, walks

# Written from the lifecycle's picture, not from the code: step → (from, to, roles, event).
FIELD: Final = "driver dispatcher admin"
OFFICE: Final = "dispatcher admin"
VISITED: Final = "delivered attempt_failed"
CORRECTIONS: Final = {"correct_as_delivered", "correct_as_failed", "undo_at_hub", "undo_aboard"}
LIFECYCLE: Final = {
    "accept": ("created", "accepted", FIELD, "shipment.accepted"),
    "load": ("accepted", "loaded", FIELD, "shipment.loaded"),
    "depart": ("loaded", "out_for_delivery", FIELD, "shipment.out_for_delivery"),
    "approach": ("out_for_delivery", "arriving", "system", "shipment.arriving"),
    "arrive": ("out_for_delivery arriving", "arrived", f"{FIELD} system", "shipment.arrived"),
    "drive_on": ("arrived", "arriving", "system", "shipment.arrival_withdrawn"),
    "drive_off": ("arrived", "out_for_delivery", "system", "shipment.arrival_withdrawn"),
    "deliver": (
        "out_for_delivery arriving arrived attempt_failed",
        "delivered",
        FIELD,
        "shipment.delivered",
    ),
    "fail": (
        "out_for_delivery arriving arrived attempt_failed",
        "attempt_failed",
        FIELD,
        "shipment.attempt_failed",
    ),
    "take_off": (
        "out_for_delivery arriving arrived",
        "accepted",
        f"{OFFICE} recipient",
        "shipment.unassigned",
    ),
    "deliver_after_all": (
        "created accepted loaded out_for_delivery arriving arrived attempt_failed",
        "delivered",
        FIELD,
        "shipment.delivered",
    ),
    "retry": ("attempt_failed loaded", "accepted", f"{OFFICE} recipient", "shipment.accepted"),
    "return": ("attempt_failed", "returning", OFFICE, "shipment.returning"),
    "close_return": ("returning", "returned", OFFICE, "shipment.returned"),
    "cancel": (
        "created accepted loaded",
        "cancelled",
        f"{OFFICE} shipper",
        "shipment.cancelled",
    ),
    "unload": ("loaded attempt_failed", "accepted", FIELD, "shipment.accepted"),
    "correct_as_delivered": (VISITED, "delivered", OFFICE, "shipment.corrected"),
    "correct_as_failed": (VISITED, "attempt_failed", FIELD, "shipment.corrected"),
    "undo_at_hub": (VISITED, "accepted", OFFICE, "shipment.corrected"),
    "undo_aboard": (VISITED, "loaded", OFFICE, "shipment.corrected"),
}


def step_on(shipment: Shipment, step: Step, role: Role) -> tuple[Shipment, Event]:
    return take(
        shipment,
        step,
        actor=make_actor(role),
        event_id=EventId(f"evt_{shipment.seq + 1}"),
        occurred_at=NOON - minutes(1),
        now=NOON,
    )


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Step)
def test_exactly_the_documented_steps_are_possible(status: Status, step: Step) -> None:
    sources, target, roles, event_type = LIFECYCLE[step.value]
    shipment = make_shipment(status=status)

    for role in Role:
        is_documented = status.value in sources.split() and role.value in roles.split()
        assert may_take(shipment, step, make_actor(role)) == is_documented
        if is_documented:
            after, event = step_on(shipment, step, role)
            assert (after.status, event.type, event.data["status"]) == (target, event_type, target)
        else:
            with pytest.raises(IllegalTransition) as refusal:
                step_on(shipment, step, role)
            assert refusal.value.data["current"] is status


IN_PARTS: Final = {
    "accepted": {"load", "depart", "cancel", "deliver_after_all"},
    "delivered": {"depart", "deliver", "fail", "retry", "return", "unload"} | CORRECTIONS,
    "attempt_failed": {
        *("depart", "deliver", "deliver_after_all", "fail", "retry", "return", "unload"),
        *CORRECTIONS,
    },
}


@pytest.mark.parametrize("status", IN_PARTS)
def test_a_shipment_of_which_a_part_is_aboard_goes_on(status: str) -> None:
    """Of three parcels one was handed over, one is aboard and one is at the hub."""
    shipment = make_shipment(
        status=Status(status),
        parcels=(Parcel("A"), Parcel("B"), Parcel("C")),
        handed_over=frozenset({"A"}),
        scanned_barcodes=frozenset({"A", "B"}),
        failed_barcodes=frozenset({"C"}),  # its attempt, some other day
    )

    possible = {step for step in Step if may_take(shipment, step, make_actor(Role.DISPATCHER))}

    assert possible == IN_PARTS[status]


def test_the_documented_table_is_the_whole_table() -> None:
    assert {step.value for step in transitions()} == set(LIFECYCLE) == set(Step)


@settings(max_examples=times(quick=20, deep=2_000))
@given(shipments(), walks())
def test_any_walk_leaves_a_history_without_gaps(
    start: Shipment, walk: list[tuple[Step, Role]]
) -> None:
    shipment, history = start, []
    for step, role in walk:
        before = shipment
        try:
            shipment, event = step_on(shipment, step, role)
        except IllegalTransition:
            assert shipment is before
        else:
            history.append(event)

    assert [event.seq for event in history] == list(
        range(start.seq + 1, start.seq + 1 + len(history))
    )
    assert shipment.version == start.version + len(history)
    assert shipment.seq == start.seq + len(history)
    assert {event.shipment_id for event in history} <= {start.id}
    if history:
        assert history[-1].data["status"] == shipment.status


@pytest.mark.parametrize("status", FINISHED)
def test_a_finished_shipment_stays_finished_but_for_corrections(status: Status) -> None:
    for step, role in itertools.product(Step, Role):
        if status is Status.DELIVERED and step in CORRECTIONS:
            continue
        with pytest.raises(IllegalTransition):
            step_on(make_shipment(status=status), step, role)


@pytest.mark.parametrize("status", Status)
def test_every_status_can_be_reached(status: Status) -> None:
    reached = {Status.CREATED}
    while more := {row.target for row in transitions().values() if row.sources & reached} - reached:
        reached |= more

    assert status in reached


def test_a_step_changes_nothing_but_status_and_bookkeeping() -> None:
    shipment = make_shipment(status=Status.LOADED, version=3, seq=3)

    after, event = step_on(shipment, Step.DEPART, Role.DRIVER)

    assert after == replace(
        shipment, status=Status.OUT_FOR_DELIVERY, version=4, seq=4, updated_at=NOON
    )
    assert (event.occurred_at, event.recorded_at) == (NOON - minutes(1), NOON)
    assert (event.actor_role, event.actor_id) == (Role.DRIVER, "driver_1")
    assert event.shipper_id == shipment.shipper_id


def test_the_event_of_a_step_carries_its_data() -> None:
    _, event = take(
        make_shipment(status=Status.ARRIVED),
        Step.FAIL,
        actor=make_actor(),
        event_id=EventId("evt_9"),
        occurred_at=NOON,
        now=NOON,
        data={"reason": "not_home"},
    )

    assert event.data == {"status": "attempt_failed", "reason": "not_home"}


def test_an_event_may_leave_the_status_as_it_is() -> None:
    shipment = make_shipment(status=Status.ARRIVING, version=5, seq=7)

    after, event = append(
        shipment,
        EventType.DELAYED,
        actor=make_actor(Role.SYSTEM),
        event_id=EventId("evt_8"),
        occurred_at=NOON,
        now=NOON,
    )

    assert after == replace(shipment, version=6, seq=8, updated_at=NOON)
    assert (event.seq, event.type, event.data) == (8, EventType.DELAYED, {"status": "arriving"})


def test_a_shipment_is_loaded_when_its_last_parcel_is() -> None:
    shipment = make_shipment(parcels=(Parcel("A"), Parcel("B")))

    assert not shipment.is_fully_scanned
    assert not replace(shipment, scanned_barcodes=frozenset({"A", "C"})).is_fully_scanned
    assert replace(shipment, scanned_barcodes=frozenset({"A", "B"})).is_fully_scanned


def test_what_was_tried_can_be_returned_from_the_hub_what_was_not_is_cancelled() -> None:
    dispatcher = make_actor(Role.DISPATCHER)
    new = make_shipment(status=Status.ACCEPTED)

    assert not may_take(new, Step.RETURN, dispatcher)
    assert may_take(replace(new, attempts=1), Step.RETURN, dispatcher)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", [Step.RETRY, Step.RETURN, Step.CLOSE_RETURN, Step.CANCEL])
def test_the_office_is_told_in_a_sentence_why_not(status: Status, step: Step) -> None:
    if may_take(make_shipment(status=status), step, make_actor(Role.ADMIN)):
        return
    with pytest.raises(IllegalTransition, match=r"^The shipment [a-z ]+\. .+\.$"):
        step_on(make_shipment(status=status), step, Role.ADMIN)
