from datetime import timedelta

import pytest

from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import DriverShipment
from chalicelib.domain.errors import NotFound, Unauthorized
from chalicelib.domain.ids import DriverId, HubId, RouteId
from chalicelib.domain.routes.routes import RouteStatus
from chalicelib.services.routes.show_routes import DriverRoute, ShowRoutes
from tests.support.builders import (
    NOON,
    make_actor,
    make_assignment,
    make_live,
    make_route,
    make_travelling,
    minutes,
)
from tests.support.in_memory import InMemoryCarrier

DRIVER = make_actor(epoch=1)
DRIVER_ID = DriverId("drv_1")
UNDER_WAY = make_route(3, status=RouteStatus.ACTIVE)
EARLY = make_route(1, id=RouteId("rte_early"), starts_at=NOON + minutes(10))
LATE = make_route(1, id=RouteId("rte_late"), starts_at=NOON + minutes(20))


@pytest.fixture
def carrier() -> InMemoryCarrier:
    carrier = InMemoryCarrier()
    carrier.has(UNDER_WAY, EARLY, LATE)
    return carrier


def of_driver(carrier: InMemoryCarrier, live: Live) -> DriverRoute:
    carrier.has(live)
    return carrier.use(ShowRoutes).of_driver(DRIVER)


def test_a_route_is_shown_by_its_id(carrier: InMemoryCarrier) -> None:
    assert carrier.use(ShowRoutes).one(EARLY.id).route == EARLY


def test_an_unknown_route_is_not_found(carrier: InMemoryCarrier) -> None:
    with pytest.raises(NotFound):
        carrier.use(ShowRoutes).one(RouteId("rte_none"))


def test_a_hubs_day_has_its_own_routes_page_by_page(carrier: InMemoryCarrier) -> None:
    carrier.has(
        make_route(1, id=RouteId("rte_3"), hub_id=HubId("hub_2")),
        make_route(1, id=RouteId("rte_4"), service_day=NOON.date() + timedelta(days=1)),
    )
    show, day, hub = carrier.use(ShowRoutes), UNDER_WAY.service_day, UNDER_WAY.hub_id

    first = show.of_day(day, hub, limit=2, position=None)
    rest = show.of_day(day, hub, limit=2, position=first.position)

    assert len(first.data) == 2
    assert {route.id for route in (*first.data, *rest.data)} == {"rte_1", EARLY.id, LATE.id}


def test_on_shift_a_driver_sees_the_route_under_way(carrier: InMemoryCarrier) -> None:
    live = make_live(planned=(EARLY.id,))
    shipments = [make_travelling(i) for i in range(3)]
    carrier.has(*shipments)

    shown = of_driver(carrier, live)

    by_id = {shipment.id: DriverShipment.of(shipment) for shipment in shipments}
    assert shown == DriverRoute(UNDER_WAY, by_id, live)


def test_off_shift_a_driver_sees_the_earliest_planned_route(carrier: InMemoryCarrier) -> None:
    shown = of_driver(carrier, Live(DRIVER_ID, version=1, planned=(LATE.id, EARLY.id)))

    assert shown.route == EARLY


def test_after_a_route_the_next_one_is_shown(carrier: InMemoryCarrier) -> None:
    assert of_driver(carrier, make_live(ended_at=NOON, planned=(LATE.id,))).route == LATE


def test_a_planned_route_that_is_gone_is_passed_over(carrier: InMemoryCarrier) -> None:
    planned = (RouteId("rte_gone"), LATE.id)

    assert of_driver(carrier, Live(DRIVER_ID, version=1, planned=planned)).route == LATE


@pytest.mark.parametrize(
    "live", [Live(DRIVER_ID, version=1), make_live(ended_at=NOON)], ids=["new", "done"]
)
def test_without_a_route_there_is_nothing_to_see(carrier: InMemoryCarrier, live: Live) -> None:
    with pytest.raises(NotFound):
        of_driver(carrier, live)


def test_what_another_route_has_taken_over_is_not_shown(carrier: InMemoryCarrier) -> None:
    taken_over = make_travelling(1, assignment=make_assignment(1, route_id=LATE.id))
    carrier.has(make_travelling(0), taken_over)

    assert set(of_driver(carrier, make_live()).shipments) == {"shp_0001"}


def test_a_revoked_token_shows_nothing(carrier: InMemoryCarrier) -> None:
    with pytest.raises(Unauthorized):
        of_driver(carrier, make_live(epoch=2))


def test_somebody_who_drives_nothing_has_no_route(carrier: InMemoryCarrier) -> None:
    with pytest.raises(Unauthorized):
        carrier.use(ShowRoutes).of_driver(make_actor(driver_id=None))
