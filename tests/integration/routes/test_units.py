"""Routes of a full day: calls and capacity units, by DynamoDB's own arithmetic."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.geography import Coordinates
from local.cloud.capacity import CapacityMeter
from tests.support.builders import HELSINKI, M_PER_LAT_DEG, north_of
from tests.support.carrier import Carrier, Reply, Round, Shop, note

SEED: Final = 20_261_123
PLAN_WRU: Final = 750
"""Of 230 shipments: each also leaves the index of those that wait for a route."""
START_WRU: Final = 1_000
ROUTE_WRU: Final = 60
"""The last transaction of both: the route without its shipments, which are written before it."""
DRIVER_RRU: Final = 4
_SYLLABLES: Final = "ka ko sa la mä ri vi tu no pe hä lei juu mat sto lin berg nen".split()  # noqa: SIM905


def word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(syllables)).capitalize()


def orders(shop: Shop, sizes: Sequence[int]) -> list[list[dict[str, Any]]]:
    """Shipments to scattered doors, no two alike, with windows, instructions and long barcodes."""
    chance = random.Random(SEED)
    now = shop.carrier.clock.now()
    visits = []
    for size in sizes:
        place = north_of(HELSINKI, chance.uniform(-9_000, 9_000))
        place = Coordinates(
            place.lat_deg, round(place.lon_deg + chance.gauss(0, 9_000) / M_PER_LAT_DEG, 7)
        )
        opens = now + timedelta(hours=chance.randrange(8))
        visits.append([order(shop, chance, place, opens) for _ in range(size)])
    return visits


def order(shop: Shop, chance: random.Random, place: Coordinates, opens: datetime) -> dict[str, Any]:
    return shop.shipment(
        reference=f"{word(chance, 1).upper()}-{shop._orders}-{chance.randrange(10**6)}",
        recipient={"name": f"{word(chance, 3)} {word(chance, 4)}", "phone": "+358401234567"},
        address={
            "lines": [f"{word(chance, 4)}katu {chance.randrange(1, 99)} {chance.choice('ABCDE')}"],
            "city": "Helsinki",
            "postal_code": f"00{chance.randrange(100):02d}0",
            "country": "FI",
            "lat_deg": place.lat_deg,
            "lon_deg": place.lon_deg,
            "time_zone": "Europe/Helsinki",
            "instructions": chance.choice(
                [None, f"Ring {word(chance, 3)}, code {chance.randrange(9999)}"]
            ),
        },
        parcels=[{"barcode": f"{chance.randrange(10**19, 10**20)}"}],
        window={"start": opens.isoformat(), "end": (opens + timedelta(hours=2)).isoformat()},
    )


def metered(carrier: Carrier, act: Callable[[], Reply]) -> tuple[CapacityMeter, Any]:
    """What a request costs a container that knows the signing keys and no plan; it must go well."""
    carrier.rewire()
    _, idle = carrier.driver()
    assert carrier.call("GET", "/v1/driver/route", token=idle).status == 404
    with CapacityMeter().watching(*carrier.clients()) as meter:
        reply = act()
    assert reply.status < 300, reply.body
    return meter, reply.json


def told(what: str, meter: CapacityMeter) -> CapacityMeter:
    note(
        f"{what}: {meter.call_count} calls, {meter.write_units:g} WRU + {meter.read_units:g} RRU,"
        f" largest call {max(charge.write_units for charge in meter.charges):g} WRU"
    )
    return meter


def seen(van: Round, what: str) -> Any:
    meter, route = metered(van.carrier, lambda: van.call("GET", "route"))
    told(f"driver's route, {what}", meter)
    assert meter.read_units <= DRIVER_RRU
    assert meter.calls == {"GetItem": 1, "Query": 1}
    return route


@pytest.mark.parametrize(
    "sizes",
    [[1] * 50, [2] * 30 + [1] * 170],
    ids=["50", "200, thirty with two"],
)
def test_a_route_is_planned_seen_and_started_within_its_budgets(
    shared: Carrier, sizes: list[int]
) -> None:
    shared.rewire()  # another carrier may have been here, and taken its clock with it
    shop, what = shared.shop(), f"{len(sizes)} stops, {sum(sizes)} shipments"
    visits = orders(shop, sizes)
    driver_id, token = shared.driver()
    ids = [[s["id"] for s in visit] for visit in visits]
    assert shared.hub_id

    meter, planned = metered(shared, lambda: shared.plan(driver_id, ids))
    told(f"plan, {what}", meter)
    assert meter.charges[-1].operation == "TransactWriteItems"
    assert meter.charges[-1].write_units <= ROUTE_WRU
    assert meter.write_units <= PLAN_WRU
    by_id: Mapping[str, dict[str, Any]] = {s["id"]: s for visit in visits for s in visit}
    stop_ids = [stop["id"] for stop in planned["stops"]]
    van = Round(shared, shop, driver_id, token, planned["id"], stop_ids, ids, dict(by_id))

    before = seen(van, f"planned, {what}")
    van.loaded()
    loaded = seen(van, f"loaded, {what}")
    meter, _ = metered(shared, van.start)
    told(f"start, {what}", meter)
    last = [c for c in meter.charges if c.operation == "TransactWriteItems"][-1]
    assert last.write_units <= ROUTE_WRU
    assert meter.write_units <= START_WRU
    driven = seen(van, f"on the road, {what}")

    for route, status in ((before, "created"), (loaded, "loaded"), (driven, "out_for_delivery")):
        shown = [[s["id"] for s in stop["shipments"]] for stop in route["stops"]]
        assert shown == ids
        assert {s["status"] for stop in route["stops"] for s in stop["shipments"]} == {status}


def test_a_list_of_50_routes_is_read_without_their_stops(carrier: Carrier) -> None:
    shop = carrier.shop()
    for visits in [orders(shop, [1] * 4) for _ in range(50)]:
        carrier.planned(shop, visits)
    day = carrier.clock.now().date().isoformat()
    path = f"/v1/routes?service_day={day}&hub_id={carrier.hub_id}&limit=50"

    meter, listed = metered(carrier, lambda: carrier.call("GET", path, token=carrier.dispatcher))
    told("list of 50 routes", meter)

    assert len(listed["data"]) == 50
    assert {route["stop_count"] for route in listed["data"]} == {4}
    assert meter.read_units <= 4
