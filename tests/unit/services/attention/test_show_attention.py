from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.attention.concerns import Concern, Kind
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.attention.show_attention import ShowAttention
from tests.support.builders import (
    NOON,
    make_attempt,
    make_live,
    make_range,
    make_route,
    make_shipment,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

FAILED = make_attempt(Status.ATTEMPT_FAILED, occurred_at=NOON - minutes(9))


@pytest.fixture
def carrier() -> InMemoryCarrier:
    """A silent van, one failed attempt, and shipments without a route for today and later."""
    carrier = InMemoryCarrier()
    carrier.has(make_route(1, status=RouteStatus.ACTIVE), make_live(1))
    carrier.has(make_travelling(10, status=Status.ATTEMPT_FAILED, last_attempt=FAILED))
    for number, hours in ((21, 3), (22, 1), (23, 30)):
        window = make_range(NOON + timedelta(hours=hours))
        carrier.has(make_shipment(number, window=window))
    carrier.clock.at = NOON + minutes(11)
    return carrier


def named(concern: Concern) -> tuple[Kind, str]:
    return concern.kind, concern.shipment_ids[0][-2:]


def pages(carrier: InMemoryCarrier, limit: int, **asked: Any) -> list[list[tuple[Kind, str]]]:
    show = carrier.use(ShowAttention)
    asked = {"kind": None, "due_by": None} | asked
    found = []
    position = None
    while True:
        page = show(limit=limit, position=position, **asked)
        found.append([named(concern) for concern in page.data])
        position = page.position
        if position is None:
            return found


EVERYTHING = [
    (Kind.SILENT, "01"),
    (Kind.AT_RISK, "01"),
    (Kind.ATTEMPT_FAILED, "11"),
    (Kind.UNASSIGNED, "22"),
    (Kind.UNASSIGNED, "21"),
]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
def test_the_most_urgent_comes_first_in_pages_of_any_size(
    carrier: InMemoryCarrier, limit: int
) -> None:
    found = pages(carrier, limit)

    assert [each for page in found for each in page] == EVERYTHING
    assert max(map(len, found)) <= limit


def test_one_kind_is_shown_alone(carrier: InMemoryCarrier) -> None:
    for kind in Kind:
        found = pages(carrier, 2, kind=kind)

        assert [each for page in found for each in page] == [e for e in EVERYTHING if e[0] is kind]


def test_what_is_wanted_later_is_shown_to_whom_plans_ahead(carrier: InMemoryCarrier) -> None:
    def unassigned(due_by_h: float) -> list[str]:
        due = NOON + timedelta(hours=due_by_h)
        found = pages(carrier, 50, kind=Kind.UNASSIGNED, due_by=due)
        return [number for page in found for _, number in page]

    assert unassigned(2) == ["22"]
    assert unassigned(48) == ["22", "21", "23"]


def test_a_photo_is_no_concern_before_it_is_missed(carrier: InMemoryCarrier) -> None:
    assert Kind.MISSING_PROOF not in {kind for page in pages(carrier, 50) for kind, _ in page}
