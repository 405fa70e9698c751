"""What belongs to a route, and how good its warnings were."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.eta.accuracy import Horizon
from chalicelib.domain.ids import DriverId, StopId
from chalicelib.domain.metrics.driven import Driven, stints_of, way_m
from chalicelib.domain.metrics.facts import facts
from chalicelib.domain.metrics.figures import DEFINITIONS, TOTALS, by_stars, figure, risk_grades
from chalicelib.domain.metrics.goods import Handled, attempts_on
from chalicelib.domain.metrics.risks import risk_tally
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import RouteStatus, Stint
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from tests.support.builders import (
    HELSINKI,
    NOON,
    make_attempt,
    make_eta,
    make_event,
    make_fix,
    make_range,
    make_route,
    make_shipment,
    make_stop,
    minutes,
    north_of,
    seconds,
)

DRIVEN = make_route(
    1,
    status=RouteStatus.COMPLETED,
    started_at=NOON - minutes(60),
    completed_at=NOON + minutes(60),
)
TRIED_AGAIN_AT = NOON + timedelta(days=3)
LEFT_AGAIN = make_event(9, type=EventType.OUT_FOR_DELIVERY, occurred_at=TRIED_AGAIN_AT)


def test_a_late_report_after_the_end_still_belongs_to_the_route() -> None:
    late = make_attempt(occurred_at=NOON + minutes(300))
    shipment = make_shipment(last_attempt=late, attempts=1)

    assert attempts_on(DRIVEN, shipment) == (late,)


def test_the_next_round_of_the_same_driver_is_another_routes() -> None:
    first = make_attempt(Status.ATTEMPT_FAILED)
    second = make_attempt(number=2, occurred_at=TRIED_AGAIN_AT + minutes(5))
    shipment = make_shipment(attempts=2, last_attempt=second, earlier_attempts=(first,))

    assert attempts_on(DRIVEN, shipment, [LEFT_AGAIN]) == (first,)
    again = replace(DRIVEN, started_at=TRIED_AGAIN_AT, completed_at=TRIED_AGAIN_AT + minutes(60))
    assert attempts_on(again, shipment, [LEFT_AGAIN]) == (second,)
    (goods,) = facts(again, Driven(), [Handled(shipment, [LEFT_AGAIN])]).goods
    assert "first_tried" not in goods.tally


def test_a_route_that_did_not_start_has_no_facts() -> None:
    shipment = make_shipment(last_attempt=make_attempt(), attempts=1)

    found = facts(make_route(1), Driven(), [Handled(shipment)])

    assert (found.vans, found.goods) == ((), ())
    assert stints_of(make_route(1), NOON) == []


def test_drivers_follow_each_other_without_a_gap() -> None:
    first, second = DriverId("drv_1"), DriverId("drv_2")
    route = replace(DRIVEN, driver_id=second, stints=(Stint(first, NOON),))

    (a, before), (b, after) = stints_of(route, NOON + minutes(60))

    assert (a, b) == (first, second)
    assert (before.earliest, before.latest) == (DRIVEN.started_at, NOON)
    assert (after.earliest, after.latest) == (NOON, NOON + minutes(60))


def test_a_way_has_no_scatter_no_jump_and_no_vague_place() -> None:
    def at(number: int, metres: float, accuracy_m: float = 8.0) -> object:
        return make_fix(
            NOON + seconds(30 * number),
            coordinates=north_of(HELSINKI, metres),
            accuracy_m=accuracy_m,
        )

    drive = [at(i, 300.0 * i) for i in range(10)]
    stands = [at(10 + i, 2_700.0 + 9.0 * (i % 2)) for i in range(10)]
    jump, vague = at(20, 90_000.0), at(21, 3_400.0, 400.0)

    found = way_m([*drive, *stands, jump, vague, at(22, 3_000.0)], Policy())  # type: ignore[list-item]

    assert found == pytest.approx(3_000.0, abs=5.0)


def test_a_warning_is_graded_by_what_came_true() -> None:
    stop = make_stop(promise=make_range(NOON))  # until half past
    eta = make_eta(NOON + minutes(30))  # a half, that it comes later
    shown = {Horizon.MINUTES_30: eta, Horizon.AT_START: eta}

    def grade(minute: int) -> tuple[float, int]:
        driven = Driven(arrivals={stop.id: NOON + minutes(minute)}, shown={stop.id: shown})
        (found,) = risk_grades(risk_tally(stop, driven)).values()
        return found.brier, found.broken

    assert (grade(10), grade(31)) == ((0.25, 0), (0.25, 1))
    unsaid = replace(stop, promise=None)
    assert risk_tally(unsaid, Driven(arrivals={StopId("stp_0"): NOON})) == {}


def test_of_nothing_no_figure_has_a_value() -> None:
    assert {figure({}, name).value for name in DEFINITIONS} == {None}
    assert all(each.nothing.endswith(".") for each in DEFINITIONS.values())
    assert not set(DEFINITIONS) & set(TOTALS)
    assert by_stars({}) == dict.fromkeys((5, 4, 3, 2, 1), 0)
