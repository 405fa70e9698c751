"""What a shipment costs from its creation to its page, by DynamoDB's own arithmetic.

The shipments here are as large as real ones: instructions, a window, long ids, a photo and a note.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest

from chalicelib.bootstrap.container import container
from chalicelib.domain.ids import EventId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.lifecycle import append
from local.cloud.capacity import CapacityMeter, item_bytes
from tests.support.builders import make_actor
from tests.support.carrier import Carrier, Reply, Round, Shop, note

NOTE: Final = "Left with the neighbour in B 35, who promised to tell her now"
LIVE: Final = 2
"""Units of the live state in a transaction; a departure costs as much, a track plainly one."""
DEPARTURE: Final = 2
HANDLED: Final = 1
TRACK: Final = 1
DETAILS: Final = 4
"""In a transaction, with the index."""
MANIFEST_KB: Final = 2
"""Of 20 shipments."""
SHIPMENT: Final = 4
"""Units of a shipment's part of a change: its state and one event."""
FEED: Final = 1
"""An entry of the feed: one for each shipper in a commit."""
SHIPPERS_LIST: Final = 1
WAITS: Final = 1
"""Entries of indexes: all of a shipper's shipments, and those that wait for the office."""
NAMES: Final = 4
"""The same with the names of many other events, which fill another kilobyte."""


@contextmanager
def billed(carrier: Carrier, name: str) -> Iterator[CapacityMeter]:
    """The meter of a block; its figures are printed when it ends."""
    with CapacityMeter().watching(*carrier.clients()) as meter:
        yield meter
    calls = ", ".join(f"{count} {call}" for call, count in sorted(meter.calls.items()))
    note(f"{name}: {meter.write_units:g} WRU, {meter.read_units:g} RRU ({calls})")


def order(shop: Shop, *, stop: int = 0, parcels: int = 1) -> dict[str, Any]:
    """A shipment as shops make them."""
    now = shop.carrier.clock.now()
    body = shop.order(stop=stop)
    number = int(body["reference"].removeprefix("ORDER-"))
    body["address"] |= {
        "lines": ["Mannerheimintie 12 B 34", "c/o Virtanen"],
        "postal_code": "00100",
        "instructions": "Ring twice, the bell is broken; the dog is friendly",
    }
    codes = [f"0034012345{number:05d}{i:05d}" for i in range(parcels)]
    window = {"start": now.isoformat(), "end": (now + timedelta(hours=4)).isoformat()}
    return body | {"parcels": [{"barcode": code} for code in codes], "window": window}


def a_round(carrier: Carrier, stops: int, *, parcels: int = 1) -> Round:
    """A planned route of such shipments."""
    shop = carrier.shop()
    visits = []
    for i in range(stops):
        body = order(shop, stop=i, parcels=parcels)
        reply = shop.post(body)
        assert reply.status == 201, reply.body
        visits.append([body | reply.json])
    return carrier.planned(shop, visits)


def stored_bytes(carrier: Carrier, shipment_id: str) -> dict[str, int]:
    """The bytes of a shipment's items by their sort keys."""
    return {
        row["item"]["S"]: item_bytes(row)
        for row in carrier.rows("shipments")
        if row["shipment_id"]["S"] == shipment_id
    }


def page_of(found: Round, stop: int) -> str:
    """The path of a tracking page."""
    (shipment_id,) = found.ids[stop]
    return urlsplit(found.orders[shipment_id]["tracking_url"]).path


def test_creating_writes_state_details_their_index_and_an_event(shared: Carrier) -> None:
    shop = shared.shop()
    shop.post(order(shop))
    plain, keyed = order(shop, parcels=3), order(shop, parcels=3)

    with billed(shared, "create") as meter:
        reply = shop.post(plain)
    with billed(shared, "create with an Idempotency-Key") as with_key:
        shop.post(keyed, idempotency_key="once")

    assert reply.status == 201
    barcodes = 3  # one for each parcel, outside the transaction
    reference = 2  # one conditional item in it: units of a transaction count twice
    once = SHIPMENT + 2 + SHIPPERS_LIST + FEED + WAITS + reference + barcodes
    assert (meter.write_units, with_key.write_units) == (once, once + 2)
    assert meter.calls == {"UpdateItem": barcodes, "TransactWriteItems": 1}
    assert max(stored_bytes(shared, reply.json["id"]).values()) <= 1_024


def test_a_change_of_status_costs_five_units(shared: Carrier) -> None:
    found = a_round(shared, 4)
    (shipment_id,) = found.ids[0]
    first, *others = (found.orders[ids[0]]["parcels"][0]["barcode"] for ids in found.ids)

    with billed(shared, "scan: accepted and loaded") as scan:
        found.scan(first)
    found.scan(*others)
    with billed(shared, "start of 4 stops"):
        assert found.start().status == 200
    found.drive(-9_000.0)
    with billed(shared, "approach alert") as approach:
        found.drive(-1_500.0, after_s=900)
    with billed(shared, "arrive") as arrive:
        assert found.work(0, "arrive").status == 200
    proved = found.action(proof_ids=[found.photo(shipment_id)], note=NOTE)
    with billed(shared, "deliver with a photo and a note") as deliver:
        assert found.work(0, "deliver", proved).status == 200

    kinds = ["created", "accepted", "loaded", "out_for_delivery", "arriving", "arrived"]
    assert found.shop.event_types(shipment_id) == [*kinds, "delivered"]
    assert scan.write_units == SHIPMENT + 2 + FEED + HANDLED  # two changes of status, two events
    assert approach.write_units == SHIPMENT + FEED + LIVE + TRACK
    assert arrive.write_units == SHIPMENT + FEED + LIVE
    assert deliver.write_units == SHIPMENT + FEED + LIVE + DEPARTURE
    weights = stored_bytes(shared, shipment_id)
    note(f"of a delivered shipment: {weights}")
    assert max(weights.values()) <= 1_024


def test_a_batch_that_tells_as_many_as_it_may_stays_within_160_units(shared: Carrier) -> None:
    found = a_round(shared, 45).started()
    found.drive(-9_000.0)
    shared.clock.advance(timedelta(hours=15))  # everybody's promise is broken
    cap = Policy().alerts_per_commit

    with billed(shared, f"{cap} alerts") as meter:
        found.drive(-8_900.0)
    with billed(shared, "the other 7 alerts") as others:
        found.drive(-8_890.0)

    assert meter.write_units == cap * SHIPMENT + NAMES + LIVE + TRACK <= 160
    assert others.write_units == (45 - cap) * SHIPMENT + FEED + LIVE + TRACK
    assert all(found.shop.get(ids[0])["delayed"] for ids in found.ids)


def test_loading_and_starting_100_stops(shared: Carrier) -> None:
    found = a_round(shared, 100)

    with billed(shared, "load 100 stops") as load:
        found.loaded()
    with billed(shared, "start 100 stops") as start:
        assert found.start().status == 200

    assert load.write_units == 100 * (SHIPMENT + 2 + FEED) + 2 * HANDLED  # a note a request
    assert start.write_units <= 100 * SHIPMENT + 60  # and the plan, which is not a shipment's


@pytest.mark.parametrize("stop", [0, 1], ids=["delivered with a photo", "under way"])
def test_a_page_is_one_query_and_the_drivers_state(shared: Carrier, stop: int) -> None:
    found = a_round(shared, 2).started()
    (shipment_id,) = found.ids[0]
    proved = found.action(proof_ids=[found.photo(shipment_id)], note=NOTE)
    found.work(0, "deliver", proved)
    found.state(shipment_id)  # from here on the shipper's name is remembered

    with billed(shared, "page") as meter:
        assert shared.call("GET", page_of(found, stop)).status == 200
    with billed(shared, "state") as state:
        assert shared.call("GET", f"{page_of(found, stop)}/state").status == 200

    assert meter.calls == state.calls == ({"Query": 1, "GetItem": 1} if stop else {"Query": 1})
    assert meter.read_units <= 2


def test_a_long_history_costs_a_page_no_more_than_twenty_lines(shared: Carrier) -> None:
    found = a_round(shared, 1).started()
    (shipment_id,) = found.ids[0]
    add_events(ShipmentId(shipment_id), 60)
    found.state(shipment_id)

    with billed(shared, "page of a shipment with 64 events") as meter:
        page = shared.call("GET", page_of(found, 0) + "?lang=en")
    with billed(shared, "a part of its history") as part:
        earlier = shared.call("GET", page_of(found, 0) + "/history?lang=en&before=45")

    assert page.body.count(b"line-label") == 20 + 1  # and the template of further lines
    assert b"Show earlier" in page.body
    assert meter.calls == {"Query": 1, "GetItem": 1}
    assert meter.read_units <= 2
    assert earlier.body.count(b"line-label") == 20
    assert b"before=25" in earlier.body
    assert part.calls == {"Query": 2}


def test_a_list_is_two_calls_and_costs_the_same_however_many_there_are(shared: Carrier) -> None:
    shop = shared.shop()
    for i in range(50):
        shop.post(order(shop, stop=i))

    with billed(shared, "list of 25 from 50") as meter:
        reply = shared.call("GET", "/v1/shipments?limit=25", token=shop.key)

    assert len(reply.json["data"]) == 25
    assert meter.calls == {"Query": 1, "BatchGetItem": 1}
    assert meter.read_units <= 25 * 0.5 + 3  # the states, and the details from their index


def test_what_has_news_is_a_query_of_the_feed_and_a_batch(shared: Carrier) -> None:
    shop = shared.shop()
    since = quote(shared.clock.now().isoformat())
    for i in range(25):
        shop.post(order(shop, stop=i))
    shared.clock.advance(timedelta(minutes=1))

    with billed(shared, "25 with news") as meter:
        path = f"/v1/shipments?limit=25&updated_since={since}"
        reply = shared.call("GET", path, token=shop.key)

    assert len(reply.json["data"]) == 25
    assert meter.calls == {"Query": 1, "BatchGetItem": 1}
    assert meter.read_units <= 25 + 3


def add_events(shipment_id: ShipmentId, count: int) -> None:
    """So many delays, as on a very long day."""
    shipment = container().adapters.shipments.get(shipment_id)
    for i in range(count):
        after, event = append(
            shipment,
            EventType.DELAYED,
            actor=make_actor(),
            event_id=EventId(f"evt_{i}"),
            occurred_at=shipment.updated_at,
            now=shipment.updated_at,
        )
        container().adapters.journal.commit(ShipmentChange(after, (event,), shipment.version))
        shipment = after


def test_what_the_office_does_costs_a_change_of_status_and_its_driver_a_manifest(
    shared: Carrier,
) -> None:
    van = a_round(shared, 20)
    cancelled, changed, *_ = (ids[0] for ids in van.ids)
    alone = van.shop.shipment()["id"]
    shown = van.shop.get(changed)

    def patch(shipment_id: str, body: Any) -> Reply:
        path, headers = f"/v1/shipments/{shipment_id}", {"If-Match": "*"}
        return shared.call("PATCH", path, body, token=van.shop.key, headers=headers)

    with billed(shared, "cancel, on no route") as meter:
        shared.made(f"/v1/shipments/{alone}/cancel", {}, van.shop.key, 200)
    assert meter.write_units <= SHIPMENT + FEED + WAITS
    with billed(shared, "cancel, on a planned route of 20") as meter:
        shared.made(f"/v1/shipments/{cancelled}/cancel", {}, van.shop.key, 200)
    manifest = meter.write_units - SHIPMENT - FEED
    assert manifest <= 2 * MANIFEST_KB
    with billed(shared, "new instructions, on a planned route of 20") as meter:
        assert patch(changed, {"address": {"instructions": "At the back"}}).status == 200
    assert meter.write_units <= SHIPMENT + FEED + DETAILS + manifest
    with billed(shared, "a change that changes nothing") as meter:
        assert patch(changed, {"recipient": shown["recipient"]}).status == 200
    assert (meter.write_units, meter.read_units <= 4) == (0, True)
    codes = [shared.shop().shipment()["parcels"][0]["barcode"] for _ in range(10)]
    now = shared.clock.now().isoformat()
    scans = [{"action_id": code, "barcode": code, "scanned_at": now} for code in codes]
    with billed(shared, "ten parcels accepted at a hub") as meter:
        path = f"/v1/hubs/{shared.hub_id}/scans"
        told = shared.made(path, {"scans": scans}, shared.dispatcher, 200)
    assert {result["verdict"] for result in told["results"]} == {"accepted"}
    assert meter.write_units == 10 * (SHIPMENT + FEED)
