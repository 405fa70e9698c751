"""The shipments, events and uploads that lie in `tests/golden`, as values.

A value here never changes: its stored form was written by a release, and must be read for ever.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from chalicelib.domain.actors import Role
from chalicelib.domain.ids import (
    DriverId,
    EventId,
    MessageId,
    ProofId,
    RouteId,
    ShipmentId,
    ShipperId,
    StopId,
)
from chalicelib.domain.preferences.preferences import Preferences, Subject, Way
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import (
    Flaw,
    Proof,
    ProofRequirements,
    Requirement,
    object_key,
)
from chalicelib.domain.ratings.ratings import Rating, RatingReason, Verdict
from chalicelib.domain.reports.reports import Report, ReportReason
from chalicelib.domain.shipments.addresses import Placement, Recipient
from chalicelib.domain.shipments.events import Event, EventType, eta_data, range_data
from chalicelib.domain.shipments.shipments import (
    Assignment,
    Companion,
    Correction,
    Parcel,
    Shipment,
)
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.wishes.wishes import Access, Neighbour, Part, SafePlace, Spot, Wishes
from tests.support.builders import (
    NOON,
    make_address,
    make_assignment,
    make_attempt,
    make_eta,
    make_event,
    make_owed_proof,
    make_proof,
    make_range,
    make_recipient,
    make_shipment,
    make_travelling,
    minutes,
)

LATER: Final = NOON + minutes(95)
PARCELS: Final = (Parcel("00340123450000000017", "Box"), Parcel("00340123450000000024"))
DELIVERED_ID: Final = ShipmentId("shp_01JDCR6ZK4M3T8Y0QW7B5XN2VE")
PROOF_ID: Final = ProofId("prf_01JDCR7A9E6H2D4F8G0J1K3M5N")


def _early_proof(number: int = 1, **changes: Any) -> Proof:
    """A proof from before there were inspections."""
    key = object_key(ShipmentId("shp_0001"), ProofId(f"prf_{number}"))
    return make_proof(number, **{"sha256": None, "object_key": key} | changes)


SHIPMENTS: Final[dict[str, Shipment]] = {
    "shipment-created-minimal": make_shipment(
        1,
        recipient=make_recipient(phone=None, email=None),
        address=make_address(postal_code=None, instructions=None),
    ),
    "shipment-created-full": make_shipment(
        2,
        recipient=make_recipient(name="Åsa Öström", locale="sv"),
        address=make_address(lines=("Runebergsgatan 5", "B 12"), instructions="Ring på två gånger"),
        parcels=PARCELS,
        window=make_range(NOON, timedelta(hours=2)),
        service_time_s=240.5,
        proof_requirements=ProofRequirements(photo=Requirement.REQUIRED),
        link_generation=3,
    ),
    "shipment-accepted": make_shipment(
        3,
        status=Status.ACCEPTED,
        version=3,
        seq=2,
        updated_at=NOON,
        parcels=PARCELS,
        assignment=make_assignment(7),
        scanned_barcodes=frozenset({PARCELS[1].barcode}),
    ),
    "shipment-loaded": make_shipment(
        4,
        status=Status.LOADED,
        version=4,
        seq=3,
        parcels=PARCELS,
        assignment=make_assignment(2),
        scanned_barcodes=frozenset(parcel.barcode for parcel in PARCELS),
        proof_requirements=ProofRequirements(photo=Requirement.NONE),
    ),
    "shipment-out-for-delivery": make_travelling(4),
    "shipment-delayed": make_travelling(
        5,
        status=Status.ARRIVING,
        version=6,
        seq=6,
        promise=make_range(NOON + minutes(40)),
        is_delayed=True,
        updated_at=LATER,
    ),
    "shipment-arrived": make_travelling(6, status=Status.ARRIVED, version=6, seq=6),
    "shipment-delivered": make_shipment(
        id=DELIVERED_ID,
        shipper_id=ShipperId("shr_01JDCR6C1V9N4P7R2S5T8W0XYZ"),
        reference="ORDER-8",
        status=Status.DELIVERED,
        version=9,
        seq=8,
        parcels=PARCELS,
        window=make_range(NOON, timedelta(hours=2)),
        assignment=Assignment(
            route_id=RouteId("rte_01JDCR6D2W8M3Q6S9T1V4X7Y0Z"),
            stop_id=StopId("stp_01JDCR6E3X7K2R5T8V0W3Y6Z9A"),
            stop_number=131,
            driver_id=DriverId("drv_01JDCR6F4Y6J1S4V7W9X2Z5A8B"),
        ),
        scanned_barcodes=frozenset(parcel.barcode for parcel in PARCELS),
        first_promise=make_range(NOON),
        promise=make_range(NOON + minutes(20)),
        attempts=1,
        last_attempt=make_attempt(
            action_id="0f8fad5b-d9cb-469f-a165-70867728950e",
            driver_id=DriverId("drv_01JDCR6F4Y6J1S4V7W9X2Z5A8B"),
            occurred_at=LATER + timedelta(milliseconds=123),
            note="Left with the neighbour in B 35, who promised to tell her",
            proofs=(
                _early_proof(
                    id=PROOF_ID,
                    object_key=object_key(DELIVERED_ID, PROOF_ID),
                    etag="d41d8cd98f00b204e9800998ecf8427e",
                    version_id="3/L4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
                ),
                _early_proof(
                    2,
                    object_key=object_key(ShipmentId("shp_0002"), ProofId("prf_2")),
                    content_type="image/png",
                    uploaded_at=LATER,
                ),
            ),
        ),
        completed_at=LATER + timedelta(milliseconds=123),
        updated_at=LATER + minutes(1),
    ),
    "shipment-attempt-failed": make_travelling(
        8,
        status=Status.ATTEMPT_FAILED,
        version=7,
        seq=7,
        attempts=1,
        last_attempt=make_attempt(
            Status.ATTEMPT_FAILED, reason=FailureReason.NOT_HOME, proofs=(_early_proof(3),)
        ),
    ),
    "shipment-retried": make_shipment(
        10,
        status=Status.ACCEPTED,
        version=9,
        seq=8,
        attempts=2,
        last_attempt=make_attempt(
            Status.ATTEMPT_FAILED, number=2, reason=FailureReason.NO_TIME, note="Too many stops"
        ),
    ),
    "shipment-returned": make_shipment(
        11, status=Status.RETURNED, version=9, seq=9, completed_at=LATER
    ),
    "shipment-cancelled": make_shipment(12, status=Status.CANCELLED, version=2, seq=2),
}

OFFICE: Final[dict[str, Shipment]] = {
    "shipment-corrected": make_shipment(
        114,
        status=Status.ATTEMPT_FAILED,
        version=9,
        details_version=1,
        seq=9,
        parcels=PARCELS,
        assignment=make_assignment(3),
        attempts=1,
        last_attempt=make_attempt(Status.ATTEMPT_FAILED, reason=FailureReason.NO_ACCESS),
        corrections=(
            Correction(
                attempt_number=1,
                action_id="action-0",
                driver_id=DriverId("drv_1"),
                corrected_at=LATER,
                was=Status.DELIVERED,
                became=None,
                explanation="Wrong house",
            ),
            Correction(
                attempt_number=1,
                action_id="action-1",
                driver_id=DriverId("drv_1"),
                corrected_at=LATER + minutes(1),
                was=Status.DELIVERED,
                became=Status.ATTEMPT_FAILED,
                explanation="The gate was shut",
            ),
        ),
    ),
    "shipment-closed": make_shipment(
        115,
        status=Status.CANCELLED,
        version=2,
        seq=2,
        completed_at=LATER,
        closing_reason="Ordered twice",
    ),
}
"""Those that only the third version has: what the office has done with them."""

WHOLE: Final = {
    "whole-loaded": replace(
        SHIPMENTS["shipment-loaded"], id=ShipmentId("shp_0013"), version=5, details_version=0
    )
}
"""Those that the second version keeps in one item, for they were stored in the first."""

RATED: Final = {
    "shipment-rated": make_shipment(
        116,
        status=Status.DELIVERED,
        version=8,
        details_version=8,
        seq=8,
        attempts=1,
        last_attempt=make_attempt(),
        completed_at=NOON,
        rating=Rating(
            verdict=Verdict(2, (RatingReason.DRIVER, RatingReason.PLACE), "Sateessa 🌧"),
            attempt_number=1,
            rated_at=LATER,
            changed_at=LATER + minutes(5),
            closed_at=LATER + minutes(9),
        ),
    )
}
"""Those that their recipients have rated."""

WISHED: Final = {
    "shipment-wished": make_travelling(
        116,
        version=6,
        details_version=6,
        seq=6,
        wishes=Wishes(
            access=Access("Rappu B", "4711", "3", "Soita kahdesti 🔔"),
            safe_place=Spot(SafePlace.SHED, "Oven takana"),
            neighbour=Neighbour("Eero", "B 12"),
            is_contact_free=True,
            numbers={Part.INSTRUCTIONS: 1, Part.CONTACT_FREE: 3},
        ),
    )
}
"""Those whose recipients have said what is to happen at the door."""

REPORTED: Final = {
    "shipment-reported": make_shipment(
        118,
        status=Status.DELIVERED,
        version=8,
        details_version=8,
        seq=8,
        attempts=1,
        last_attempt=make_attempt(),
        completed_at=NOON,
        messages=1,
        report=Report(ReportReason.DAMAGED, MessageId("msg_1"), LATER, LATER + minutes(9)),
    )
}
"""Those whose recipients have reported that something is wrong."""

PREFERRING: Final = {
    "shipment-preferring": make_shipment(
        301,
        version=4,
        details_version=4,
        seq=4,
        preferences=Preferences(
            ways={Subject.DEPARTURE: Way.NONE, Subject.TIMES: Way.EMAIL},
            language="sv",
            stopped_at=LATER,
            is_stopped_by_office=True,
            number=3,
        ),
    )
}
"""Those whose recipients have chosen what they are told."""

FORGOTTEN: Final = {
    "shipment-forgotten": make_shipment(
        302,
        status=Status.DELIVERED,
        version=9,
        details_version=9,
        seq=9,
        attempts=1,
        last_attempt=make_attempt(),
        completed_at=NOON,
        recipient=Recipient("—", locale="fi"),
        address=make_address(instructions=None),
        forgotten_at=LATER,
    )
}
"""Those whose recipients are forgotten."""

COMPANY: Final = {
    "shipment-company": make_travelling(
        303,
        assignment=Assignment(
            RouteId("rte_1"),
            StopId("stp_3"),
            3,
            DriverId("drv_1"),
            date(2026, 11, 23),
            (
                Companion(ShipmentId("shp_0305"), ShipperId("shr_1"), 2),
                Companion(ShipmentId("shp_0306"), ShipperId("shr_2"), 1),
            ),
            4,
        ),
    )
}
"""Those that share their visit, and know the day of their route."""

PROVEN: Final = {
    "shipment-proven": make_shipment(
        201,
        status=Status.DELIVERED,
        version=9,
        details_version=9,
        seq=9,
        attempts=2,
        last_attempt=make_attempt(
            number=2,
            proofs=(make_proof(1, object_key="proofs/shp_0201/prf_1"),),
            pin=PinCheck.CONFIRMED,
        ),
        earlier_attempts=(
            make_attempt(
                Status.ATTEMPT_FAILED,
                reason=FailureReason.NOT_HOME,
                proofs=(make_owed_proof(2, Flaw.DAMAGED),),
            ),
        ),
        completed_at=NOON,
        proof_requirements=ProofRequirements(
            Requirement.REQUIRED, Requirement.NONE, Requirement.REQUIRED, Requirement.REQUIRED
        ),
    )
}
"""With inspected files, a PIN, and requirements by kind; since the third version."""

WANTED: Final = {
    "shipment-wanted-day": make_shipment(
        14,
        address=make_address(placement=Placement.FOUND),
        service_day=date(2026, 12, 8),
        metadata={"order_source": "Web", "customer.class": "Åland"},
    )
}
"""Those with what an order may say since the third version."""

_TOLD: Final[dict[EventType, dict[str, object]]] = {
    EventType.OUT_FOR_DELIVERY: {
        "promise": range_data(make_range(NOON)),
        "eta": eta_data(make_eta(NOON)),
    },
    EventType.ARRIVING: {"eta": eta_data(make_eta(NOON)), "stops_before": 2},
    EventType.DELIVERED: {
        "action_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "proofs": [{"id": "prf_1", "kind": "photo", "etag": "0123456789abcdef"}],
    },
    EventType.ATTEMPT_FAILED: {"action_id": "a-1", "reason": FailureReason.NOT_HOME.value},
    EventType.PROMISED: {"promise": range_data(make_range(NOON))},
    EventType.DELAYED: {
        "promise": range_data(make_range(LATER)),
        "previous_promise": range_data(make_range(NOON)),
        "eta": eta_data(make_eta(LATER)),
    },
    EventType.BACK_ON_TIME: {
        "promise": range_data(make_range(NOON)),
        "previous_promise": range_data(make_range(LATER)),
        "eta": eta_data(make_eta(NOON)),
    },
}

EVENTS: Final[dict[str, Event]] = {
    f"event-{event_type.value.replace('.', '-').replace('_', '-')}": make_event(
        seq,
        id=EventId(f"evt_{seq}"),
        type=event_type,
        occurred_at=NOON + timedelta(milliseconds=seq),
        recorded_at=LATER,
        actor_role=Role.SYSTEM if event_type in _TOLD else Role.DRIVER,
        actor_id="system",
        data={"status": "arriving", **_TOLD.get(event_type, {})},
    )
    for seq, event_type in enumerate(
        (
            EventType.CREATED,
            EventType.ACCEPTED,
            EventType.LOADED,
            EventType.OUT_FOR_DELIVERY,
            EventType.ARRIVING,
            EventType.ARRIVED,
            EventType.DELIVERED,
            EventType.ATTEMPT_FAILED,
            EventType.CANCELLED,
            EventType.RETURNING,
            EventType.RETURNED,
            EventType.SUPERSEDED,
            EventType.PROMISED,
            EventType.DELAYED,
            EventType.BACK_ON_TIME,
        ),
        start=1,
    )
}
"""The history of the first shipment, an event of each type."""

_FACTS: Final[dict[EventType, dict[str, object]]] = {
    EventType.UPDATED: {"changed": ["recipient"]},
    EventType.REDIRECTED: {"changed": ["address", "place"]},
    EventType.INSTRUCTIONS_CHANGED: {"changed": ["instructions"]},
    EventType.RESCHEDULED: {
        "window": range_data(make_range(NOON)),
        "previous_window": None,
    },
    EventType.CORRECTED: {
        "outcome": "attempt_failed",
        "previous_outcome": "delivered",
        "reason": "no_access",
    },
}

OFFICE_EVENTS: Final[dict[str, Event]] = {
    f"event-{event_type.value.replace('.', '-').replace('_', '-')}": make_event(
        seq,
        id=EventId(f"evt_{seq}"),
        shipment_id=ShipmentId("shp_0114"),
        type=event_type,
        occurred_at=NOON,
        recorded_at=LATER,
        actor_role=Role.DISPATCHER,
        actor_id="key_1",
        data={"status": "accepted", **facts},
    )
    for seq, (event_type, facts) in enumerate(
        _FACTS.items(),
        start=1,
    )
}
"""The history of the corrected one, an event of each type that came with the third version."""

UPLOADS: Final = {
    "upload-jpeg": (ShipmentId("shp_0007"), ProofId("prf_1"), "image/jpeg"),
    "upload-png": (ShipmentId("shp_0007"), ProofId("prf_2"), "image/png"),
}
