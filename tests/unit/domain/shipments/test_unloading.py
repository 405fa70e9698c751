"""A parcel leaves its van: where it is then, and what its history says."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.custody import aboard, delivered, undecided
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.shipments.unloading import is_to_be_unloaded, unloaded
from tests.support.builders import NOON, make_actor, make_assignment, make_shipment

ABC = (Parcel("A"), Parcel("B"), Parcel("C"))


def on_van(status: Status, scanned: str = "ABC", **changes: Any) -> Shipment:
    return make_shipment(
        1,
        parcels=ABC,
        status=status,
        assignment=make_assignment(0),
        scanned_barcodes=frozenset(scanned),
        **changes,
    )


def unload(
    shipment: Shipment, barcode: str = "A", *, stays_planned: bool = False
) -> tuple[Shipment, tuple[Event, ...]]:
    return unloaded(
        shipment,
        barcode,
        stays_planned=stays_planned,
        actor=make_actor(Role.DRIVER),
        event_id=EventId("evt_9"),
        occurred_at=NOON,
        now=NOON,
    )


def test_with_its_last_parcel_a_failed_shipment_leaves_the_route_and_is_at_the_hub() -> None:
    shipment, counts = on_van(Status.ATTEMPT_FAILED), []
    for barcode in "ABC":
        shipment, (event,) = unload(shipment, barcode)
        counts.append(event.data)

    assert (shipment.status, shipment.assignment) == (Status.ACCEPTED, None)
    assert not aboard(shipment)
    assert [data["status"] for data in counts] == ["attempt_failed", "attempt_failed", "accepted"]
    assert counts[0]["parcels"] == {"total": 3, "aboard": 2, "delivered": 0, "later": 1}


def test_what_is_still_aboard_has_still_failed() -> None:
    after, (event,) = unload(on_van(Status.ATTEMPT_FAILED))

    assert (after.status, event.type) == (Status.ATTEMPT_FAILED, EventType.ACCEPTED)
    assert aboard(after) == frozenset("BC")
    assert not undecided(after)
    assert after.assignment is not None


def test_before_the_van_leaves_a_shipment_stays_planned_and_can_be_loaded_again() -> None:
    after, (event,) = unload(on_van(Status.LOADED), stays_planned=True)

    assert (after.status, aboard(after)) == (Status.ACCEPTED, frozenset("BC"))
    assert after.assignment == make_assignment(0)
    assert event.data["parcels"] == {"total": 3, "aboard": 2, "delivered": 0, "later": 1}
    last, events = unload(after, "B", stays_planned=True)
    assert (aboard(last), events, last.version) == (frozenset("C"), (), after.version + 1)


def test_of_a_delivery_in_part_the_rest_is_at_the_hub() -> None:
    part = on_van(
        Status.DELIVERED, handed_over=frozenset({"A", "B"}), failed_barcodes=frozenset({"C"})
    )

    after, _ = unload(part, "C")

    assert (after.status, delivered(after)) == (Status.ACCEPTED, frozenset("AB"))
    assert not aboard(after)


def test_a_cancelled_parcel_is_taken_off_without_a_word() -> None:
    cancelled = replace(on_van(Status.CANCELLED), assignment=None)

    after, events = unload(cancelled)

    assert (after.scanned_barcodes, events) == (frozenset("BC"), ())
    assert is_to_be_unloaded(cancelled, "A")
    assert not is_to_be_unloaded(after, "A")


@pytest.mark.parametrize("status", [Status.CREATED, Status.ACCEPTED, Status.RETURNING])
def test_what_is_at_the_hub_is_not_unloaded(status: Status) -> None:
    assert not is_to_be_unloaded(on_van(status, scanned=""), "A")
