"""A shipment and its two items: how large they are, and that nothing of it is left out."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Final

from chalicelib.adapters.dynamodb.shipments.mapping import details_item, shipment_item, shipment_of
from chalicelib.adapters.dynamodb.writing import new_token
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.proofs.proofs import kept_key
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from local.cloud.capacity import item_bytes
from tests.contract.shipments.golden_values import OFFICE, PREFERRING, REPORTED, SHIPMENTS, WISHED
from tests.support.builders import (
    NOON,
    make_attempt,
    make_owed_proof,
    make_proof,
    make_rating,
    make_shipment,
    make_travelling,
)
from tests.support.carrier import note

LARGE: Final = SHIPMENTS["shipment-delivered"]
SSCCS: Final = tuple(Parcel(f"0034012345000000{i:04d}") for i in range(3))


def delivered(**changes: object) -> Shipment:
    """A delivery as large as most: real ids, three parcels, one photo, a note of 60 characters."""
    assert LARGE.last_attempt is not None
    attempt = replace(LARGE.last_attempt, note="n" * 60, proofs=LARGE.last_attempt.proofs[:1])
    default: dict[str, object] = {
        "parcels": SSCCS,
        "scanned_barcodes": frozenset(parcel.barcode for parcel in SSCCS),
        "last_attempt": attempt,
        "version": 12,
        "details_version": 1,
        "seq": 9,
    }
    return replace(LARGE, **default | changes)  # type: ignore[arg-type]


def test_a_delivered_shipment_is_one_write_unit() -> None:
    item = shipment_item(delivered(), new_token()).serialize()

    note(f"SHIPMENT of a delivery: {item_bytes(item)} B")
    assert item_bytes(item) <= 1_024


def test_many_parcels_fit_too() -> None:
    parcels = tuple(Parcel(f"0034012345000000{i:04d}") for i in range(100))
    scanned = frozenset(parcel.barcode for parcel in parcels)
    shipment = delivered(parcels=parcels, scanned_barcodes=scanned)

    item = shipment_item(shipment, new_token())

    assert item_bytes(item.serialize()) <= 1_024
    assert shipment_of(item, details_item(shipment)) == shipment


def test_a_barcode_that_no_parcel_has_any_more_is_kept() -> None:
    shipment = delivered(scanned_barcodes=frozenset({SSCCS[2].barcode, "GONE"}))

    assert shipment_of(shipment_item(shipment, "t"), details_item(shipment)) == shipment


def test_a_file_that_lies_elsewhere_is_found_there() -> None:
    """As a photo that shows two shipments: it lies below the other's key."""
    own, owed = make_proof(), make_owed_proof(3)
    shared = make_proof(2, object_key=kept_key(ShipmentId("shp_0002"), make_proof(2).id))
    proofs = (own, shared, owed)
    attempt = replace(delivered().last_attempt, proofs=proofs)  # type: ignore[type-var]
    shipment = make_travelling(last_attempt=attempt)
    item = shipment_item(shipment, "t")

    assert shipment_of(item, details_item(shipment)) == shipment
    assert own.object_key.encode() not in item.state
    assert owed.object_key.encode() not in item.state
    assert shared.object_key.encode() in item.state


def test_details_of_another_version_do_not_belong() -> None:
    shipment = make_shipment(version=5, details_version=3)
    item = shipment_item(shipment, "t")

    assert shipment_of(item, details_item(shipment)) == shipment
    assert shipment_of(item, details_item(replace(shipment, details_version=2))) is None
    assert shipment_of(item, None) is None


def test_no_field_is_forgotten() -> None:
    """Each differs from its default here, and comes back."""
    shipment = replace(
        delivered(),
        service_time_s=90.0,
        link_generation=2,
        share_generation=2,
        is_delayed=True,
        proof_requirements=SHIPMENTS["shipment-created-full"].proof_requirements,
        updated_at=LARGE.updated_at + timedelta(hours=1),
        handed_over=frozenset({SSCCS[0].barcode}),
        failed_barcodes=frozenset({SSCCS[1].barcode, "GONE"}),
        scan_marks=frozenset({"abc", "abd+"}),
        service_day=date(2026, 12, 8),
        metadata={"order_source": "Web"},
        earlier_attempts=(make_attempt(barcodes=(SSCCS[1].barcode,)), make_attempt(note="x")),
        corrections=OFFICE["shipment-corrected"].corrections,
        closing_reason="Ordered twice",
        messages=3,
        unanswered_since=make_shipment().created_at,
        rating=make_rating(closed_at=NOON),
        wishes=WISHED["shipment-wished"].wishes,
        report=REPORTED["shipment-reported"].report,
        forgotten_at=NOON,
        preferences=PREFERRING["shipment-preferring"].preferences,
    )
    plain = make_shipment()

    same = [f.name for f in fields(Shipment) if getattr(shipment, f.name) == getattr(plain, f.name)]

    assert set(same) <= {"recipient", "address", "created_at", "details_version"}
    assert shipment_of(shipment_item(shipment, "t"), details_item(shipment)) == shipment
