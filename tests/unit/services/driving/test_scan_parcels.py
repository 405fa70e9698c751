from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound, Unauthorized, Unavailable
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import HandledAdded
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Consignment, RouteStatus
from chalicelib.domain.shipments.custody import ParcelState, parcel_state
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Assignment, Parcel
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.services.driving.scan_parcels import ScanParcels, ScanResult, ScanVerdict
from chalicelib.services.retries import ATTEMPTS
from chalicelib.services.routes.plan_routes import PlanRoute
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_hub,
    make_live,
    make_range,
    make_route,
    make_shipment,
    make_stop,
    minutes,
    north_of,
)
from tests.support.fakes.contested import goes_well, lost_race
from tests.support.fakes.road_networks import InMemoryRoadNetwork
from tests.support.in_memory import InMemoryCarrier

DRIVER = make_actor(epoch=1)
DRIVER_ID = DriverId("drv_1")
ROUTE = RouteId("rte_1")
TOMORROW = RouteId("rte_2")


def at_the_hub(**changes: Any) -> InMemoryCarrier:
    """A planned route of three stops; `changes` are those of its first shipment."""
    carrier = InMemoryCarrier()
    shipments = [make_shipment(i + 1, assignment=make_assignment(i)) for i in range(3)]
    carrier.has(*shipments, make_route(3), Live(DRIVER_ID, version=1, planned=(ROUTE,)))
    carrier.has(replace(shipments[0], **changes))
    return carrier


def with_parcels(*barcodes: str) -> InMemoryCarrier:
    """The same with a first shipment of these parcels."""
    carrier = at_the_hub(parcels=tuple(map(Parcel, barcodes)))
    first = make_stop(0, consignments=(Consignment(ShipmentId("shp_0001"), barcodes),))
    carrier.has(make_route([first, make_stop(1), make_stop(2)]))
    return carrier


def scan(
    carrier: InMemoryCarrier, *barcodes: str, at: datetime | None = NOON
) -> tuple[ScanResult, ...]:
    scans = tuple(Scan(f"scan-{i}", barcode, at) for i, barcode in enumerate(barcodes))
    return carrier.use(ScanParcels)(scans, actor=DRIVER)


def verdict(carrier: InMemoryCarrier, barcode: str = "BARCODE-1") -> ScanVerdict:
    (result,) = scan(carrier, barcode)
    return result.verdict


def scan_again(carrier: InMemoryCarrier, barcode: str) -> ScanVerdict:
    """One more scan, by a name of its own."""
    (result,) = carrier.use(ScanParcels)((Scan(f"again-{barcode}", barcode, NOON),), actor=DRIVER)
    return result.verdict


def test_a_scan_accepts_and_loads_a_shipment_of_one_parcel() -> None:
    carrier = at_the_hub()

    (result,) = scan(carrier, "BARCODE-1")

    shipment = carrier.shipment(1)
    assert result == ScanResult("scan-0", ScanVerdict.LOADED, shipment.id, "BARCODE-1")
    assert shipment.status is Status.LOADED
    assert shipment.scanned_barcodes == {"BARCODE-1"}
    assert shipment.updated_at == NOON
    assert carrier.told(1) == [EventType.ACCEPTED, EventType.LOADED]
    assert {event.actor_id for event in carrier.news(1)} == {DRIVER.id}


def test_one_that_the_hub_has_accepted_is_only_loaded() -> None:
    carrier = at_the_hub(status=Status.ACCEPTED)

    assert verdict(carrier) is ScanVerdict.LOADED
    assert carrier.told(1) == [EventType.LOADED]


def test_each_scan_has_its_own_verdict_in_order() -> None:
    carrier = at_the_hub()

    results = scan(carrier, "BARCODE-3", "BARCODE-9", "BARCODE-1", "BARCODE-3")

    assert results == (
        ScanResult("scan-0", ScanVerdict.LOADED, ShipmentId("shp_0003"), "BARCODE-3"),
        ScanResult("scan-1", ScanVerdict.NOT_ON_ROUTE),
        ScanResult("scan-2", ScanVerdict.LOADED, ShipmentId("shp_0001"), "BARCODE-1"),
        ScanResult("scan-3", ScanVerdict.ALREADY_LOADED, ShipmentId("shp_0003"), "BARCODE-3"),
    )
    assert carrier.shipment(2).status is Status.CREATED


def test_after_an_interrupted_start_the_second_parcel_is_loaded_all_the_same() -> None:
    """Its shipment has departed with the first parcel, and the route is still planned."""
    carrier = with_parcels("BARCODE-1", "BARCODE-1b")
    scan(carrier, "BARCODE-1")
    departed = replace(carrier.shipment(1), status=Status.OUT_FOR_DELIVERY, promise=make_range())
    carrier.has(departed)

    assert verdict(carrier, "BARCODE-1b") is ScanVerdict.LOADED
    assert carrier.shipment(1).status is Status.OUT_FOR_DELIVERY
    assert carrier.shipment(1).scanned_barcodes == {"BARCODE-1", "BARCODE-1b"}


def test_a_shipment_is_loaded_with_its_last_parcel() -> None:
    carrier = with_parcels("BARCODE-1", "BARCODE-1b")

    assert verdict(carrier, "BARCODE-1b") is ScanVerdict.PARTLY_LOADED
    assert carrier.shipment(1).status is Status.ACCEPTED

    assert verdict(carrier, "BARCODE-1") is ScanVerdict.LOADED
    assert carrier.shipment(1).status is Status.LOADED
    assert carrier.told(1) == [EventType.ACCEPTED, EventType.LOADED]


def test_the_second_of_three_parcels_leaves_no_event_but_is_remembered() -> None:
    carrier = with_parcels("BARCODE-1", "BARCODE-1b", "BARCODE-1c")
    scan(carrier, "BARCODE-1")
    carrier.clock.go_on(minutes(1))

    scan(carrier, "BARCODE-1b")

    assert carrier.told(1) == [EventType.ACCEPTED]
    assert carrier.shipment(1).scanned_barcodes == {"BARCODE-1", "BARCODE-1b"}
    assert carrier.shipment(1).updated_at == NOON + minutes(1)


@pytest.mark.parametrize(
    ("barcodes", "wanted"),
    [
        (["BARCODE-1"], ScanVerdict.LOADED),
        (["BARCODE-1", "BARCODE-1b"], ScanVerdict.PARTLY_LOADED),
    ],
    ids=["loaded", "partly loaded"],
)
def test_a_repeat_changes_nothing_and_notes_once_more_what_is_scanned(
    barcodes: list[str], wanted: ScanVerdict
) -> None:
    carrier = with_parcels(*barcodes)
    scan(carrier, "BARCODE-1")
    before, (noted,) = carrier.shipment(1), carrier.journal.tried[-1]
    commits = len(carrier.journal.tried)
    carrier.clock.go_on(minutes(1))

    assert verdict(carrier) is wanted
    assert carrier.shipment(1) == before
    assert isinstance(noted, HandledAdded)
    assert carrier.journal.tried[commits:] == [(noted,)]


@pytest.mark.parametrize(
    ("scanned_at", "told"),
    [
        (NOON - minutes(5), NOON - minutes(5)),
        (NOON + minutes(5), NOON),
        (NOON - minutes(9_000), NOON),  # before the order: the clock is wrong, and by how much?
        (None, NOON),
    ],
    ids=["as the device says", "never in the future", "never before the shipment", "no time"],
)
def test_a_scan_happened_when_the_device_can_have_made_it(
    scanned_at: datetime | None, told: datetime
) -> None:
    carrier = at_the_hub()

    scan(carrier, "BARCODE-1", at=scanned_at)

    assert {event.occurred_at for event in carrier.news(1)} == {told}
    assert {event.recorded_at for event in carrier.news(1)} == {NOON}


@pytest.mark.parametrize(
    "assignment",
    [None, make_assignment(route_id=RouteId("rte_9"))],
    ids=["no route", "another route"],
)
def test_a_shipment_that_the_plan_has_lost_is_not_on_the_route(
    assignment: Assignment | None,
) -> None:
    carrier = at_the_hub(assignment=assignment)

    assert scan(carrier, "BARCODE-1") == (ScanResult("scan-0", ScanVerdict.NOT_ON_ROUTE),)
    assert carrier.told(1) == []


@pytest.mark.parametrize(
    "status",
    [Status.DELIVERED, Status.RETURNING, Status.RETURNED],
)
def test_a_shipment_that_nobody_delivers_any_more_is_not_loaded(status: Status) -> None:
    carrier = at_the_hub(status=status)

    assert verdict(carrier) is ScanVerdict.NOT_LOADABLE
    assert carrier.told(1) == []


@pytest.mark.parametrize("status", sorted(ON_THE_WAY | {Status.LOADED, Status.ATTEMPT_FAILED}))
def test_a_shipment_on_the_van_is_loaded_already(status: Status) -> None:
    assert verdict(at_the_hub(status=status)) is ScanVerdict.ALREADY_LOADED


class TestOnTheRoad:
    """The van has left with what is for the other two stops."""

    def left_behind(self, *barcodes: str, **live: Any) -> InMemoryCarrier:
        carrier = with_parcels(*(barcodes or ("BARCODE-1",)))
        first, *others = carrier.routes.get(ROUTE).stops
        stops = [first, *(replace(stop, promise=make_range()) for stop in others)]
        done = replace(make_live().progress[0], is_done=True, promise=None)
        progress = (done, *make_live().progress[1:])
        etas = (None, *make_live().etas[1:])
        carrier.has(
            make_route(stops, status=RouteStatus.ACTIVE),
            make_live(**{"progress": progress, "etas": etas, "recent": ()} | live),
        )
        return carrier

    def test_a_scanned_parcel_is_out_for_delivery_and_its_stop_is_to_be_made(self) -> None:
        carrier = self.left_behind()

        assert verdict(carrier) is ScanVerdict.LOADED

        shipment, live = carrier.shipment(1), carrier.fleet.live(DRIVER_ID)
        assert shipment.status is Status.OUT_FOR_DELIVERY
        assert carrier.told(1) == [
            EventType.ACCEPTED,
            EventType.LOADED,
            EventType.OUT_FOR_DELIVERY,
        ]
        assert not live.progress[0].is_done
        assert live.etas[0] is not None
        route = carrier.routes.get(ROUTE)
        assert shipment.promise == shipment.first_promise == route.stops[0].promise
        assert route.plan_version == live.plan_version
        assert carrier.news(1)[-1].data["promise"] is not None

    def test_a_repeat_changes_nothing(self) -> None:
        carrier = self.left_behind()
        scan(carrier, "BARCODE-1")
        before = (carrier.shipment(1), carrier.fleet.live(DRIVER_ID), carrier.routes.get(ROUTE))

        assert verdict(carrier) is ScanVerdict.LOADED
        assert before == (
            carrier.shipment(1),
            carrier.fleet.live(DRIVER_ID),
            carrier.routes.get(ROUTE),
        )

    def test_a_scan_that_was_cut_off_before_the_departure_is_finished_by_its_repeat(self) -> None:
        carrier = self.left_behind()
        carrier.journal.before = [goes_well] + [lost_race] * ATTEMPTS

        with pytest.raises(Unavailable):
            scan(carrier, "BARCODE-1")
        scan(carrier, "BARCODE-1")

        assert carrier.told(1).count(EventType.OUT_FOR_DELIVERY) == 1
        assert not carrier.fleet.live(DRIVER_ID).progress[0].is_done

    def test_the_second_parcel_joins_the_first(self) -> None:
        carrier = self.left_behind("BARCODE-1", "BARCODE-1b")

        assert verdict(carrier, "BARCODE-1") is ScanVerdict.PARTLY_LOADED
        assert carrier.shipment(1).status is Status.OUT_FOR_DELIVERY
        assert carrier.news(1)[-1].data["parcels"] == {
            "total": 2,
            "aboard": 1,
            "delivered": 0,
            "later": 1,
        }
        live = carrier.fleet.live(DRIVER_ID)

        assert verdict(carrier, "BARCODE-1b") is ScanVerdict.LOADED
        assert carrier.told(1)[-2:] == [EventType.OUT_FOR_DELIVERY, EventType.LOADED]
        assert carrier.news(1)[-1].data["barcodes"] == ["BARCODE-1b"]
        assert carrier.fleet.live(DRIVER_ID) == live

    def just_over(self, **live: Any) -> InMemoryCarrier:
        """The route has ended; one parcel for it stayed at the hub."""
        done = tuple(replace(p, is_done=True, promise=None) for p in make_live().progress)
        ended = {"progress": done, "etas": (None,) * 3, "ended_at": NOON - minutes(5)}
        carrier = self.left_behind(**ended, **live)
        over = replace(
            carrier.routes.get(ROUTE), status=RouteStatus.COMPLETED, completed_at=NOON - minutes(5)
        )
        carrier.has(over)
        return carrier

    def with_a_next_route(self, ended_min: int, **changes: Any) -> InMemoryCarrier:
        """The last stop is 6 km from the hub: a van needs some 17 minutes back."""
        carrier = self.just_over(planned=(TOMORROW,))
        live = replace(carrier.fleet.live(DRIVER_ID), ended_at=NOON - minutes(ended_min))
        carrier.has(replace(live, last_stop=2))
        route = carrier.routes.get(ROUTE)
        far = north_of(route.stops[2].coordinates, 6_000.0)
        carrier.has(replace(route, hub_coordinates=far))
        stop = make_stop(0, consignments=(Consignment(ShipmentId("shp_0009"), ("NEXT",)),))
        following = make_shipment(
            9, parcels=(Parcel("NEXT"),), assignment=make_assignment(route_id=TOMORROW)
        )
        carrier.has(make_route([stop], id=TOMORROW, **changes), following)
        return carrier

    def test_a_leftover_is_not_taken_once_the_next_route_is_being_loaded(self) -> None:
        carrier = self.with_a_next_route(ended_min=5)
        assert verdict(carrier, "NEXT") is ScanVerdict.LOADED

        assert scan_again(carrier, "BARCODE-1") is ScanVerdict.NOT_ON_ROUTE
        assert not carrier.fleet.live(DRIVER_ID).is_on_shift

    def test_nor_before_that_once_the_van_can_be_back_at_the_hub(self) -> None:
        carrier = self.with_a_next_route(ended_min=20)

        assert scan_again(carrier, "BARCODE-1") is ScanVerdict.NOT_ON_ROUTE
        assert not carrier.fleet.live(DRIVER_ID).is_on_shift
        assert carrier.told(1) == []

    def test_what_is_found_on_the_way_back_makes_the_route_go_on(self) -> None:
        carrier = self.with_a_next_route(ended_min=5)

        assert scan_again(carrier, "BARCODE-1") is ScanVerdict.LOADED
        assert carrier.fleet.live(DRIVER_ID).is_on_shift

    def test_a_route_of_another_day_does_not_count_as_the_next(self) -> None:
        later = NOON + timedelta(days=2)
        carrier = self.with_a_next_route(20, starts_at=later, service_day=later.date())

        assert scan_again(carrier, "BARCODE-1") is ScanVerdict.LOADED
        assert carrier.fleet.live(DRIVER_ID).is_on_shift

    def test_a_route_that_ended_a_moment_ago_goes_on(self) -> None:
        carrier = self.just_over()

        assert verdict(carrier) is ScanVerdict.LOADED

        route, live = carrier.routes.get(ROUTE), carrier.fleet.live(DRIVER_ID)
        assert (route.status, route.completed_at) == (RouteStatus.ACTIVE, None)
        assert route.pauses == (Range(NOON - minutes(5), NOON),)
        assert live.is_on_shift
        assert live.remaining() == [0]

    def test_a_route_that_ended_long_ago_takes_nothing(self) -> None:
        carrier = self.left_behind(ended_at=NOON - minutes(60 * 7))

        with pytest.raises(NotFound):
            scan(carrier, "BARCODE-1")


def test_on_the_road_a_driver_loads_for_the_next_route() -> None:
    carrier = at_the_hub(assignment=make_assignment(route_id=TOMORROW))
    carrier.has(
        make_route(3, status=RouteStatus.ACTIVE),
        make_route(3, id=TOMORROW, starts_at=NOON + minutes(60)),
        make_live(planned=(TOMORROW,)),
    )

    assert verdict(carrier) is ScanVerdict.LOADED


def same_barcode() -> InMemoryCarrier:
    """Two shippers' shipments with one barcode, at the first two stops."""
    carrier = at_the_hub()
    other = make_shipment(
        2,
        shipper_id=ShipperId("shr_2"),
        parcels=(Parcel("BARCODE-1"),),
        assignment=make_assignment(1),
    )
    second = make_stop(1, consignments=(Consignment(other.id, ("BARCODE-1",)),))
    carrier.has(other, make_route([make_stop(0), second]))
    return carrier


def test_a_barcode_that_two_shipments_have_loads_one_and_then_asks_which() -> None:
    carrier = same_barcode()

    results = scan(carrier, "BARCODE-1", "BARCODE-1")

    assert [(r.verdict, r.shipment_id) for r in results] == [
        (ScanVerdict.LOADED, "shp_0001"),
        (ScanVerdict.AMBIGUOUS, None),
    ]
    assert results[1].choices == ("shp_0001", "shp_0002")
    assert carrier.told(2) == []


def test_a_scan_may_say_which_shipment_it_means() -> None:
    carrier = same_barcode()
    scan(carrier, "BARCODE-1")

    chosen = tuple(Scan(f"chosen-{i}", "BARCODE-1", NOON, ShipmentId("shp_0002")) for i in range(2))
    results = carrier.use(ScanParcels)(chosen, actor=DRIVER)
    (last,) = carrier.use(ScanParcels)((Scan("last", "BARCODE-1", NOON),), actor=DRIVER)
    unknown = Scan("none", "BARCODE-1", NOON, ShipmentId("shp_0003"))
    (none,) = carrier.use(ScanParcels)((unknown,), actor=DRIVER)

    assert [(r.verdict, r.shipment_id) for r in results] == [
        (ScanVerdict.LOADED, "shp_0002"),
        (ScanVerdict.ALREADY_LOADED, "shp_0002"),
    ]
    assert last.verdict is ScanVerdict.ALREADY_LOADED
    assert none.verdict is ScanVerdict.NOT_ON_ROUTE


def test_a_repeat_of_a_scan_has_the_answer_of_the_first_time_and_loads_nothing() -> None:
    carrier = same_barcode()
    first = scan(carrier, "BARCODE-1")
    before = carrier.shipment(1), carrier.shipment(2)

    assert scan(carrier, "BARCODE-1") == first
    assert (carrier.shipment(1), carrier.shipment(2)) == before


def test_a_repeat_loads_nothing_for_a_later_route() -> None:
    """The answer of the first scan was lost; meanwhile the parcel is planned for another route."""
    carrier = with_parcels("BARCODE-1")
    first = scan(carrier, "BARCODE-1")
    carrier.road_network = InMemoryRoadNetwork()  # type: ignore[attr-defined]
    carrier.hubs.put(make_hub())
    closed = replace(carrier.routes.get(ROUTE), status=RouteStatus.COMPLETED)
    carrier.has(closed, Live(DRIVER_ID, version=9))
    order = NewRoute(
        driver_id=DRIVER_ID,
        hub_id=HubId("hub_1"),
        service_day=NOON.date(),
        starts_at=NOON,
        visits=(PlannedVisit((ShipmentId("shp_0001"),)),),
    )
    carrier.use(PlanRoute)(order, actor=make_actor(Role.DISPATCHER))
    commits = len(carrier.journal.tried)

    (again,) = scan(carrier, "BARCODE-1")

    assert (again.verdict, again.shipment_id) == (first[0].verdict, first[0].shipment_id)
    assert parcel_state(carrier.shipment(1), "BARCODE-1") is ParcelState.AT_HUB
    assert carrier.journal.tried[commits:] == []

    (anew,) = carrier.use(ScanParcels)((Scan("scan-9", "BARCODE-1", NOON),), actor=DRIVER)

    assert anew.verdict is ScanVerdict.LOADED
    assert parcel_state(carrier.shipment(1), "BARCODE-1") is ParcelState.ABOARD


def test_the_repeat_of_the_first_of_two_parcels_is_still_a_part() -> None:
    carrier = with_parcels("BARCODE-1", "BARCODE-1b")
    first = scan(carrier, "BARCODE-1")
    scan(carrier, "BARCODE-1b")

    assert carrier.shipment(1).status is Status.LOADED
    assert scan(carrier, "BARCODE-1") == first


@pytest.mark.parametrize("scanned", ["BARCODE-1\r\n", "]C0BARCODE-1", " barcode-1"])
def test_a_code_is_known_whatever_the_scanner_makes_of_it(scanned: str) -> None:
    carrier = at_the_hub()

    assert verdict(carrier, scanned) is ScanVerdict.LOADED
    assert carrier.shipment(1).scanned_barcodes == {"BARCODE-1"}


def test_the_earliest_planned_route_is_loaded_first() -> None:
    carrier = same_barcode()
    late = carrier.routes.get(ROUTE)
    early = replace(late, id=TOMORROW, starts_at=late.starts_at - minutes(1))
    second = replace(carrier.shipment(2), assignment=make_assignment(1, route_id=TOMORROW))
    carrier.has(early, second, Live(DRIVER_ID, version=1, planned=(ROUTE, TOMORROW)))

    (result,) = scan(carrier, "BARCODE-1")

    assert result.shipment_id == "shp_0002"


def test_a_planned_route_that_is_gone_is_passed_over() -> None:
    carrier = at_the_hub()
    carrier.has(Live(DRIVER_ID, version=1, planned=(RouteId("rte_gone"), ROUTE)))

    assert verdict(carrier) is ScanVerdict.LOADED


def without_routes() -> list[Live]:
    return [
        Live(DRIVER_ID, version=1),
        Live(DRIVER_ID, version=1, planned=(RouteId("rte_gone"),)),
        make_live(ended_at=NOON - minutes(60 * 24)),
    ]


@pytest.mark.parametrize("live", without_routes(), ids=["none", "gone", "driven"])
def test_without_a_route_to_load_there_is_nothing_to_scan_for(live: Live) -> None:
    carrier = at_the_hub()
    carrier.has(live)

    with pytest.raises(NotFound):
        scan(carrier, "BARCODE-1")


def test_a_revoked_token_loads_nothing() -> None:
    carrier = at_the_hub()
    carrier.has(replace(carrier.fleet.live(DRIVER_ID), epoch=2))

    with pytest.raises(Unauthorized):
        scan(carrier, "BARCODE-1")

    assert carrier.journal.tried == []


def test_a_lost_race_is_run_again() -> None:
    carrier = at_the_hub()
    carrier.journal.before = [lost_race] * (ATTEMPTS - 1)

    assert verdict(carrier) is ScanVerdict.LOADED
    assert carrier.told(1) == [EventType.ACCEPTED, EventType.LOADED]


def test_of_two_scans_at_once_both_count() -> None:
    carrier = with_parcels("BARCODE-1", "BARCODE-1b")
    carrier.journal.before = [lambda: scan(carrier, "BARCODE-1b")]

    assert verdict(carrier) is ScanVerdict.LOADED
    assert carrier.shipment(1).is_fully_scanned
    assert carrier.told(1) == [EventType.ACCEPTED, EventType.LOADED]


def test_a_race_that_is_lost_each_time_is_unavailable_and_the_repeat_goes_on() -> None:
    carrier = at_the_hub()
    carrier.journal.before = [goes_well] + [lost_race] * ATTEMPTS

    with pytest.raises(Unavailable):
        scan(carrier, "BARCODE-1", "BARCODE-2")
    results = scan(carrier, "BARCODE-1", "BARCODE-2")

    assert [r.verdict for r in results] == [ScanVerdict.LOADED, ScanVerdict.LOADED]
    assert carrier.told(1) == [EventType.ACCEPTED, EventType.LOADED]
