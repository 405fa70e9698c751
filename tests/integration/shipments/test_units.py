"""What a shipment costs from its creation to its page, by DynamoDB's own arithmetic.

The shipments here are as large as real ones: three parcels, instructions, a window, long ids.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.cloud.capacity import CapacityMeter, item_bytes
from tests.support.carrier import Carrier, Round, Shop, note

NOTE = "Left with the neighbour in B 35, who promised to tell her now"


class Bill:
    """What a block cost: the meter, and the units that went into each table."""

    def __init__(self, carrier: Carrier) -> None:
        self.meter = CapacityMeter()
        self.carrier = carrier

    def __str__(self) -> str:
        calls = ", ".join(f"{count} {name}" for name, count in sorted(self.meter.calls.items()))
        return f"{self.meter.write_units:g} WRU, {self.meter.read_units:g} RRU ({calls})"


@contextmanager
def billed(carrier: Carrier, name: str) -> Iterator[CapacityMeter]:
    """The meter of a block; its figures are printed when it ends."""
    with CapacityMeter().watching(*carrier.clients()) as meter:
        yield meter
    calls = ", ".join(f"{count} {name}" for name, count in sorted(meter.calls.items()))
    note(f"{name}: {meter.write_units:g} WRU, {meter.read_units:g} RRU ({calls})")


def order(shop: Shop, *, stop: int = 0, parcels: int = 3) -> dict[str, Any]:
    """A shipment as shops make them."""
    now = shop.carrier.clock.now()
    body = shop.order(stop=stop)
    barcodes = [f"0034012345{shop._orders:05d}{i:05d}" for i in range(parcels)]
    body["address"] |= {
        "lines": ["Mannerheimintie 12 B 34", "c/o Virtanen"],
        "postal_code": "00100",
        "instructions": "Ring twice, the bell is broken; the dog is friendly",
    }
    window = {"start": now.isoformat(), "end": (now + timedelta(hours=4)).isoformat()}
    return body | {"parcels": [{"barcode": code} for code in barcodes], "window": window}


def a_round(carrier: Carrier, stops: int, *, parcels: int = 3) -> Round:
    """A planned route of such shipments."""
    shop = carrier.shop()
    visits = []
    for i in range(stops):
        body = order(shop, stop=i, parcels=parcels)
        reply = shop.post(body)
        assert reply.status == 201, reply.body
        visits.append([body | reply.json])
    return carrier.planned(shop, visits)


def stored(carrier: Carrier, shipment_id: str) -> dict[str, int]:
    """The bytes of a shipment's items by their sort keys."""
    return {
        row["item"]["S"]: item_bytes(row)
        for row in carrier.rows("shipments")
        if row["shipment_id"]["S"] == shipment_id
    }


def test_creating(shared: Carrier) -> None:
    shop = shared.shop()
    body = order(shop)
    shop.post(order(shop))

    with billed(shared, "create") as meter:
        reply = shop.post(body)
    with billed(shared, "create with an Idempotency-Key") as with_key:
        shop.post(order(shop), idempotency_key="once")

    assert reply.status == 201
    note(str(stored(shared, reply.json["id"])))


def test_from_the_scan_to_the_delivery(shared: Carrier) -> None:
    found = a_round(shared, 4, parcels=1)
    (shipment_id,) = found.ids[0]
    barcodes = {i: found.orders[found.ids[i][0]]["parcels"][0]["barcode"] for i in range(4)}

    with billed(shared, "scan (accepted and loaded at once)") as scan:
        found.scan(barcodes[0])
    for i in (1, 2, 3):
        found.scan(barcodes[i])
    with billed(shared, "start of 4 stops"):
        assert found.start().status == 200
    found.drive(-9_000.0)
    with billed(shared, "approach alert"):
        found.drive(-1_500.0, after_s=900)
    note(str(found.shop.event_types(shipment_id)))
    with billed(shared, "arrive"):
        assert found.work(0, "arrive").status == 200
    photo = found.photo(shipment_id)
    with billed(shared, "deliver with a photo and a note"):
        body = found.action(proof_ids=[photo], note=NOTE)
        assert found.work(0, "deliver", body).status == 200
    note(str(stored(shared, shipment_id)))

    link = urlsplit(found.orders[shipment_id]["tracking_url"]).path
    shared.call("GET", link)
    with billed(shared, "delivered page with a photo"):
        assert shared.call("GET", link).status == 200
    with billed(shared, "state of it"):
        assert shared.call("GET", f"{link}/state").status == 200
    (under_way,) = found.ids[3]
    link = urlsplit(found.orders[under_way]["tracking_url"]).path
    with billed(shared, "page of one under way"):
        assert shared.call("GET", link).status == 200


def test_forty_alerts(shared: Carrier) -> None:
    found = a_round(shared, 45, parcels=1).started()
    found.drive(-9_000.0)
    shared.clock.advance(timedelta(hours=15))

    with billed(shared, "forty alerts"):
        found.drive(-8_900.0)
    with billed(shared, "the rest of the alerts"):
        found.drive(-8_890.0)


def test_loading_two_hundred_stops(shared: Carrier) -> None:
    with billed(shared, "create and plan 200"):
        found = a_round(shared, 200, parcels=1)

    with billed(shared, "load 200"):
        found.loaded()
    with billed(shared, "start 200"):
        assert found.start().status == 200


def test_a_list_of_fifty(shared: Carrier) -> None:
    shop = shared.shop()
    for i in range(50):
        shop.post(order(shop, stop=i))

    with billed(shared, "list of 50"):
        reply = shared.call("GET", "/v1/shipments?limit=50", token=shop.key)

    assert len(reply.json["data"]) == 50
