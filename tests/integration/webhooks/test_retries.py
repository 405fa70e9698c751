"""A shop's server that is away for a moment, for an evening or for ever, on the virtual clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from local.cloud.bridge import Bridge
from tests.support.carrier import Carrier, Shop, note
from tests.support.shop_servers import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture(scope="module")
def bridge(shared: Carrier) -> Bridge:
    return shared.bridge()


def registered(carrier: Carrier, receiver: Receiver, *event_types: str) -> Shop:
    shop = carrier.shop()
    body = {"url": receiver.url, "event_types": list(event_types)}
    carrier.made("/v1/webhooks", body, shop.key)
    return shop


def wait(carrier: Carrier, bridge: Bridge, length: timedelta, step: timedelta) -> None:
    until = carrier.clock.now() + length
    while carrier.clock.now() < until:
        carrier.clock.advance(step)
        bridge.settle()


def test_a_server_that_is_away_for_a_moment_is_tried_again_within_seconds(
    shared: Carrier, bridge: Bridge, receiver: Receiver
) -> None:
    elsewhere = "http://127.0.0.1:1/elsewhere"
    receiver.answers = [500, (429, {"Retry-After": "600"}), (302, {"Location": elsewhere}), 204]
    shop = registered(shared, receiver, "shipment.created")
    began = shared.clock.now()
    shop.shipment()
    bridge.settle()

    times = [began]
    steps = [(timedelta(minutes=1), 1), (timedelta(minutes=12), 60), (timedelta(hours=1), 300)]
    for length, step_s in steps:
        before = len(receiver.received)
        until = shared.clock.now() + length
        while len(receiver.received) == before and shared.clock.now() < until:
            shared.clock.advance(timedelta(seconds=step_s))
            bridge.settle()
        times.append(shared.clock.now())

    waits = [after - before for before, after in pairwise(times)]
    note(f"a webhook answered by 500, 429, 302, 204 was tried after {[str(w) for w in waits]}")
    assert len(receiver.received) == 4
    assert waits[0] <= timedelta(seconds=8)
    assert waits[1] >= timedelta(seconds=600)
    assert waits[2] >= timedelta(minutes=30)
    first, *others = receiver.received
    assert all(each.body == first.body for each in others)
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1
    assert len({each.headers["webhook-signature"] for each in receiver.received}) == 4


def test_a_server_that_is_away_for_two_hours_gets_everything_afterwards(
    shared: Carrier, bridge: Bridge, receiver: Receiver
) -> None:
    receiver.usual = 503
    shop = registered(shared, receiver)
    found = shared.round(2, shop=shop).started()
    bridge.settle()
    wait(shared, bridge, timedelta(hours=2), timedelta(minutes=5))
    tried = len(receiver.received)
    receiver.usual, receiver.received = 204, []

    wait(shared, bridge, timedelta(hours=3), timedelta(minutes=10))

    for (shipment_id,) in found.ids:
        events = [event["sequence"] for event in shop.events(shipment_id)]
        got = [body["data"]["sequence"] for body in receiver.of(shipment_id)]
        assert sorted(set(got)) == events
        note(f"away for two hours: {tried} tries meanwhile, then sequences {got}")


def test_a_server_that_is_gone_is_switched_off(
    shared: Carrier, bridge: Bridge, receiver: Receiver
) -> None:
    receiver.usual = 410
    shop = registered(shared, receiver)
    shop.shipment()
    bridge.settle()
    shop.shipment()
    wait(shared, bridge, timedelta(minutes=10), timedelta(minutes=5))

    (endpoint,) = shared.call("GET", "/v1/webhooks", token=shop.key).json["data"]
    assert len(receiver.received) == 1
    assert datetime.fromisoformat(endpoint["switched_off_at"]) <= shared.clock.now()
