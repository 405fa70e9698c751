"""A van on the road in memory, and what its driver reports of the stops."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import DomainError
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId, StopId
from chalicelib.domain.routes.routes import Consignment, RouteStatus
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason
from chalicelib.services.driving.work_stops import WorkStop
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_live,
    make_route,
    make_stop,
    make_travelling,
)
from tests.support.in_memory import InMemoryCarrier

DRIVER = make_actor(id="drv_1", epoch=1)
DRIVER_ID = DriverId("drv_1")
ROUTE = RouteId("rte_1")
FIRST, SECOND = ShipmentId("shp_0001"), ShipmentId("shp_0002")


def on_the_road(stops: int = 3, **changes: Any) -> InMemoryCarrier:
    """A van with one shipment for each stop; `changes` are those of the first."""
    carrier = InMemoryCarrier()
    carrier.has(*map(make_travelling, range(stops)))
    carrier.has(replace(carrier.shipment(1), **changes))
    carrier.has(make_route(stops, status=RouteStatus.ACTIVE), make_live(stops, recent=()))
    return carrier


def two_at_one_door(second: Shipment | None = None) -> InMemoryCarrier:
    """A first stop with two shipments, and one more stop."""
    carrier = on_the_road(2)
    other = second or make_travelling(1, assignment=make_assignment(0))
    both = (Consignment(FIRST, ("BARCODE-1",)), Consignment(other.id, ("BARCODE-2",)))
    empty = replace(make_stop(1), consignments=())
    route = make_route([make_stop(0, consignments=both), empty], status=RouteStatus.ACTIVE)
    carrier.has(other, route)
    return carrier


def report(step: Step = Step.DELIVER, **changes: Any) -> StopReport:
    default: dict[str, Any] = {
        "stop_id": StopId("stp_0"),
        "action_id": "action-1",
        "occurred_at": NOON,
        "reason": FailureReason.NOT_HOME if step is Step.FAIL else None,
    }
    return StopReport(step=step, **default | changes)


def work(carrier: InMemoryCarrier, what: StopReport) -> tuple[Shipment, ...]:
    return carrier.use(WorkStop)(what, actor=DRIVER)


def live(carrier: InMemoryCarrier) -> Live:
    return carrier.fleet.live(DRIVER_ID)


def assert_refused(
    carrier: InMemoryCarrier, what: StopReport, error: type[DomainError]
) -> DomainError:
    """The report ends with this error, and nothing has been written."""
    before = str(carrier.stores)

    with pytest.raises(error) as refused:
        work(carrier, what)

    assert str(carrier.stores) == before
    return refused.value
