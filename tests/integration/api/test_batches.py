"""Batches of shipments over HTTP: what they cost, and what comes of rows that cannot be read."""

from collections import Counter
from typing import Any, Final

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.carrier import Carrier, Reply, Shop, note
from tests.support.depth import times

MOST_ROWS: Final = 500
ROWS: Final = times(quick=100, deep=MOST_ROWS)
CALLS: Final = {100: 5 + 2 + 3, MOST_ROWS: 25 + 10 + 3}
"""Groups of twenty, reads of a hundred references or barcodes, and the memory of the request."""


@pytest.fixture
def shop(shared: Carrier) -> Shop:
    return shared.shop()


def send(
    shop: Shop, rows: list[Any], *, key: str | None = None, if_exists: str = "refuse"
) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/v1/shipments/batch?if_exists={if_exists}"
    body = {"shipments": rows}
    return shop.carrier.call("POST", path, body, token=shop.key, headers=headers)


def outcomes(reply: Reply) -> dict[str, int]:
    assert reply.status == 200, reply.body
    counted = Counter(row["outcome"] for row in reply.json["results"])
    assert reply.json["counts"] == {**dict.fromkeys(reply.json["counts"], 0), **counted}
    return dict(counted)


def test_a_batch_is_few_calls_and_its_repeat_writes_nothing(shared: Carrier, shop: Shop) -> None:
    shop.shipment()  # from here on key and hubs are remembered
    rows = [shop.order(stop=number % 40) for number in range(ROWS)]

    with CapacityMeter().watching(*shared.clients()) as meter:
        first = send(shop, rows, key="once")
    with CapacityMeter().watching(*shared.clients()) as again_meter:
        again = send(shop, rows)
    replayed = send(shop, rows, key="once")

    note(
        f"batch of {ROWS}: {meter.call_count} calls, {meter.write_units:g} WRU, "
        f"{meter.read_units:g} RRU, an answer of {len(first.body)} bytes; sent again without its "
        f"key: {again_meter.call_count} calls, {again_meter.write_units:g} WRU"
    )
    assert outcomes(first) == {"created": ROWS}
    assert meter.call_count == CALLS[ROWS]
    assert CALLS[MOST_ROWS] <= 40
    assert outcomes(again) == {"unchanged": ROWS}
    assert again_meter.write_units == 0
    assert again_meter.call_count <= CALLS[ROWS]
    assert replayed.body == first.body
    told = first.json["results"][-1]
    assert shop.get(told["id"])["tracking_url"] == told["tracking_url"]
    assert shop.event_types(told["id"]) == ["created"]


def test_each_row_is_read_by_itself(shop: Shop) -> None:
    good, wrong = shop.order(), shop.order()
    wrong["address"] |= {"country": "Finland", "lines": []}
    wrong["parcels"] = []
    other = shop.order(reference=good["reference"])

    reply = send(shop, [good, wrong, "nonsense", other, {"a": 1}])

    assert outcomes(reply) == {"created": 1, "refused": 4}
    _, second, third, fourth, fifth = reply.json["results"]
    pointers = [error["pointer"] for error in second["errors"]]
    assert {"/address/country", "/address/lines", "/parcels"} <= set(pointers)
    assert [error["pointer"] for error in third["errors"]] == [""]
    assert [error["code"] for error in fourth["errors"]] == ["repeated_reference"]
    assert fifth["error_count"] >= 4
    assert [row["index"] for row in reply.json["results"]] == [0, 1, 2, 3, 4]


def test_a_batch_may_update(shop: Shop) -> None:
    made = shop.shipment()
    fields = ("reference", "recipient", "address", "parcels")
    mended = {name: made[name] for name in fields} | {"metadata": {"order_source": "Till 4"}}

    refused = send(shop, [mended])
    updated = send(shop, [mended], if_exists="update")

    assert (outcomes(refused), outcomes(updated)) == ({"refused": 1}, {"updated": 1})
    assert refused.json["results"][0]["id"] == made["id"]
    assert shop.get(made["id"])["metadata"] == {"order_source": "Till 4"}


@pytest.mark.parametrize("count", [0, MOST_ROWS + 1])
def test_a_batch_has_one_to_500_rows(shop: Shop, count: int) -> None:
    reply = send(shop, [{}] * count)

    assert (reply.status, reply.pointers) == (422, ["/shipments"])
