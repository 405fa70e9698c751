"""After a failed attempt: another one, or the way back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.domain.errors import DomainError, IllegalTransition, Invalid, OnRoute
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.custody import has_aboard
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.shipments.retry_shipment import RetryShipment
from chalicelib.services.shipments.return_shipment import ReturnShipment
from tests.support.builders import (
    NOON,
    make_actor,
    make_attempt,
    make_range,
    make_route,
    make_travelling,
)
from tests.support.in_memory import InMemoryCarrier

ONE = ShipmentId("shp_0001")
DISPATCHER = make_actor(Role.DISPATCHER)
TOMORROW = make_range(NOON + timedelta(days=1))


def failed(
    route: RouteStatus = RouteStatus.COMPLETED, status: Status = Status.ATTEMPT_FAILED, **more: Any
) -> InMemoryCarrier:
    """A shipment whose attempt failed, on a route that is over."""
    carrier = InMemoryCarrier()
    attempt = make_attempt(Status.ATTEMPT_FAILED)
    carrier.has(
        make_travelling(0, status=status, attempts=1, last_attempt=attempt, **more),
        make_route(1, status=route),
    )
    return carrier


def retry(carrier: InMemoryCarrier, window: Range | None = None) -> Shipment:
    def change(shipment: Shipment) -> Shipment:
        return shipment if window is None else replace(shipment, window=window)

    return carrier.use(RetryShipment)(ONE, change, actor=DISPATCHER)


def send_back(carrier: InMemoryCarrier, reason: str | None = "Refused twice") -> Shipment:
    return carrier.use(ReturnShipment).begin(ONE, reason=reason, actor=DISPATCHER)


def close(carrier: InMemoryCarrier) -> Shipment:
    return carrier.use(ReturnShipment).close(ONE, actor=DISPATCHER)


def test_another_attempt_begins_at_the_hub_with_nothing_promised() -> None:
    carrier = failed()

    after = retry(carrier)

    assert (after.status, after.assignment, after.promise) == (Status.ACCEPTED, None, None)
    assert not has_aboard(after)
    assert after.last_attempt == make_attempt(Status.ATTEMPT_FAILED)
    assert carrier.told() == [EventType.ACCEPTED]


def test_another_window_is_told_and_kept() -> None:
    carrier = failed(window=make_range())

    after = retry(carrier, TOMORROW)

    assert after.window == TOMORROW
    assert after.details_version == after.version
    assert carrier.told() == [EventType.ACCEPTED, EventType.RESCHEDULED]


def test_two_dispatchers_who_agree_make_one_attempt_of_it() -> None:
    carrier = failed()
    first = retry(carrier, TOMORROW)

    assert retry(carrier, TOMORROW) == retry(carrier) == first
    assert carrier.told() == [EventType.ACCEPTED, EventType.RESCHEDULED]
    with pytest.raises(IllegalTransition):
        retry(carrier, make_range(NOON + timedelta(days=2)))


def test_a_window_that_is_over_is_refused_and_nothing_is_half_done() -> None:
    carrier = failed()

    with pytest.raises(Invalid):
        retry(carrier, make_range(NOON - timedelta(days=1)))

    assert carrier.told() == []


@pytest.mark.parametrize("status", [RouteStatus.PLANNED, RouteStatus.ACTIVE])
def test_while_a_route_counts_on_it_nothing_else_is_decided(status: RouteStatus) -> None:
    carrier = failed(status)

    for decide in (retry, send_back):
        with pytest.raises(OnRoute):
            decide(carrier)

    assert carrier.told() == []


def test_a_return_begins_and_is_closed_once() -> None:
    carrier = failed()

    begun = send_back(carrier)
    assert (begun.status, begun.closing_reason) == (Status.RETURNING, "Refused twice")
    assert send_back(carrier) == begun
    closed = close(carrier)
    assert (closed.status, closed.completed_at) == (Status.RETURNED, NOON)
    assert closed.closing_reason == "Refused twice"
    assert close(carrier) == closed
    assert carrier.told() == [EventType.RETURNING, EventType.RETURNED]


def test_what_is_taken_in_for_another_attempt_can_still_be_returned() -> None:
    carrier = failed()
    retry(carrier)

    assert send_back(carrier).status is Status.RETURNING


@pytest.mark.parametrize(
    ("decide", "statuses"),
    [
        (retry, {Status.ATTEMPT_FAILED, Status.ACCEPTED, Status.LOADED}),
        (send_back, {Status.ATTEMPT_FAILED, Status.ACCEPTED, Status.RETURNING}),
        (close, {Status.RETURNING, Status.RETURNED}),
    ],
    ids=["retry", "return", "returned"],
)
@pytest.mark.parametrize("status", Status)
def test_what_the_status_forbids_is_refused_in_a_sentence(
    status: Status, decide: Any, statuses: set[Status]
) -> None:
    carrier = failed(status=status)

    if status in statuses:
        decide(carrier)
        return
    with pytest.raises(DomainError, match=r"^The shipment .*\. .*\.$"):
        decide(carrier)
    assert carrier.told() == []
