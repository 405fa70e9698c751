"""The sweep on fakes: who is looked at, what is written, and that nothing is told twice."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.driving.live import Progress
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.routes.routes import Duty, RouteStatus
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.sweep_fleet import SweepFleet, SweepReport
from tests.support.builders import (
    NOON,
    make_fix,
    make_live,
    make_range,
    make_route,
    make_stop,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

PROMISE = make_range(NOON, minutes(30))
TOLD = [EventType.DRIVER_SILENT, EventType.DELAYED]


def silent_van(stops: int = 2) -> InMemoryCarrier:
    """A van with a promise for each stop that was last heard at noon."""
    carrier = InMemoryCarrier()
    carrier.has(*(make_travelling(i, promise=PROMISE) for i in range(stops)))
    places = [make_stop(i, promise=PROMISE) for i in range(stops)]
    live = make_live(
        stops,
        recent=(make_fix(NOON),),
        started_at=NOON - timedelta(hours=2),
        progress=(Progress(),) * stops,
    )
    carrier.has(make_route(places, status=RouteStatus.ACTIVE), live)
    return carrier


def sweep(carrier: InMemoryCarrier, after: timedelta) -> SweepReport:
    carrier.clock.at = NOON + after
    return carrier.use(SweepFleet)()


def test_a_broken_promise_is_told_once() -> None:
    carrier = silent_van()

    assert sweep(carrier, minutes(5)) == SweepReport(on_duty=1, told=0, failed=0)
    assert sweep(carrier, minutes(31)) == SweepReport(on_duty=1, told=1, failed=0)
    assert sweep(carrier, minutes(32)) == SweepReport(on_duty=1, told=0, failed=0)

    assert carrier.told(1) == carrier.told(2) == TOLD
    assert carrier.shipment(1).is_delayed
    assert carrier.shipment(1).promise == PROMISE
    delayed = carrier.news(1)[-1]
    assert delayed.data["heard_at"] == NOON.isoformat()
    assert "promise" not in delayed.data


def test_what_does_not_fit_into_one_transaction_follows_in_the_same_sweep() -> None:
    carrier = silent_van(60)

    assert sweep(carrier, minutes(31)).told == 1

    assert all(carrier.told(number) == TOLD for number in range(1, 61))


def test_only_what_is_still_on_this_van_is_told() -> None:
    carrier = silent_van(3)
    carrier.has(replace(carrier.shipment(1), status=Status.DELIVERED))
    carrier.has(replace(carrier.shipment(2), assignment=None))

    sweep(carrier, minutes(31))

    assert [carrier.told(number) for number in (1, 2, 3)] == [[], [], TOLD]


def test_a_driver_on_another_route_by_now_is_left_alone() -> None:
    carrier = silent_van()
    live = carrier.fleet.live(DriverId("drv_1"))
    carrier.has(replace(live, route_id=RouteId("rte_other")))

    assert sweep(carrier, minutes(31)) == SweepReport(on_duty=1, told=0, failed=0)


@pytest.mark.parametrize("failure", [NotFound(), ValueError("a live state that nobody can read")])
def test_a_driver_who_fails_holds_up_nobody(failure: Exception) -> None:
    carrier = silent_van()

    @dataclass
    class Crowded:
        routes: Any

        def on_duty(self) -> tuple[Duty, ...]:
            gone = Duty(DriverId("drv_0"), RouteId("rte_0"))
            return (gone, *self.routes.on_duty())

        def plan(self, route_id: RouteId, plan_version: int) -> Any:
            if route_id == "rte_0":
                raise failure
            return self.routes.plan(route_id, plan_version)

    other = make_live(1, driver_id=DriverId("drv_0"), route_id=RouteId("rte_0"))
    carrier.has(replace(other, progress=(Progress(),)))
    carrier.routes = Crowded(carrier.routes)  # type: ignore[assignment]

    assert sweep(carrier, minutes(31)) == SweepReport(on_duty=2, told=1, failed=1)


def test_a_lost_race_is_run_again_and_a_lost_answer_tells_nothing_twice() -> None:
    carrier = silent_van()
    commit, lost = carrier.journal.commit, [True]

    class Racing:
        def commit(self, *changes: Any) -> None:
            commit(*changes)
            if lost:
                lost.clear()
                raise ConcurrentUpdate

    carrier.journal = Racing()  # type: ignore[assignment]
    sweep(carrier, minutes(31))

    assert carrier.told(1) == carrier.told(2) == TOLD
