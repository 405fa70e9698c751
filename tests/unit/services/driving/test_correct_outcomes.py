from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.driving.run_sheets import Handled, Manifest, ManifestEntry
from chalicelib.domain.errors import IllegalTransition, NotFound, Unavailable
from chalicelib.domain.ids import ShipmentId, ShipperId
from chalicelib.domain.journal.changes import HandledAdded, ManifestChange
from chalicelib.domain.routes.routes import Consignment, RouteStatus
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.domain.shipments.custody import ParcelState
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Parcel, Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.services.driving.correct_outcomes import CorrectOutcome
from chalicelib.services.routes.show_routes import ShowRoutes
from tests.support.builders import (
    NOON,
    make_actor,
    make_live,
    make_range,
    make_route,
    make_stop,
)
from tests.support.fakes.contested import cut_off, goes_well
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import DRIVER, ROUTE, live, on_the_road, report, work

ONE = ShipmentId("shp_0001")
DISPATCHER = make_actor(Role.DISPATCHER)
FAILED = CorrectionOrder(TrueOutcome.ATTEMPT_FAILED, "Wrong house", FailureReason.NO_ACCESS)
DELIVERED = CorrectionOrder(TrueOutcome.DELIVERED, "The customer called")
UNDONE = CorrectionOrder(TrueOutcome.NONE, "Tapped the wrong stop")


def visited(step: Step = Step.DELIVER) -> InMemoryCarrier:
    """A van on the road that has just left its first stop, with its manifest."""
    carrier = on_the_road()
    entries = tuple(ManifestEntry.of(carrier.shipment(i)) for i in (1, 2, 3))
    carrier.journal.commit(ManifestChange(Manifest(ROUTE, entries, NOON.replace(year=2027)), None))
    reason = FailureReason.NOT_HOME if step is Step.FAIL else None
    work(carrier, report(step, reason=reason))
    return carrier


def correct(carrier: InMemoryCarrier, order: CorrectionOrder) -> Shipment:
    return carrier.use(CorrectOutcome)(ONE, order, actor=DISPATCHER)


def test_a_delivery_that_was_none_has_failed_and_can_be_tried_again_at_once() -> None:
    carrier = visited()

    after = correct(carrier, FAILED)

    assert (after.status, after.completed_at) == (Status.ATTEMPT_FAILED, None)
    assert carrier.told()[-1] is EventType.CORRECTED
    assert carrier.news()[-1].data == {
        "status": "attempt_failed",
        "outcome": "attempt_failed",
        "previous_outcome": "delivered",
        "reason": "no_access",
    }
    assert carrier.use(ShowRoutes).of_driver(DRIVER).shipments[ONE].status is Status.ATTEMPT_FAILED
    work(carrier, report(Step.DELIVER, action_id="action-2"))
    assert carrier.shipment().status is Status.DELIVERED


def test_a_failure_that_was_none_is_delivered_at_the_time_of_the_visit() -> None:
    carrier = visited(Step.FAIL)

    after = correct(carrier, DELIVERED)

    assert (after.status, after.completed_at) == (Status.DELIVERED, NOON)
    assert after.corrections[0].explanation == "The customer called"


def test_an_undone_attempt_is_before_the_driver_again() -> None:
    carrier = visited()
    assert live(carrier).progress[0].is_done

    after = correct(carrier, UNDONE)

    assert after.status is Status.OUT_FOR_DELIVERY
    assert carrier.told()[-2:] == [EventType.CORRECTED, EventType.OUT_FOR_DELIVERY]
    assert not live(carrier).progress[0].is_done
    assert live(carrier).etas[0] is not None
    seen = carrier.use(ShowRoutes).of_driver(DRIVER).shipments[ONE]
    assert seen.status is Status.OUT_FOR_DELIVERY


def test_long_after_the_route_an_undone_parcel_is_at_the_hub() -> None:
    carrier = visited()
    carrier.has(replace(live(carrier), ended_at=NOON))
    carrier.clock.at = NOON + timedelta(days=1)

    after = correct(carrier, UNDONE)

    assert (after.status, after.assignment) == (Status.ACCEPTED, None)


@pytest.mark.parametrize("order", [FAILED, UNDONE], ids=["failed", "undone"])
def test_a_late_repeat_of_the_mistaken_report_changes_nothing(order: CorrectionOrder) -> None:
    carrier = visited()
    after = correct(carrier, order)

    work(carrier, report(Step.DELIVER))

    assert carrier.shipment() == after


@pytest.mark.parametrize("order", [FAILED, UNDONE, DELIVERED], ids=["failed", "undone", "known"])
def test_a_repeat_of_a_correction_changes_nothing(order: CorrectionOrder) -> None:
    carrier = visited()
    after = correct(carrier, order)
    told = carrier.told()

    if order is UNDONE:
        with pytest.raises(IllegalTransition):
            correct(carrier, order)
    else:
        assert correct(carrier, order) == after
    assert carrier.told() == told


def test_a_correction_that_was_cut_off_is_finished_by_its_repeat() -> None:
    carrier = visited()
    carrier.journal.before = (goes_well, cut_off)
    with pytest.raises(Unavailable):
        correct(carrier, UNDONE)
    assert carrier.shipment().status is Status.LOADED

    assert correct(carrier, UNDONE).status is Status.OUT_FOR_DELIVERY
    assert carrier.told().count(EventType.CORRECTED) == 1


def test_before_a_visit_there_is_nothing_to_correct() -> None:
    carrier = on_the_road()

    with pytest.raises(IllegalTransition, match="while it stands"):
        correct(carrier, DELIVERED)


def test_what_is_foreign_is_unknown() -> None:
    carrier = visited()
    carrier.has(replace(carrier.shipment(), shipper_id=ShipperId("shr_2")))
    shipper = make_actor(Role.SHIPPER)

    with pytest.raises(NotFound):
        carrier.use(CorrectOutcome)(ONE, FAILED, actor=shipper)


def test_a_parcel_that_failed_first_and_is_delivered_with_the_rest_is_shown_delivered() -> None:
    parcels = (Parcel("A"), Parcel("B"))
    carrier = on_the_road(parcels=parcels, scanned_barcodes=frozenset("AB"))
    stops = [make_stop(0, consignments=(Consignment(ONE, ("A", "B")),)), make_stop(1)]
    promised = [replace(stop, promise=make_range()) for stop in stops]
    carrier.has(make_route(promised, status=RouteStatus.ACTIVE), make_live(2, recent=()))
    entries = tuple(ManifestEntry.of(carrier.shipment(i)) for i in (1, 2))
    carrier.journal.commit(
        ManifestChange(Manifest(ROUTE, entries, NOON.replace(year=2027)), None),
        HandledAdded(ROUTE, Handled(parcels=frozenset({0, 1, 2})), NOON.replace(year=2027)),
    )
    work(carrier, report(Step.FAIL, barcodes=("A",)))

    work(carrier, report(Step.DELIVER, action_id="action-2", barcodes=("A", "B")))

    assert carrier.shipment().status is Status.DELIVERED
    seen = carrier.use(ShowRoutes).of_driver(DRIVER).shipments[ONE]
    assert seen.states == (ParcelState.DELIVERED, ParcelState.DELIVERED)
