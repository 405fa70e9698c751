from dataclasses import replace

from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.services.driving.show_fleet import ShowFleet
from tests.support.builders import NOON, make_live, make_route
from tests.support.in_memory import InMemoryCarrier

ACTIVE = make_route(status=RouteStatus.ACTIVE)


def shown(*things: object) -> list[DriverId]:
    carrier = InMemoryCarrier()
    carrier.has(*things)  # type: ignore[arg-type]
    fleet = carrier.use(ShowFleet)()
    assert fleet.at == NOON
    return [van.driver_id for van in fleet.vans]


def test_the_vans_on_the_road_are_shown() -> None:
    other = DriverId("drv_2")
    second = replace(ACTIVE, id=RouteId("rte_2"), driver_id=other)
    planned = make_route(id=RouteId("rte_3"), driver_id=DriverId("drv_3"))
    there = make_live(driver_id=other, route_id=second.id)

    assert shown(ACTIVE, second, planned, make_live(), there) == ["drv_1", "drv_2"]


def test_whoever_is_on_another_route_by_now_or_has_finished_is_left_out() -> None:
    assert shown(ACTIVE, make_live(route_id=RouteId("rte_2"))) == []
    assert shown(ACTIVE, make_live(ended_at=NOON)) == []
    assert shown(ACTIVE) == []


def test_a_plan_that_was_edited_meanwhile_is_left_for_the_next_look() -> None:
    assert shown(replace(ACTIVE, plan_version=2), make_live()) == []
