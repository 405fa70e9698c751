from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.attention.waiting import PROOF_PATIENCE, Waiting, Waits, waits
from chalicelib.domain.shipments.addresses import Placement
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import (
    NOON,
    make_address,
    make_assignment,
    make_attempt,
    make_owed_proof,
    make_range,
    make_rating,
    make_shipment,
    make_travelling,
    minutes,
)

TWO = (Parcel("A"), Parcel("B"))
FAILED = make_attempt(Status.ATTEMPT_FAILED, occurred_at=NOON + minutes(3))
DELIVERED = make_attempt(occurred_at=NOON + minutes(5))
OWED = make_owed_proof()


def delivered(**changes: Any) -> Shipment:
    default: dict[str, Any] = {"status": Status.DELIVERED, "last_attempt": DELIVERED}
    return make_travelling(**default | changes)


@pytest.mark.parametrize("status", [Status.CREATED, Status.ACCEPTED])
def test_a_shipment_without_a_route_is_looked_at_when_it_is_wanted(status: Status) -> None:
    window = make_range(NOON + timedelta(days=2))
    shipment = make_shipment(status=status)

    assert waits(shipment) == Waits(Waiting.UNASSIGNED, shipment.created_at)
    assert waits(replace(shipment, window=window)) == Waits(Waiting.UNASSIGNED, window.earliest)
    assert waits(replace(shipment, assignment=make_assignment())) is None


def test_a_day_that_was_asked_for_begins_at_the_address() -> None:
    shipment = make_shipment(service_day=date(2026, 11, 25))

    assert waits(shipment) == Waits(Waiting.UNASSIGNED, datetime(2026, 11, 24, 22, tzinfo=UTC))


def test_an_address_that_was_found_only_roughly_is_placed_first() -> None:
    shipment = make_shipment(address=make_address(placement=Placement.ROUGH))

    assert waits(shipment) == Waits(Waiting.NEEDS_PLACING, shipment.created_at)


@pytest.mark.parametrize(
    "status", [Status.LOADED, Status.OUT_FOR_DELIVERY, Status.ARRIVING, Status.ARRIVED]
)
def test_what_is_on_a_van_waits_for_nobody(status: Status) -> None:
    assert waits(make_travelling(status=status)) is None


def test_a_failed_attempt_waits_since_the_visit() -> None:
    shipment = make_travelling(status=Status.ATTEMPT_FAILED, last_attempt=FAILED)

    assert waits(shipment) == Waits(Waiting.ATTEMPT_FAILED, FAILED.occurred_at)


def test_a_delivery_waits_only_for_parcels_that_were_left() -> None:
    part = delivered(parcels=TWO, handed_over=frozenset({"A"}))
    aboard = replace(part, scanned_barcodes=frozenset({"B"}))

    assert waits(delivered()) is None
    assert waits(part) == Waits(Waiting.PARCELS_LEFT, DELIVERED.occurred_at)
    assert waits(aboard) is None, "the other one is still on the van"


def test_a_photo_is_missed_an_hour_after_its_delivery() -> None:
    attempt = replace(DELIVERED, proofs=(make_owed_proof(),))
    assert attempt.owed_proof_ids

    assert waits(delivered(last_attempt=attempt)) == Waits(
        Waiting.MISSING_PROOF, DELIVERED.occurred_at + PROOF_PATIENCE
    )


@pytest.mark.parametrize("status", [Status.RETURNED, Status.CANCELLED])
def test_what_is_over_waits_for_nobody(status: Status) -> None:
    assert waits(make_shipment(status=status)) is None


def test_what_goes_back_waits_to_be_handed_over() -> None:
    shipment = make_shipment(status=Status.RETURNING)

    assert waits(shipment) == Waits(Waiting.RETURNING, shipment.updated_at)


def test_a_low_rating_waits_until_somebody_has_dealt_with_it() -> None:
    low = make_rating(2)
    shipment = delivered(rating=low)

    assert waits(shipment) == Waits(Waiting.LOW_RATING, low.changed_at)
    assert waits(replace(shipment, rating=low.closed(NOON))) is None
    assert waits(replace(shipment, rating=make_rating(3))) is None


def test_what_holds_a_delivery_up_comes_before_what_its_recipient_says() -> None:
    """The office sees one concern of a shipment: no route is forgotten for a rating."""
    said: dict[str, Any] = {"rating": make_rating(1), "unanswered_since": NOON}
    failed = make_travelling(status=Status.ATTEMPT_FAILED, last_attempt=FAILED, **said)
    shipments = [
        failed,
        make_shipment(status=Status.ACCEPTED, **said),
        delivered(**said),
        delivered(rating=make_rating(1)),
        make_travelling(status=Status.RETURNING, last_attempt=FAILED, rating=make_rating(1)),
    ]

    assert [found.reason for each in shipments if (found := waits(each))] == [
        Waiting.ATTEMPT_FAILED,
        Waiting.UNASSIGNED,
        Waiting.UNANSWERED,
        Waiting.LOW_RATING,
        Waiting.LOW_RATING,
    ]
