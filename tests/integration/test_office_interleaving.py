"""A shipper cancels while others act: whatever call comes first, it ends as if one came later."""

import itertools
import random
from collections.abc import Callable
from typing import Any, Final

import pytest

from chalicelib.api.schemas.driving import ScansIn
from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.errors import (
    AlreadyAssigned,
    IllegalTransition,
    NotPlannable,
    StillOnTheRoad,
    Unavailable,
)
from chalicelib.domain.ids import DriverId, HubId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.routes.new_routes import NewRoute, PlannedVisit
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.statuses import FailureReason
from tests.support.carrier import Carrier, Round, Shop, scan_id
from tests.support.depth import times
from tests.support.interleaving import Interleaving

ALL: Final = list(itertools.product((0, 1), repeat=9))
SCHEDULES: Final = random.Random(20_261_127).sample(ALL, times(quick=2, deep=200))
OFFICE: Final = Actor(Role.DISPATCHER, "key_1")
Work = Callable[[], Any]


def cancelling(shop: Shop, shipment_id: str) -> Work:
    actor = Actor(Role.SHIPPER, "key_2", shipper_id=ShipperId(shop.shipper_id))
    use = bootstrap.container().cancel_shipment
    return lambda: use(ShipmentId(shipment_id), reason=None, actor=actor)


def driver(van: Round) -> Actor:
    return Actor(Role.DRIVER, van.driver_id, driver_id=DriverId(van.driver_id), epoch=1)


def run(carrier: Carrier, choices: tuple[int, ...], **works: Work) -> dict[str, Any]:
    with Interleaving(choices).on(*carrier.clients()) as schedule:
        return schedule.run(**works)


def assert_whole(shop: Shop, shipment_id: str) -> list[str]:
    """The history has no gaps and nothing after the end."""
    events = shop.events(shipment_id)
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"].removeprefix("shipment.") for event in events]
    assert "cancelled" not in types[:-1], types
    return types


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_a_van_starts(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(2).loaded()
    gone = van.ids[0][0]
    start = bootstrap.container().start_route

    ended = run(
        shared,
        choices,
        a=cancelling(van.shop, gone),
        b=lambda: start(RouteId(van.route_id), actor=OFFICE),
    )

    assert not isinstance(ended["b"], Exception), ended
    types = assert_whole(van.shop, gone)
    listed = [s["id"] for stop in van.seen()["stops"] for s in stop["shipments"]]
    if isinstance(ended["a"], IllegalTransition | StillOnTheRoad):
        assert (types[-1], gone in listed) == ("out_for_delivery", True)
    else:
        assert (types[-1], gone in listed) == ("cancelled", False), ended
        assert van.state(gone).json["status"] == "cancelled"


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_it_is_planned(shared: Carrier, choices: tuple[int, ...]) -> None:
    shop = shared.shop()
    wanted = shop.shipment()
    driver_id, token = shared.driver()
    now = shared.clock.now()
    order = NewRoute(
        driver_id=DriverId(driver_id),
        hub_id=HubId(shared.hub_id),
        service_day=now.date(),
        starts_at=now,
        visits=(PlannedVisit((ShipmentId(wanted["id"]),)),),
    )
    plan = bootstrap.container().plan_route

    ended = run(
        shared,
        choices,
        a=cancelling(shop, wanted["id"]),
        b=lambda: plan(order, actor=OFFICE),
    )

    assert assert_whole(shop, wanted["id"])[-1] == "cancelled", ended
    seen = shared.call("GET", "/v1/driver/route", token=token)
    if seen.status == 200:
        assert seen.json["stops"] == []
        assert seen.json["cancelled"][0]["shipment_id"] == wanted["id"]
    else:
        assert isinstance(ended["b"], AlreadyAssigned | NotPlannable | Unavailable), ended


@pytest.mark.parametrize("choices", SCHEDULES)
def test_while_its_parcel_is_scanned(shared: Carrier, choices: tuple[int, ...]) -> None:
    van = shared.round(1)
    gone = van.ids[0][0]
    code = van.orders[gone]["parcels"][0]["barcode"]
    now = shared.clock.now().isoformat()
    scan = {"action_id": scan_id(code), "barcode": code, "scanned_at": now}
    scans = ScansIn.model_validate({"scans": [scan]}, strict=False).to_domain()
    use = bootstrap.container().scan_parcels

    run(
        shared,
        choices,
        a=cancelling(van.shop, gone),
        b=lambda: use(scans, actor=driver(van)),
    )

    assert assert_whole(van.shop, gone)[-1] == "cancelled"
    assert [r["verdict"] for r in van.scan(code).json["results"]] == ["cancelled"]
    (told,) = van.seen()["cancelled"]
    assert set(told["scanned_barcodes"]) <= {code}


@pytest.mark.parametrize("choices", SCHEDULES)
def test_a_correction_and_a_second_report_do_not_lose_each_other(
    shared: Carrier, choices: tuple[int, ...]
) -> None:
    van = shared.round(1).started()
    shipment_id, now = van.ids[0][0], shared.clock.now()
    assert van.work(0, "fail", van.action(reason="not_home")).status == 200
    second = StopReport(StopId(van.stop_ids[0]), Step.DELIVER, "second", now)
    order = CorrectionOrder(
        TrueOutcome.ATTEMPT_FAILED, "The gate was shut", FailureReason.NO_ACCESS, 1
    )
    correct = bootstrap.container().correct_outcome
    work = bootstrap.container().work_stop

    ended = run(
        shared,
        choices,
        a=lambda: correct(ShipmentId(shipment_id), order, actor=OFFICE),
        b=lambda: work(second, actor=driver(van)),
    )

    assert not isinstance(ended["b"], Exception), ended
    types = assert_whole(van.shop, shipment_id)
    assert van.shop.get(shipment_id)["status"] == "delivered", ended
    is_first = types[-2:] == ["corrected", "delivered"]
    assert is_first or isinstance(ended["a"], IllegalTransition), (types, ended)
