"""A stop keeps its number whatever the order: all that is stored outside the plan goes by it."""

from dataclasses import replace

from chalicelib.domain.driving.departures import from_stop
from chalicelib.domain.driving.live import Live, Progress, kept_numbers
from chalicelib.domain.driving.run_sheets import (
    Handled,
    Manifest,
    ManifestEntry,
    driver_shipments,
    parcel_numbers,
    run_sheet_expires_at,
    shipment_numbers,
)
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.learning.arrivals import reached
from chalicelib.domain.learning.learning import lessons_by_departure
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Consignment
from chalicelib.domain.tracking.tracking import view
from tests.support.builders import (
    NOON,
    make_live,
    make_range,
    make_route,
    make_shipment,
    make_shipper,
    make_stop,
    make_travelling,
    minutes,
)

POLICY = Policy()
ORDER = (2, 0, 3)
"""Number 1 was taken off, then the plan was put into another order."""
FIRST = make_route(4)
GONE = FIRST.stops[1]
EDITED = replace(
    FIRST,
    stops=tuple(replace(FIRST.stops[number], promise=make_range()) for number in ORDER),
    joined=FIRST.roll,
    taken_off=(GONE,),
    taken_off_with=(2,),
)
LIVE = make_live(3, numbers=ORDER)


def test_numbers_that_are_indexes_are_not_kept() -> None:
    assert kept_numbers(FIRST.numbers) == ()
    assert kept_numbers(EDITED.numbers) == ORDER


def test_a_stop_is_found_by_its_number() -> None:
    assert [LIVE.index_of(number) for number in range(5)] == [1, None, 0, 2, None]
    assert [LIVE.number_of(index) for index in range(3)] == list(ORDER)
    assert EDITED.indexes_by_number == {2: 0, 0: 1, 3: 2}
    assert [make_live(2).index_of(number) for number in range(3)] == [0, 1, None]


def test_a_recipient_sees_the_own_stop_in_the_new_order() -> None:
    shown = [
        view(make_travelling(number), (), LIVE, make_shipper(), now=NOON, policy=POLICY)
        for number in range(4)
    ]

    assert [each.stops_before for each in shown] == [1, None, 0, 2]
    assert [each.eta for each in shown if each.eta] == [LIVE.etas[1], LIVE.etas[0], LIVE.etas[2]]


def test_a_departure_names_stops_by_number() -> None:
    after = replace(LIVE.with_progress(0, Progress(is_done=True)), etas=(None, *LIVE.etas[1:]))

    left = from_stop(LIVE, after, 0, left_at=NOON, now=NOON, policy=POLICY)

    assert left.stop_number == 2
    assert left.etas == (LIVE.etas[1], None, None, LIVE.etas[2])


def test_what_is_learnt_belongs_to_the_stop_wherever_it_stands_now() -> None:
    live = replace(LIVE, recent=()).with_progress(0, Progress(arrived_at=NOON))
    hub = replace(
        from_stop(LIVE, LIVE, 0, left_at=NOON - minutes(20), now=NOON, policy=POLICY),
        stop_number=None,
    )
    left = from_stop(live, LIVE, 0, left_at=NOON + minutes(3), now=NOON, policy=POLICY)
    lost = replace(left, stop_number=1, left_at=NOON + minutes(9))

    found = reached(EDITED, (hub, left, lost), ())
    lessons = [each.lessons for each in lessons_by_departure(EDITED, (hub, left, lost), after=None)]

    assert list(found.arrivals) == [EDITED.stops[0].id]
    assert [len(some) > 0 for some in lessons] == [False, True, False]
    assert {lesson.visit.place for lesson in lessons[1] if hasattr(lesson, "visit")} == {
        EDITED.stops[0].coordinates
    }


def test_no_parcel_changes_its_number_when_the_plan_changes() -> None:
    barcodes = {
        shipment_id: frozenset(c.barcodes)
        for stop in FIRST.stops
        for c in stop.consignments
        for shipment_id in [c.shipment_id]
    }
    planned = {key: codes for key, codes in barcodes.items() if key in EDITED.listed}

    assert shipment_numbers(EDITED) == shipment_numbers(FIRST)
    assert parcel_numbers(EDITED, planned) == parcel_numbers(FIRST, planned) == {0, 2, 3}


def test_a_shipment_that_came_back_is_numbered_anew() -> None:
    again = Consignment(ShipmentId("shp_0002"), ("BARCODE-2",))
    route = replace(
        EDITED,
        stops=(*EDITED.stops, make_stop(4, consignments=(again,))),
        joined=(*FIRST.roll, again),
    )

    assert parcel_numbers(route, {again.shipment_id: frozenset(again.barcodes)}) == {4}
    assert route.listed == ("shp_0001", "shp_0003", "shp_0004", "shp_0002")


def test_a_run_sheet_lays_names_and_scans_over_the_right_stops() -> None:
    entries = tuple(ManifestEntry.of(make_shipment(number)) for number in (1, 3, 4))
    manifest = Manifest(EDITED.id, entries, run_sheet_expires_at(EDITED))
    live: Live = LIVE.with_progress(0, Progress(is_done=True))

    found = driver_shipments(EDITED, manifest, Handled(parcels=frozenset({0, 2, 3})), live)

    assert {key: (each.entry.reference, each.status.value) for key, each in found.items()} == {
        "shp_0001": ("ORDER-1", "out_for_delivery"),
        "shp_0003": ("ORDER-3", "delivered"),
        "shp_0004": ("ORDER-4", "out_for_delivery"),
    }
