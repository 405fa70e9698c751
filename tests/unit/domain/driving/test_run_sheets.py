"""What a driver sees of each shipment, from the manifest, the notes and the live state."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.run_sheets import (
    Handled,
    Manifest,
    ManifestEntry,
    driver_shipments,
    parcel_numbers,
    run_sheet_expires_at,
    shipment_numbers,
)
from chalicelib.domain.ids import DriverId, ShipmentId
from chalicelib.domain.routes.routes import Consignment, Route
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import NOON, make_live, make_range, make_route, make_shipment, make_stop

A, B, C = ShipmentId("shp_0001"), ShipmentId("shp_0002"), ShipmentId("shp_0003")
PLANNED = make_route(
    [
        make_stop(0, consignments=(Consignment(A, ("a1", "a2")), Consignment(B, ("b",)))),
        make_stop(1, consignments=(Consignment(C, ("c",)),)),
    ]
)
DRIVEN = replace(PLANNED, stops=tuple(replace(s, promise=make_range()) for s in PLANNED.stops))
ALL = Handled(parcels=frozenset({0, 1, 2, 3}))
OFF_SHIFT = Live(DriverId("drv_1"))


def statuses(route: Route, handled: Handled, live: Live) -> list[str]:
    entries = tuple(ManifestEntry.of(make_shipment(number)) for number in (1, 2, 3))
    manifest = Manifest(route.id, entries, run_sheet_expires_at(route))
    found = driver_shipments(route, manifest, handled, live)
    assert list(found) == [A, B, C]
    return [each.status.value for each in found.values()]


def on_the_road(*progress: Progress) -> Live:
    return make_live(2, progress=progress)


@pytest.mark.parametrize(
    ("parcels", "expected"),
    [
        ((), ["created", "created", "created"]),
        ((1,), ["accepted", "created", "created"]),
        ((0, 1), ["loaded", "created", "created"]),
        ((2, 3), ["created", "loaded", "loaded"]),
    ],
)
def test_before_the_start_scans_say_it(parcels: tuple[int, ...], expected: list[str]) -> None:
    assert statuses(PLANNED, Handled(parcels=frozenset(parcels)), OFF_SHIFT) == expected


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(), "out_for_delivery"),
        (Progress(has_approached=True), "arriving"),
        (Progress(has_approached=True, arrived_at=NOON), "arrived"),
        (Progress(is_done=True), "delivered"),
    ],
)
def test_on_the_road_the_stop_says_it(progress: Progress, expected: str) -> None:
    live = on_the_road(progress, Progress())

    assert statuses(DRIVEN, ALL, live) == [expected, expected, "out_for_delivery"]


def test_what_failed_or_was_delivered_by_itself_is_noted() -> None:
    live = on_the_road(Progress(arrived_at=NOON), Progress(is_done=True))
    noted = replace(ALL, delivered=frozenset({0}), failed=frozenset({2}))

    assert statuses(DRIVEN, noted, live) == ["delivered", "arrived", "attempt_failed"]


def test_what_stayed_at_the_hub_stays_what_it_was() -> None:
    live = on_the_road(Progress(is_done=True), Progress(is_done=True))
    unloaded = replace(DRIVEN, stops=(DRIVEN.stops[0], PLANNED.stops[1]))

    assert statuses(unloaded, Handled(parcels=frozenset({2})), live) == [
        "created",
        "delivered",
        "created",
    ]


def parcels(route: Route, handled: Handled, live: Live) -> list[str]:
    """Where the parcels of the first shipment are."""
    entries = tuple(ManifestEntry.of(make_shipment(number)) for number in (1, 2, 3))
    manifest = Manifest(route.id, entries, run_sheet_expires_at(route))
    return [
        parcel.state.value for parcel in driver_shipments(route, manifest, handled, live)[A].parcels
    ]


@pytest.mark.parametrize(
    ("progress", "noted", "status", "expected"),
    [
        (Progress(), {}, "out_for_delivery", ["aboard", "at_hub"]),
        (Progress(arrived_at=NOON), {}, "arrived", ["aboard", "at_hub"]),
        (Progress(is_done=True), {}, "delivered", ["delivered", "at_hub"]),
        (Progress(is_done=True), {"failed_parcels": {0}}, "attempt_failed", ["aboard", "at_hub"]),
        (
            Progress(is_done=True),
            {"failed_parcels": {0}, "delivered_parcels": {0}},
            "delivered",
            ["delivered", "at_hub"],
        ),
    ],
    ids=["on the way", "at the door", "delivered", "failed", "served after all"],
)
def test_a_part_of_a_shipment_is_on_the_road(
    progress: Progress, noted: dict[str, set[int]], status: str, expected: list[str]
) -> None:
    live = on_the_road(progress, Progress())
    some = {name: frozenset(numbers) for name, numbers in noted.items()}
    handled = Handled(parcels=frozenset({0, 2, 3}), **some)

    assert parcels(DRIVEN, handled, live) == expected
    assert statuses(DRIVEN, handled, live)[0] == status


@pytest.mark.parametrize(
    ("noted", "status", "expected"),
    [
        ({"delivered_parcels": {0}}, "arrived", ["delivered", "aboard"]),
        (
            {"delivered_parcels": {0}, "failed_parcels": {1}},
            "attempt_failed",
            ["delivered", "aboard"],
        ),
        ({"delivered_parcels": {0, 1}}, "delivered", ["delivered", "delivered"]),
    ],
    ids=["one handed over", "the other refused", "both handed over"],
)
def test_parcels_of_one_shipment_may_end_differently(
    noted: dict[str, set[int]], status: str, expected: list[str]
) -> None:
    live = on_the_road(Progress(arrived_at=NOON), Progress())
    some = {name: frozenset(numbers) for name, numbers in noted.items()}
    handled = replace(ALL, failed=frozenset({0}), **some)

    assert parcels(DRIVEN, handled, live) == expected
    assert statuses(DRIVEN, handled, live)[0] == status


def test_another_route_of_the_driver_says_nothing_of_this_one() -> None:
    live = make_live(2, route_id="rte_2", progress=(Progress(is_done=True),) * 2)

    assert statuses(PLANNED, ALL, live) == [Status.LOADED] * 3


def test_parcels_and_shipments_are_numbered_through_the_plan() -> None:
    scanned = {A: frozenset({"a2"}), C: frozenset({"c", "elsewhere"})}

    assert parcel_numbers(PLANNED, scanned) == {1, 3}
    assert shipment_numbers(PLANNED) == {A: 0, B: 1, C: 2}


def test_scanned_barcodes_are_shown_once_and_in_order() -> None:
    twice = make_route([make_stop(0, consignments=(Consignment(A, ("z", "a", "z")),))])
    entries = (ManifestEntry.of(make_shipment()),)
    manifest = Manifest(twice.id, entries, NOON)
    handled = Handled(parcels=parcel_numbers(twice, {A: frozenset({"a", "z"})}))

    (found,) = driver_shipments(twice, manifest, handled, OFF_SHIFT).values()

    assert (found.barcodes, found.scanned_barcodes) == (("z", "a", "z"), ("a", "z"))
    assert found.status is Status.LOADED


def test_names_are_kept_for_a_week_from_the_start_or_from_a_late_planning() -> None:
    early = make_route(1, starts_at=NOON, created_at=NOON - timedelta(days=9))
    late = make_route(1, starts_at=NOON - timedelta(days=900), created_at=NOON)

    assert run_sheet_expires_at(early) == run_sheet_expires_at(late) == NOON + timedelta(days=7)
