from dataclasses import replace

import pytest

from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry
from chalicelib.domain.errors import NotFound, Unauthorized
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.journal.changes import ManifestChange
from chalicelib.domain.routes.routes import Consignment
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.scan_parcels import ScanParcels, ScanVerdict
from chalicelib.services.driving.unload_parcels import UnloadParcels, UnloadResult, UnloadVerdict
from chalicelib.services.routes.show_routes import ShowRoutes
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_route,
    make_shipment,
    make_stop,
)
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import DRIVER, DRIVER_ID, ROUTE, on_the_road, report, work

ONE = ShipmentId("shp_0001")


def unload(
    carrier: InMemoryCarrier, barcode: str = "BARCODE-1", shipment_id: ShipmentId | None = None
) -> UnloadResult:
    scan = Scan(f"off-{barcode}", barcode, NOON, shipment_id)
    (result,) = carrier.use(UnloadParcels)((scan,), actor=DRIVER)
    return result


def loaded() -> InMemoryCarrier:
    """A planned route of three stops with its manifest; the first parcel is on the van."""
    carrier = InMemoryCarrier()
    shipments = [make_shipment(i + 1, assignment=make_assignment(i)) for i in range(3)]
    carrier.has(*shipments, make_route(3), Live(DRIVER_ID, version=1, epoch=1, planned=(ROUTE,)))
    entries = tuple(map(ManifestEntry.of, shipments))
    carrier.journal.commit(ManifestChange(Manifest(ROUTE, entries, NOON.replace(year=2027)), None))
    carrier.use(ScanParcels)((Scan("on-1", "BARCODE-1", NOON),), actor=DRIVER)
    return carrier


def test_what_could_not_be_delivered_is_at_the_hub_and_off_its_route() -> None:
    carrier = on_the_road()
    work(carrier, report(Step.FAIL))

    assert unload(carrier) == UnloadResult("off-BARCODE-1", UnloadVerdict.UNLOADED, ONE)

    after = carrier.shipment()
    assert (after.status, after.assignment) == (Status.ACCEPTED, None)
    assert carrier.told()[-1] is EventType.ACCEPTED


def test_a_late_repeat_of_the_report_before_it_was_unloaded_changes_nothing() -> None:
    carrier = on_the_road()
    work(carrier, report(Step.FAIL))
    unload(carrier)
    after = carrier.shipment()

    assert work(carrier, report(Step.FAIL)) == (after,)
    assert carrier.shipment() == after


def test_what_is_out_for_delivery_stays_so_until_its_visit_is_reported() -> None:
    carrier = on_the_road()

    assert unload(carrier).verdict is UnloadVerdict.OUT_FOR_DELIVERY
    assert carrier.told() == []


def test_a_repeat_changes_nothing() -> None:
    carrier = on_the_road()
    work(carrier, report(Step.FAIL))
    unload(carrier)
    after = carrier.shipment()

    assert unload(carrier).verdict is UnloadVerdict.NOT_ABOARD
    assert carrier.shipment() == after


def test_what_was_loaded_by_mistake_is_told_on_the_run_sheet_and_can_be_loaded_again() -> None:
    carrier = loaded()

    assert unload(carrier).verdict is UnloadVerdict.UNLOADED

    seen = carrier.use(ShowRoutes).of_driver(DRIVER).shipments[ONE]
    assert (seen.status, seen.missing) == (Status.ACCEPTED, ("BARCODE-1",))
    (again,) = carrier.use(ScanParcels)((Scan("on-2", "BARCODE-1", NOON),), actor=DRIVER)
    assert again.verdict is ScanVerdict.LOADED
    seen = carrier.use(ShowRoutes).of_driver(DRIVER).shipments[ONE]
    assert (seen.status, seen.missing) == (Status.LOADED, ())


def test_a_barcode_of_two_shipments_aboard_asks_which() -> None:
    carrier = loaded()
    same = (Consignment(ONE, ("A",)), Consignment(ShipmentId("shp_0002"), ("A",)))
    for number in (1, 2):
        shipment = carrier.shipment(number)
        parcels = (replace(shipment.parcels[0], barcode="A"),)
        carrier.has(
            replace(
                shipment, parcels=parcels, status=Status.LOADED, scanned_barcodes=frozenset({"A"})
            )
        )
    carrier.has(make_route([make_stop(0, consignments=same), make_stop(2)]))

    result = unload(carrier, "A")
    assert (result.verdict, len(result.choices)) == (UnloadVerdict.AMBIGUOUS, 2)
    assert unload(carrier, "A", ONE).verdict is UnloadVerdict.UNLOADED
    assert unload(carrier, "A").shipment_id == "shp_0002"


def test_a_barcode_of_no_parcel_of_the_route_is_told() -> None:
    assert unload(loaded(), "ELSEWHERE").verdict is UnloadVerdict.NOT_ON_ROUTE


def test_without_a_route_there_is_nothing_to_unload() -> None:
    carrier = InMemoryCarrier()
    carrier.has(Live(DRIVER_ID, version=1, epoch=1))

    with pytest.raises(NotFound):
        unload(carrier)


def test_a_revoked_token_is_refused() -> None:
    carrier = loaded()

    with pytest.raises(Unauthorized):
        carrier.use(UnloadParcels)((), actor=make_actor(id="drv_1", epoch=0))
