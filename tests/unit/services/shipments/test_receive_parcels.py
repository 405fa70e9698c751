from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import HubId, ShipmentId
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.barcodes import normal_form
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.shipments.receive_parcels import HubScanResult, HubVerdict, ReceiveParcels
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_hub,
    make_route,
    make_shipment,
)
from tests.support.in_memory import InMemoryCarrier

ONE = ShipmentId("shp_0001")


def hub(*shipments: Shipment, route: RouteStatus | None = None) -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.hubs.put(make_hub())
    carrier.has(*shipments)
    if route is not None:
        carrier.has(make_route(1, status=route))
    for shipment in shipments:
        codes = [normal_form(barcode) for barcode in shipment.barcodes]
        ends = NOON + timedelta(days=60)
        carrier.barcodes.take(shipment.shipper_id, codes, shipment.id, now=NOON, expires_at=ends)
    return carrier


def scan(
    carrier: InMemoryCarrier, barcode: str = "BARCODE-1", shipment_id: ShipmentId | None = None
) -> HubScanResult:
    scans = (Scan("scan-1", barcode, NOON, shipment_id),)
    actor = make_actor(Role.DISPATCHER)
    (result,) = carrier.use(ReceiveParcels)(HubId("hub_1"), scans, actor=actor)
    return result


def with_status(status: Status, **changes: Any) -> Shipment:
    return make_shipment(1, status=status, assignment=make_assignment(0), **changes)


def test_a_scan_accepts_what_was_announced() -> None:
    carrier = hub(make_shipment(1))

    assert scan(carrier) == HubScanResult("scan-1", HubVerdict.ACCEPTED, ONE)

    assert carrier.shipment().status is Status.ACCEPTED
    (event,) = carrier.news()
    assert event.type is EventType.ACCEPTED
    assert event.data == {"status": "accepted", "hub_id": "hub_1"}


def test_a_repeat_and_another_parcel_of_it_change_nothing() -> None:
    carrier = hub(make_shipment(1, parcels=(Parcel("A"), Parcel("B"))))
    scan(carrier, "A")

    assert scan(carrier, "A").verdict is HubVerdict.ALREADY_ACCEPTED
    assert scan(carrier, "B").verdict is HubVerdict.ALREADY_ACCEPTED
    assert carrier.told() == [EventType.ACCEPTED]


@pytest.mark.parametrize("route", [RouteStatus.ACTIVE, RouteStatus.COMPLETED])
def test_what_a_van_brings_back_is_unloaded(route: RouteStatus) -> None:
    carrier = hub(with_status(Status.ATTEMPT_FAILED), route=route)

    assert scan(carrier).verdict is HubVerdict.UNLOADED

    assert (carrier.shipment().status, carrier.shipment().assignment) == (Status.ACCEPTED, None)
    assert scan(carrier).verdict is HubVerdict.ALREADY_ACCEPTED


def test_what_is_taken_off_a_van_that_has_not_left_stays_planned() -> None:
    carrier = hub(with_status(Status.LOADED), route=RouteStatus.PLANNED)

    assert scan(carrier).verdict is HubVerdict.UNLOADED
    assert carrier.shipment().assignment is not None


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        *((status, HubVerdict.OUT_FOR_DELIVERY) for status in sorted(ON_THE_WAY)),
        (Status.DELIVERED, HubVerdict.DELIVERED),
        (Status.RETURNING, HubVerdict.RETURNING),
        (Status.RETURNED, HubVerdict.RETURNED),
        (Status.CANCELLED, HubVerdict.CANCELLED),
    ],
)
def test_what_belongs_elsewhere_is_told_and_stays_as_it_is(
    status: Status, verdict: HubVerdict
) -> None:
    carrier = hub(with_status(status), route=RouteStatus.ACTIVE)

    assert scan(carrier).verdict is verdict
    assert carrier.told() == []


def test_a_cancelled_parcel_that_comes_off_a_van_is_told_as_cancelled() -> None:
    cancelled = make_shipment(1, status=Status.CANCELLED, scanned_barcodes=frozenset({"BARCODE-1"}))
    carrier = hub(cancelled)

    assert scan(carrier).verdict is HubVerdict.CANCELLED
    assert carrier.shipment().scanned_barcodes == frozenset()


def test_what_scanners_and_keyboards_make_of_a_code_is_understood() -> None:
    carrier = hub(
        make_shipment(1, parcels=(Parcel("00340434161094042557"),)),
        make_shipment(2, parcels=(Parcel("B00001"),)),
    )

    assert scan(carrier, "]C100340434161094042557\r\n").shipment_id == ONE
    assert scan(carrier, "b00001").shipment_id == "shp_0002"
    assert scan(carrier, "ELSEWHERE").verdict is HubVerdict.UNKNOWN


def test_the_open_one_of_several_is_meant_and_of_several_open_ones_somebody_says_which() -> None:
    same = (Parcel("A"),)
    done = make_shipment(1, parcels=same, status=Status.CANCELLED)
    carrier = hub(done, make_shipment(2, parcels=same))
    assert scan(carrier, "A").shipment_id == "shp_0002"

    carrier = hub(replace(done, status=Status.CREATED), make_shipment(2, parcels=same))
    result = scan(carrier, "A")
    assert (result.verdict, result.choices) == (HubVerdict.AMBIGUOUS, (ONE, "shp_0002"))
    assert scan(carrier, "A", ONE).verdict is HubVerdict.ACCEPTED


def test_an_unknown_hub_is_not_found() -> None:
    carrier = InMemoryCarrier()

    with pytest.raises(NotFound):
        scan(carrier)
