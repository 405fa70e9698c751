from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry
from chalicelib.domain.errors import IllegalTransition, NotFound, StillOnTheRoad, Unavailable
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.journal.changes import ManifestChange
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.barcodes_in_use import is_open
from chalicelib.domain.shipments.custody import ParcelState, parcel_state
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.driving.scan_parcels import ScanParcels, ScanVerdict
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.routes.show_routes import ShowRoutes
from chalicelib.services.shipments.cancel_shipment import CancelShipment
from tests.support.builders import NOON, make_actor, make_assignment, make_route, make_shipment
from tests.support.fakes.contested import goes_well, lost_race
from tests.support.in_memory import InMemoryCarrier

ONE = ShipmentId("shp_0001")
ROUTE = RouteId("rte_1")
BEFORE_IT_LEAVES = {Status.CREATED, Status.ACCEPTED, Status.LOADED}
DRIVER = make_actor(epoch=1)


def planned(status: RouteStatus = RouteStatus.PLANNED, **changes: Any) -> InMemoryCarrier:
    """A route of three stops with its manifest; `changes` are those of its first shipment."""
    carrier = InMemoryCarrier()
    first = make_shipment(1, assignment=make_assignment(0), **changes)
    shipments = [first, *(make_shipment(i + 1, assignment=make_assignment(i)) for i in (1, 2))]
    route = make_route(3, status=status)
    carrier.has(*shipments, route, Live(DriverId("drv_1"), version=1, epoch=1, planned=(ROUTE,)))
    entries = tuple(map(ManifestEntry.of, shipments))
    manifest = Manifest(ROUTE, entries, NOON.replace(year=2027))
    carrier.journal.commit(ManifestChange(manifest, None))
    return carrier


def cancel(carrier: InMemoryCarrier, *, role: Role = Role.SHIPPER, **shipper: Any) -> Shipment:
    actor = make_actor(role, **shipper)
    return carrier.use(CancelShipment)(ONE, reason="Changed my mind", actor=actor)


def test_it_leaves_its_planned_route_and_its_driver_sees_it_no_more_among_the_others() -> None:
    carrier = planned()

    after = cancel(carrier)

    assert (after.status, after.assignment, after.completed_at) == (Status.CANCELLED, None, NOON)
    assert after.closing_reason == "Changed my mind"
    assert carrier.told() == [EventType.CANCELLED]
    assert dict(carrier.news()[0].data) == {"status": "cancelled"}
    seen = carrier.use(ShowRoutes).of_driver(DRIVER).shipments
    assert [shipment.status for shipment in seen.values()].count(Status.CANCELLED) == 1
    assert seen[ONE].missing == ()


@pytest.mark.parametrize("status", sorted(BEFORE_IT_LEAVES))
def test_one_that_is_on_no_route_is_cancelled_alone(status: Status) -> None:
    carrier = InMemoryCarrier()
    carrier.has(make_shipment(1, status=status))

    assert cancel(carrier, role=Role.DISPATCHER).status is Status.CANCELLED


@pytest.mark.parametrize("status", sorted(set(Status) - BEFORE_IT_LEAVES - {Status.CANCELLED}))
def test_on_the_way_and_after_a_visit_it_is_too_late(status: Status) -> None:
    carrier = InMemoryCarrier()
    carrier.has(make_shipment(1, status=status))

    with pytest.raises(IllegalTransition, match="until it is out for delivery"):
        cancel(carrier)

    assert carrier.told() == []


def test_a_repeat_changes_nothing() -> None:
    carrier = planned()
    first = cancel(carrier)

    assert cancel(carrier) == first
    assert carrier.told() == [EventType.CANCELLED]


def test_what_is_foreign_is_unknown() -> None:
    carrier = planned()

    with pytest.raises(NotFound):
        cancel(carrier, shipper_id=ShipperId("shr_2"))


def test_a_loaded_parcel_stays_scanned_so_that_it_is_taken_off_the_van() -> None:
    carrier = planned(status=RouteStatus.PLANNED)
    carrier.use(ScanParcels)((Scan("scan-1", "BARCODE-1", NOON),), actor=DRIVER)

    after = cancel(carrier)

    assert after.scanned_barcodes == {"BARCODE-1"}
    assert parcel_state(after, "BARCODE-1") is ParcelState.AT_HUB
    seen = carrier.use(ShowRoutes).of_driver(DRIVER).shipments[ONE]
    assert (seen.status, seen.scanned_barcodes) == (Status.CANCELLED, ("BARCODE-1",))


@pytest.mark.parametrize("action", ["scan-1", "scan-2"])
def test_a_scan_of_its_parcel_says_that_it_is_cancelled_also_one_sent_again(action: str) -> None:
    carrier = planned()
    carrier.use(ScanParcels)((Scan("scan-1", "BARCODE-1", NOON),), actor=DRIVER)
    cancel(carrier)

    (result,) = carrier.use(ScanParcels)((Scan(action, "BARCODE-1", NOON),), actor=DRIVER)

    assert (result.verdict, result.shipment_id) == (ScanVerdict.CANCELLED, ONE)
    assert not result.is_aboard


def test_what_is_on_a_van_that_has_left_is_refused_also_before_it_is_out_for_delivery() -> None:
    carrier = planned(RouteStatus.ACTIVE)
    carrier.has(make_shipment(1, status=Status.LOADED, assignment=make_assignment(0)))

    with pytest.raises(StillOnTheRoad):
        cancel(carrier)


def test_what_was_left_at_the_hub_is_cancelled_while_its_route_is_driven() -> None:
    assert cancel(planned(RouteStatus.ACTIVE)).status is Status.CANCELLED


def test_a_route_that_was_never_written_can_not_be_written_any_more() -> None:
    carrier = InMemoryCarrier()
    carrier.has(make_shipment(1, assignment=make_assignment(0)))

    cancel(carrier)

    assert carrier.routes.run_sheets.manifests == {ROUTE: None}


def test_its_barcodes_are_free_for_another_shipment() -> None:
    carrier = planned(parcels=(Parcel("A"), Parcel("B")))

    assert not is_open(cancel(carrier))


def test_a_lost_race_is_decided_anew() -> None:
    carrier = planned()
    carrier.journal.before = (lost_race, goes_well)

    assert cancel(carrier).status is Status.CANCELLED


def test_when_others_are_faster_each_time_nothing_is_half_done() -> None:
    carrier = planned()
    carrier.journal.before = (lost_race,) * ATTEMPTS

    with pytest.raises(Unavailable):
        cancel(carrier)

    assert carrier.shipment().status not in {Status.CANCELLED, *ON_THE_WAY}
    assert carrier.told() == []
