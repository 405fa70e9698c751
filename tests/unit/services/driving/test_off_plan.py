"""Offline work under an older plan: what was handed over is delivered, wherever it stands now."""

from typing import Any

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ProofId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.edits import Add, Remove
from chalicelib.domain.routes.events import RouteEventType
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.proofs.upload_proofs import AllowProofUpload
from tests.support.builders import minutes
from tests.support.depots import DRIVER, OTHER, Depot, delivered_by


def taken_off() -> tuple[Depot, StopId]:
    """A van that has left with three shipments; the second stop was taken off its plan."""
    depot = Depot()
    route = depot.started(1, 2, 3)
    depot.edit(route.id, Remove(route.stops[1].id))
    depot.carrier.clock.go_on(minutes(30))
    return depot, route.stops[1].id


def test_a_stop_that_was_taken_off_and_delivered_after_all_is_a_delivery() -> None:
    depot, stop_id = taken_off()

    shown = depot.report(stop_id, at=depot.now - minutes(20))

    shipment = depot.carrier.shipment(2)
    assert shown == (shipment,)
    assert (shipment.status, shipment.completed_at) == (
        Status.DELIVERED,
        depot.now - minutes(20),
    )
    assert depot.carrier.told(2)[-3:] == [
        EventType.UNASSIGNED,
        EventType.SUPERSEDED,
        EventType.DELIVERED,
    ]
    assert [event.seq for event in depot.carrier.news(2)] == list(range(2, shipment.seq + 1))
    assert depot.live().remaining() == [0, 1]


def test_its_photo_may_be_uploaded_and_belongs_to_the_delivery() -> None:
    depot, stop_id = taken_off()
    allow = depot.carrier.use(AllowProofUpload)

    allowed = allow(
        ShipmentId("shp_0002"), content_type="image/jpeg", size_bytes=1_000, actor=DRIVER
    )
    depot.report(stop_id, proof_ids=(allowed.proof_id, ProofId("prf_unknown")))

    attempt = depot.carrier.shipment(2).last_attempt
    assert attempt is not None
    assert attempt.proof_ids == (allowed.proof_id,)
    with pytest.raises(NotFound):
        allow(depot.ship(9)[0], content_type="image/jpeg", size_bytes=1_000, actor=DRIVER)


def test_the_repeat_of_the_report_changes_nothing() -> None:
    depot, stop_id = taken_off()
    depot.report(stop_id)
    before = depot.carrier.shipment(2)

    depot.reports -= 1
    depot.report(stop_id)

    assert depot.carrier.shipment(2) == before


def test_an_attempt_that_failed_is_kept_and_the_shipment_stays_free() -> None:
    depot, stop_id = taken_off()

    for _ in range(2):
        depot.report(stop_id, Step.FAIL)
        depot.reports -= 1

    assert depot.carrier.shipment(2).status is Status.ACCEPTED
    assert depot.carrier.told(2).count(EventType.SUPERSEDED) == 1
    other = depot.plan_of(2, driver=2)
    assert depot.carrier.shipment(2).is_on(other.id)


def test_an_arrival_there_is_no_news() -> None:
    depot, stop_id = taken_off()
    before = depot.carrier.shipment(2)

    assert depot.report(stop_id, Step.ARRIVE) == (before,)
    assert depot.carrier.shipment(2) == before


def test_it_is_a_delivery_and_leaves_the_route_that_has_it_by_now() -> None:
    depot, stop_id = taken_off()
    depot.ship(4, 5)
    other = depot.plan_of(4, 2, 5, driver=2)

    depot.report(stop_id)

    after = depot.route(other.id)
    assert depot.carrier.shipment(2).status is Status.DELIVERED
    assert depot.carrier.shipment(2).assignment is None
    assert delivered_by(after) == ["shp_0004", "shp_0005"]
    assert (after.status, after.plan_version) == (RouteStatus.PLANNED, 2)
    assert after.stops[1].planned != other.stops[2].planned
    sheet = depot.carrier.routes.run_sheet(other.id, 2, depot.now)
    assert sheet.manifest is not None
    assert tuple(entry.shipment_id for entry in sheet.manifest.entries) == after.listed


def test_a_planned_route_with_nothing_else_to_do_is_cancelled_then() -> None:
    depot, stop_id = taken_off()
    other = depot.plan_of(2, driver=2)

    depot.report(stop_id)

    assert depot.route(other.id).status is RouteStatus.CANCELLED
    assert depot.live(2).planned == ()


def driven_without_it(*numbers: int) -> tuple[Depot, StopId, RouteId]:
    """What was taken off is planned first of another van, which has left with these alone."""
    depot, stop_id = taken_off()
    depot.ship(*numbers)
    other = depot.plan_of(2, *numbers, driver=2)
    depot.load(*numbers, actor=OTHER)
    depot.start(other, OTHER)
    return depot, stop_id, other.id


def test_a_van_that_has_left_without_it_goes_on_to_the_others() -> None:
    depot, stop_id, other_id = driven_without_it(8)
    promised = depot.carrier.shipment(8).promise

    depot.report(stop_id)

    live, route = depot.live(2), depot.route(other_id)
    assert depot.carrier.shipment(2).status is Status.DELIVERED
    assert delivered_by(route) == ["shp_0008"]
    assert (live.plan_version, live.remaining()) == (route.plan_version, [0])
    assert live.etas[0] is not None
    assert depot.carrier.shipment(8).promise == promised == route.stops[0].promise
    (*_, told) = depot.carrier.route_history.histories[other_id].values()
    assert (told.type, told.data["changes"]) == (RouteEventType.CHANGED, ["delivered_elsewhere"])


@pytest.mark.parametrize("is_at_door", [False, True])
def test_what_was_scanned_onto_another_van_since_stays_there(*, is_at_door: bool) -> None:
    depot, stop_id = taken_off()
    other = depot.plan_of(2, driver=2)
    depot.load(2, actor=OTHER)
    depot.start(other, OTHER)
    if is_at_door:
        depot.report(other.stops[0].id, Step.ARRIVE, actor=OTHER)
    before = depot.carrier.shipment(2)

    (shown,) = depot.report(stop_id)

    assert shown.status is before.status is not Status.DELIVERED
    assert depot.carrier.told(2)[-1] is EventType.SUPERSEDED
    assert delivered_by(depot.route(other.id)) == ["shp_0002"]


def tried_and_over() -> tuple[Depot, StopId]:
    """A route that is over; its only visit has failed."""
    depot = Depot()
    route = depot.started(1)
    depot.report(route.stops[0].id, Step.FAIL)
    depot.carrier.clock.go_on(minutes(30))
    return depot, route.stops[0].id


@pytest.mark.parametrize("names", [{}, {"barcodes": ("BARCODE-1",)}])
def test_what_the_office_has_taken_back_and_was_handed_over_before_is_delivered(
    names: dict[str, Any],
) -> None:
    depot, stop_id = tried_and_over()
    depot.retry(1)

    shown = depot.report(stop_id, at=depot.now - minutes(20), **names)

    assert shown == (depot.carrier.shipment(1),)
    assert depot.carrier.shipment(1).status is Status.DELIVERED
    assert depot.carrier.told(1)[-2:] == [EventType.SUPERSEDED, EventType.DELIVERED]
    depot.reports -= 1
    assert depot.report(stop_id, at=depot.now - minutes(20), **names) == shown


def test_a_photo_of_it_may_be_uploaded() -> None:
    depot, _ = tried_and_over()
    depot.retry(1)
    allow = depot.carrier.use(AllowProofUpload)

    allowed = allow(
        ShipmentId("shp_0001"), content_type="image/jpeg", size_bytes=1_000, actor=DRIVER
    )

    assert allowed.proof_id in depot.carrier.allowed_proofs.of(ShipmentId("shp_0001"))


@pytest.mark.parametrize("step", [Step.DELIVER, Step.FAIL])
def test_on_its_way_back_to_the_sender_a_late_report_is_kept_and_changes_nothing(
    step: Step,
) -> None:
    depot, stop_id = tried_and_over()
    depot.give_up(1)

    (shown,) = depot.report(stop_id, step, at=depot.now - minutes(20))

    assert shown.status is Status.RETURNING
    assert depot.carrier.told(1)[-1] is EventType.SUPERSEDED


def test_a_newer_truth_stands() -> None:
    depot, stop_id = taken_off()
    depot.report(stop_id)

    depot.report(stop_id, Step.FAIL)

    assert depot.carrier.shipment(2).status is Status.DELIVERED
    assert depot.carrier.told(2)[-1] is EventType.SUPERSEDED


def test_work_after_the_route_was_ended_by_hand_counts_too() -> None:
    depot = Depot()
    route = depot.started(1, 2)
    depot.complete(route.id)

    depot.report(route.stops[0].id)

    assert depot.carrier.shipment(1).status is Status.DELIVERED
    assert depot.carrier.shipment(2).status is Status.ACCEPTED


def a_part_taken_off() -> tuple[Depot, StopId, int]:
    """A van with two shipments for one door. One of them was taken off after this version."""
    depot = Depot(apart_m=20.0)
    route = depot.started(1)
    (second,) = depot.ship(2)
    depot.edit(route.id, Add((second,), stop_id=route.stops[0].id))
    depot.load(2)
    known = depot.route(route.id).plan_version
    depot.edit(route.id, Remove(route.stops[0].id, (second,)))
    return depot, route.stops[0].id, known


@pytest.mark.parametrize(
    ("more", "second"),
    [
        ({}, Status.ACCEPTED),
        ({"plan_version": "new"}, Status.ACCEPTED),
        ({"plan_version": "known"}, Status.DELIVERED),
        ({"shipment_ids": (ShipmentId("shp_0001"), ShipmentId("shp_0002"))}, Status.DELIVERED),
        ({"barcodes": ("BARCODE-1", "BARCODE-2")}, Status.DELIVERED),
    ],
    ids=str,
)
def test_of_a_stop_that_lost_a_part_the_drivers_plan_or_names_decide(
    more: dict[str, Any], second: Status
) -> None:
    depot, stop_id, known = a_part_taken_off()
    if "plan_version" in more:
        more = {"plan_version": known if more["plan_version"] == "known" else known + 1}

    depot.report(stop_id, **more)

    assert depot.carrier.shipment(1).status is Status.DELIVERED
    assert depot.carrier.shipment(2).status is second


def test_of_the_route_before_it_is_a_delivery_too() -> None:
    depot, stop_id = taken_off()
    route = depot.route(depot.live().route_id or RouteId(""))
    for stop in route.stops:
        depot.report(stop.id)
    depot.plan(5)
    depot.load(5)
    depot.start(depot.sheet().route)

    depot.report(stop_id)

    assert depot.carrier.shipment(2).status is Status.DELIVERED
