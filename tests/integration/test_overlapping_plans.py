"""Two requests of one kind or of two that overlap at every AWS call, over routes of two shipments.

Whatever the order of their calls, each shipment ends on one route or on none, and every parcel is
in one place.
"""

import random
from collections.abc import Callable
from typing import Any, Final

import pytest

from chalicelib.api.schemas.driving import ScansIn
from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import (
    AlreadyAssigned,
    NotPlannable,
    Unavailable,
)
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.routes.routes import Route
from chalicelib.services.routes.start_route import StartOrder
from tests.support.carrier import Carrier, Round, Shop
from tests.support.depth import times
from tests.support.interleaving import Interleaving

SEEDS: Final = range(times(quick=4, deep=500))
CALLS: Final = 24
"""More than two requests of these make; further choices are the first."""
DISPATCHER: Final = Actor(Role.DISPATCHER, "key_1")


def seeds() -> Any:
    return pytest.mark.parametrize("seed", SEEDS)


def interleaved(carrier: Carrier, seed: int, **works: Callable[[], Any]) -> dict[str, Any]:
    """The results of works that overlap as this seed says."""
    rng = random.Random(seed)
    choices = [rng.randrange(2) for _ in range(CALLS)]
    with Interleaving(choices).on(*carrier.clients()) as schedule:
        return schedule.run(**works)


@pytest.fixture
def shop(shared: Carrier) -> Shop:
    return shared.shop()


def planning(carrier: Carrier, driver_id: str, *shipment_ids: str) -> Callable[[], Route]:
    now = carrier.clock.now()
    order = NewRoute(
        driver_id=DriverId(driver_id),
        hub_id=HubId(carrier.hub_id),
        service_day=now.date(),
        starts_at=now,
        visits=tuple(PlannedVisit((ShipmentId(each),)) for each in shipment_ids),
    )
    return lambda: bootstrap.container().plan_route(order, actor=DISPATCHER)


def driver(van: Round) -> Actor:
    return Actor(Role.DRIVER, van.driver_id, driver_id=DriverId(van.driver_id), epoch=1)


def scanning(van: Round, *codes: str, action: str = "scan") -> Callable[[], Any]:
    now = van.carrier.clock.now().isoformat()
    scans = [
        {"action_id": f"{action}-{i}", "barcode": code, "scanned_at": now}
        for i, code in enumerate(codes)
    ]
    found = ScansIn.model_validate({"scans": scans}, strict=False).to_domain()
    return lambda: bootstrap.container().scan_parcels(found, actor=driver(van))


def starting(van: Round, action_id: str = "start") -> Callable[[], Route]:
    order = StartOrder(action_id)
    return lambda: bootstrap.container().start_route.of_driver(driver(van), order)


def code_of(van: Round, stop: int) -> str:
    return str(van.orders[van.ids[stop][0]]["parcels"][0]["barcode"])


def errors_of(results: dict[str, Any]) -> list[Exception]:
    return [result for result in results.values() if isinstance(result, Exception)]


def assert_owned(route: Route) -> None:
    """The route has every shipment that it lists."""
    shipments = bootstrap.container().adapters.shipments
    stored = bootstrap.container().adapters.routes.get(RouteId(route.id))
    for stop in stored.stops:
        for shipment in shipments.get_many(stop.shipment_ids).values():
            assert shipment.is_on(route.id), (route.id, shipment.assignment)


def assert_whole(shop: Shop, shipment_id: str) -> None:
    """The history has no gap, and each step of one route comes once."""
    events = shop.events(shipment_id)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"] for event in events]
    assert len(types) == len(set(types)), types


@seeds()
def test_two_plans_of_the_same_shipments_make_at_most_one_route(
    shared: Carrier, shop: Shop, seed: int
) -> None:
    ids = [shop.shipment(stop=i)["id"] for i in range(2)]
    drivers = [shared.driver()[0] for _ in range(2)]

    results = interleaved(
        shared,
        seed,
        a=planning(shared, drivers[0], *ids),
        b=planning(shared, drivers[1], *(ids if seed % 2 else ids[::-1])),
    )

    assert {type(error) for error in errors_of(results)} <= {AlreadyAssigned, Unavailable}
    made = [result for result in results.values() if isinstance(result, Route)]
    assert len(made) <= 1
    for route in made:
        assert_owned(route)
    again = planning(shared, shared.driver()[0], *ids)
    if made:
        with pytest.raises(AlreadyAssigned):
            again()
    else:
        assert_owned(again())


@seeds()
def test_plans_that_share_a_shipment_never_own_half_of_it(
    shared: Carrier, shop: Shop, seed: int
) -> None:
    first, both, last = (shop.shipment(stop=i)["id"] for i in range(3))
    drivers = [shared.driver()[0] for _ in range(2)]

    results = interleaved(
        shared,
        seed,
        a=planning(shared, drivers[0], first, both),
        b=planning(shared, drivers[1], both, last),
    )

    for result in results.values():
        if isinstance(result, Route):
            assert_owned(result)
    assert {type(error) for error in errors_of(results)} <= {AlreadyAssigned, Unavailable}
    assert errors_of(results)


@seeds()
def test_a_plan_and_a_scan_of_the_same_shipment(shared: Carrier, seed: int) -> None:
    """The van is planned with one shipment; somebody plans the next route while it is loaded."""
    van = shared.round(1)
    other = shared.driver()[0]
    (shipment_id,) = van.ids[0]

    results = interleaved(
        shared,
        seed,
        a=planning(shared, other, shipment_id),
        b=scanning(van, code_of(van, 0)),
    )

    assert {type(error) for error in errors_of(results)} == {AlreadyAssigned}
    assert van.shop.get(shipment_id)["parcels"][0]["state"] == "aboard"
    assert_whole(van.shop, shipment_id)


@seeds()
def test_a_plan_and_the_start_of_the_van(shared: Carrier, seed: int) -> None:
    van = shared.round(1).loaded()
    (shipment_id,) = van.ids[0]

    results = interleaved(
        shared, seed, a=planning(shared, shared.driver()[0], shipment_id), b=starting(van)
    )

    (error,) = errors_of(results)
    assert isinstance(error, AlreadyAssigned | NotPlannable)
    assert van.route()["status"] == "active"
    assert van.shop.event_types(shipment_id)[-1] == "out_for_delivery"
    assert_whole(van.shop, shipment_id)


@seeds()
def test_two_starts_of_one_route_both_succeed(shared: Carrier, seed: int) -> None:
    van = shared.round(2).loaded()
    staff_start = lambda: bootstrap.container().start_route(  # noqa: E731 - one of two
        RouteId(van.route_id), actor=DISPATCHER
    )

    results = interleaved(
        shared, seed, a=starting(van), b=starting(van, "other") if seed % 2 else staff_start
    )

    assert not errors_of(results), results
    assert {result.id for result in results.values()} == {van.route_id}
    for visit in van.ids:
        assert van.shop.event_types(visit[0]).count("out_for_delivery") == 1
        assert_whole(van.shop, visit[0])


@seeds()
def test_a_scan_and_the_start_leave_no_parcel_behind(shared: Carrier, seed: int) -> None:
    """One phone starts while the other one scans the last parcel."""
    van = shared.round(2)
    van.scan(code_of(van, 0))

    results = interleaved(
        shared, seed, a=scanning(van, code_of(van, 1), action="late"), b=starting(van)
    )

    assert not errors_of(results), results
    late = van.ids[1][0]
    assert van.shop.get(late)["status"] == "out_for_delivery"
    assert van.shop.event_types(late).count("out_for_delivery") == 1
    stop = van.seen()["stops"][1]
    assert (stop["is_done"], stop["eta"] is None) == (False, False)
    assert_whole(van.shop, late)


@seeds()
def test_two_phones_of_one_driver_scan_the_parts_of_a_shipment(
    shared: Carrier, shop: Shop, seed: int
) -> None:
    codes = [f"{shop.shipper_id[-8:]}-{i}" for i in range(2)]
    order = shop.shipment(parcels=[{"barcode": code} for code in codes])
    van = shared.planned(shop, [[order]])

    results = interleaved(
        shared, seed, a=scanning(van, codes[0], action="a"), b=scanning(van, codes[1], action="b")
    )

    assert not errors_of(results), results
    verdicts = sorted(result[0].verdict.value for result in results.values())
    assert verdicts == ["loaded", "partly_loaded"]
    assert shop.get(order["id"])["status"] == "loaded"
    assert_whole(shop, order["id"])


@seeds()
def test_two_phones_of_one_driver_scan_one_barcode_of_two_shipments(
    shared: Carrier, shop: Shop, seed: int
) -> None:
    same = [{"barcode": f"{shop.shipper_id[-8:]}-SAME"}]
    van = shared.planned(shop, [[shop.shipment(stop=i, parcels=same)] for i in range(2)])
    action = "twice" if seed % 2 else "b"

    results = interleaved(
        shared,
        seed,
        a=scanning(van, same[0]["barcode"], action="twice"),
        b=scanning(van, same[0]["barcode"], action=action),
    )

    assert not errors_of(results), results
    states = [shop.get(visit[0])["status"] for visit in van.ids]
    assert sorted(states) == ["created", "loaded"]
