"""Reports about single parcels of a stop: each parcel is decided once, and none gets lost."""

from dataclasses import replace

import pytest

from chalicelib.domain.routes.routes import Consignment
from chalicelib.domain.shipments.custody import ParcelState, parcel_state
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Parcel
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import make_route, make_stop
from tests.support.in_memory import InMemoryCarrier
from tests.support.vans import FIRST, live, on_the_road, report, work


def with_parcels(*barcodes: str, scanned: tuple[str, ...] | None = None) -> InMemoryCarrier:
    """A van on the road; the shipment of its first stop has these parcels, all aboard or some."""
    aboard = frozenset(barcodes if scanned is None else scanned)
    parcels = tuple(map(Parcel, barcodes))
    carrier = on_the_road(2, parcels=parcels, scanned_barcodes=aboard)
    first = make_stop(0, consignments=(Consignment(FIRST, barcodes),))
    route = carrier.routes.get(carrier.shipment(1).assignment.route_id)  # type: ignore[union-attr]
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
