"""Reports about single parcels of a stop: each parcel is decided once, and none gets lost."""

from dataclasses import replace

import pytest

from chalicelib.domain.errors import Invalid
from chalicelib.domain.routes.routes import Consignment
from chalicelib.domain.shipments.custody import ParcelState, parcel_state
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import make_route, make_stop
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import (
    FIRST,
    ROUTE,
    SECOND,
    assert_refused,
    live,
    on_the_road,
    report,
    two_at_one_door,
    work,
)


def with_parcels(*barcodes: str, scanned: tuple[str, ...] | None = None) -> InMemoryCarrier:
    """A van on the road; the shipment of its first stop has these parcels, all aboard or some."""
    aboard = frozenset(barcodes if scanned is None else scanned)
    parcels = tuple(map(Parcel, barcodes))
    carrier = on_the_road(2, parcels=parcels, scanned_barcodes=aboard)
    first = make_stop(0, consignments=(Consignment(FIRST, barcodes),))
    route = carrier.routes.get(ROUTE)
    carrier.has(replace(make_route([first, make_stop(1)]), status=route.status))
    return carrier


@pytest.mark.parametrize("status", [Status.OUT_FOR_DELIVERY, Status.ARRIVING, Status.ARRIVED])
@pytest.mark.parametrize(
    ("step", "told"),
    [(Step.DELIVER, EventType.DELIVERED), (Step.FAIL, EventType.ATTEMPT_FAILED)],
)
def test_the_rest_of_a_shipment_is_still_on_its_way(
    status: Status, step: Step, told: EventType
) -> None:
    carrier = with_parcels("A1", "A2")
    carrier.has(replace(carrier.shipment(1), status=status))

    work(carrier, report(step, barcodes=("A1",)))

    shipment = carrier.shipment(1)
    assert shipment.status is status
    assert parcel_state(shipment, "A2") is ParcelState.ABOARD
    (event,) = carrier.news(1)
    assert (event.type, event.data["status"]) == (told, status.value)
    assert event.data["barcodes"] == ["A1"]
    assert live(carrier).remaining() == [0, 1]


@pytest.mark.parametrize("first", [Step.DELIVER, Step.FAIL])
@pytest.mark.parametrize("second", [Step.DELIVER, Step.FAIL])
def test_the_last_decision_ends_the_visit(first: Step, second: Step) -> None:
    carrier = with_parcels("A1", "A2")

    work(carrier, report(first, barcodes=("A1",)))
    work(carrier, report(second, action_id="action-2"))

    ends = {Step.DELIVER: Status.DELIVERED, Step.FAIL: Status.ATTEMPT_FAILED}
    assert carrier.shipment(1).status is ends[second]
    assert live(carrier).remaining() == [1]


@pytest.mark.parametrize("action_id", ["action-1", "action-2"])
def test_what_was_handed_over_is_reported_again_without_harm(action_id: str) -> None:
    carrier = with_parcels("A1", "A2")
    first = work(carrier, report(barcodes=("A1",)))
    before = str(carrier.stores)

    assert work(carrier, report(barcodes=("A1",), action_id=action_id)) == first
    assert str(carrier.stores) == before


class TestOneBarcodeOfSeveralShipments:
    def test_it_means_the_one_whose_text_it_is(self) -> None:
        carrier = two_with("AB1", "ab1")

        work(carrier, report(barcodes=("ab1",)))

        assert carrier.shipment(1).status is Status.OUT_FOR_DELIVERY
        assert carrier.shipment(2).status is Status.DELIVERED

    def test_where_it_can_mean_both_the_report_must_say_which(self) -> None:
        carrier = two_with("S9", "S9")

        refused = assert_refused(carrier, report(barcodes=("S9",)), Invalid)
        work(carrier, report(barcodes=("S9",), shipment_ids=(SECOND,)))

        assert "'/barcodes/0'" in str(refused.data)
        assert "ambiguous_parcel" in str(refused.data)
        assert carrier.shipment(1).status is Status.OUT_FOR_DELIVERY
        assert carrier.shipment(2).status is Status.DELIVERED

    def test_it_means_the_one_on_the_van(self) -> None:
        carrier = two_with("S9", "S9")
        carrier.has(replace(carrier.shipment(2), status=Status.ACCEPTED))

        work(carrier, report(barcodes=("S9",)))

        assert carrier.shipment(1).status is Status.DELIVERED

    def test_a_repeat_means_the_one_of_the_first_time(self) -> None:
        carrier = two_with("S9", "S9")
        travelling = carrier.shipment(2)
        carrier.has(replace(travelling, status=Status.ACCEPTED))
        first = work(carrier, report(barcodes=("S9",)))[0]
        carrier.has(travelling)

        assert work(carrier, report(barcodes=("S9",))) == (first, travelling)

    def test_a_barcode_of_another_shipment_than_the_listed_one_is_unknown(self) -> None:
        carrier = two_with("A1", "B1")

        refused = assert_refused(carrier, report(barcodes=("B1",), shipment_ids=(FIRST,)), Invalid)

        assert "unknown_parcel" in str(refused.data)


def two_with(first: str, second: str) -> InMemoryCarrier:
    """Two shipments at one door, each with one parcel of this barcode."""
    carrier = two_at_one_door()
    for number, barcode in enumerate((first, second), start=1):
        carrier.has(replace(carrier.shipment(number), parcels=(Parcel(barcode),)))
    both = (Consignment(FIRST, (first,)), Consignment(SECOND, (second,)))
    route = carrier.routes.get(ROUTE)
    carrier.has(replace(route, stops=(make_stop(0, consignments=both), *route.stops[1:])))
    return carrier


@pytest.mark.parametrize("step", [Step.DELIVER, Step.FAIL])
def test_a_listed_parcel_that_nobody_scanned_is_not_dropped_in_silence(step: Step) -> None:
    carrier = with_parcels("Q1", "Q2", scanned=("Q1",))

    refused = assert_refused(carrier, report(step, barcodes=("Q1", "Q2")), Invalid)

    assert "'/barcodes/1'" in str(refused.data)
    assert "parcel_not_aboard" in str(refused.data)


def test_a_listed_parcel_that_was_handed_over_before_is_harmless() -> None:
    carrier = with_parcels("Q1", "Q2")
    work(carrier, report(barcodes=("Q1",)))

    work(carrier, report(barcodes=("Q1", "Q2"), action_id="action-2"))

    assert carrier.shipment(1).status is Status.DELIVERED
