"""A van falls silent, in virtual time: a broken promise is told once, and told back when heard."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from moto.sns.models import sns_backends

from local.cloud.bridge import Bridge
from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Round, fix, note

ONE_SWEEP = timedelta(minutes=1)


@pytest.fixture(scope="module")
def bridge(shared: Carrier) -> Bridge:
    return shared.bridge()


def minute(carrier: Carrier, bridge: Bridge, count: int = 1) -> None:
    for _ in range(count):
        carrier.clock.advance(ONE_SWEEP)
        bridge.settle()


def news(found: Round, shipment_id: str) -> list[tuple[str, datetime, dict[str, Any]]]:
    return [
        (event["type"], datetime.fromisoformat(event["recorded_at"]), event["data"])
        for event in found.shop.events(shipment_id)
    ]


def texts(carrier: Carrier, found: Round, shipment_id: str) -> list[str]:
    stack, url = carrier.provisioned.stack, found.orders[shipment_id]["tracking_url"]
    sent = sns_backends[stack.account_id][stack.region].sms_messages.values()
    return [text for _, text in sent if url in text]


def test_a_silent_van_is_told_within_two_minutes_once_and_told_back(
    shared: Carrier, bridge: Bridge
) -> None:
    found = shared.round(1).started()
    (shipment_id,) = found.ids[0]
    bridge.settle()
    found.drive(-9_000.0, after_s=1_200.0)
    heard = shared.clock.now()
    latest = datetime.fromisoformat(found.shop.get(shipment_id)["promise"]["latest"])

    while shared.clock.now() < latest + timedelta(minutes=30):
        minute(shared, bridge)

    types = [kind for kind, _, _ in news(found, shipment_id)]
    (delay,) = [each for each in news(found, shipment_id) if each[0] == "eta.delayed"]
    assert types.count("driver.silent") == 1
    assert latest < delay[1] <= latest + timedelta(minutes=2)
    assert datetime.fromisoformat(delay[2]["heard_at"]) == heard
    assert found.shop.get(shipment_id)["delayed"]
    local = heard.astimezone(ZoneInfo("Europe/Helsinki"))
    assert texts(shared, found, shipment_id)[-1].count(local.strftime("%H.%M")) == 1
    before = len(texts(shared, found, shipment_id))

    found.drive(-8_000.0)
    back_at = shared.clock.now()
    minute(shared, bridge, 3)

    (back,) = [each for each in news(found, shipment_id) if each[0] == "driver.back"]
    assert back[1] == back_at
    assert datetime.fromisoformat(back[2]["promise"]["latest"]) > back_at
    told = texts(shared, found, shipment_id)
    assert len(told) == before + 1
    note(
        f"silence: the promise ended at {latest:%H:%M:%S}, the van was last heard at"
        f" {heard:%H:%M:%S}; told broken {(delay[1] - latest).total_seconds():.0f} s after the"
        f" end, once; told back {(back[1] - back_at).total_seconds():.0f} s after it was heard"
    )
    for text in told[-2:]:
        note(f"  {text.partition(' http')[0]}")


def test_who_is_not_on_the_road_is_not_looked_at(shared: Carrier, bridge: Bridge) -> None:
    found = shared.round(1).started()
    found.work(0, "deliver", found.action(proof_ids=[found.photo(found.ids[0][0])]))
    route = next(
        r
        for r in shared.rows("routes")
        if r["route_id"]["S"] == found.route_id and r["item"]["S"] == "PLAN"
    )

    assert "duty" not in route


def test_a_quiet_sweep_costs_a_query_and_half_a_unit_for_each_driver(
    shared: Carrier, bridge: Bridge
) -> None:
    rounds = [shared.round(1).started() for _ in range(3)]
    for found in rounds:
        found.positions(fix(shared.clock.now(), -9_000.0))
    bridge.settle()
    shared.clock.advance(ONE_SWEEP)

    with CapacityMeter().watching(*shared.clients()) as meter:
        bridge.settle()

    on_duty = sum("duty" in row for row in shared.rows("routes"))
    note(f"sweep of {on_duty} drivers: {meter.calls}, {meter.read_units:g} RRU")
    assert meter.calls["Query"] == 1
    assert meter.calls["GetItem"] <= on_duty
    assert meter.write_units == 0


def test_what_is_undecided_when_the_van_leaves_a_stop_is_on_its_way_again(shared: Carrier) -> None:
    found = shared.round([2, 1]).started()
    given, left = found.ids[0]
    found.drive(-400)
    for _ in range(3):
        found.drive(0)
    assert found.shop.get(left)["status"] == "arrived"
    assert found.work(0, "deliver", found.action(shipment_ids=[given])).status == 200

    for way_m in (150, 300, 450, 600):
        found.drive(way_m)

    assert "arrival_withdrawn" in found.shop.event_types(left)
    assert found.state(left).json["eta"] is not None
    assert found.shop.get(given)["status"] == "delivered"


def late_aboard(found: Round, shipment_id: str) -> datetime:
    """The end of the promise of a shipment that boards now."""
    found.scan(*[parcel["barcode"] for parcel in found.orders[shipment_id]["parcels"]])
    assert found.shop.get(shipment_id)["status"] == "out_for_delivery"
    return datetime.fromisoformat(found.shop.get(shipment_id)["promise"]["latest"])


def test_what_boards_where_a_promise_broke_gets_a_new_one_as_all_of_the_stop(
    shared: Carrier, bridge: Bridge
) -> None:
    found = shared.round([2, 1])
    waiting, late = found.ids[0]
    found.loaded(but=[late]).start()
    found.drive(-2_500)
    minute(shared, bridge, 60)
    assert found.shop.event_types(waiting)[-2:] == ["driver.silent", "eta.delayed"]

    latest = late_aboard(found, late)

    assert latest > shared.clock.now()
    assert found.shop.get(waiting)["promise"] == found.shop.get(late)["promise"]
    assert found.shop.event_types(waiting)[-1] == "driver.back"
    minute(shared, bridge, 3)
    assert found.shop.event_types(late)[-1] == "out_for_delivery"


def test_what_boards_for_a_stop_that_was_done_long_ago_is_promised_from_now(
    shared: Carrier,
) -> None:
    found = shared.round([2, 1])
    given, late = found.ids[0]
    found.loaded(but=[late]).start()
    found.drive(0)
    assert found.work(0, "deliver", found.action(shipment_ids=[given])).status == 200
    shared.clock.advance(timedelta(hours=2))

    assert late_aboard(found, late) > shared.clock.now()
