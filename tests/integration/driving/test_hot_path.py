"""What the hot path costs: calls and capacity units, by DynamoDB's own arithmetic."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from chalicelib.domain.driving.forecasts import QUARTER_HOUR
from local.cloud.capacity import CapacityMeter, item_bytes
from tests.support.builders import HELSINKI, M_PER_LAT_DEG, north_of
from tests.support.carrier import Carrier, Round, Shop, fix, note

SEED = 20_261_123
FAR_M = -9_000.0
UNIT_BYTES = 1_024


def scattered(shop: Shop, stops: int) -> list[list[dict[str, object]]]:
    """Stops all over a city in no order that would help, every third with a window."""
    chance = random.Random(SEED)
    now = shop.carrier.clock.now()
    visits: list[list[dict[str, object]]] = []
    for i in range(stops):
        place = north_of(HELSINKI, chance.uniform(-4_000, 4_000))
        place = type(place)(place.lat_deg, place.lon_deg + chance.gauss(0, 4_000) / M_PER_LAT_DEG)
        opens = now + timedelta(minutes=chance.randrange(0, 600, 15))
        window = {"start": opens.isoformat(), "end": (opens + timedelta(hours=2)).isoformat()}
        visits.append([shop.shipment(place=place, window=None if i % 3 else window)])
    return visits


def city_round(carrier: Carrier, stops: int) -> Round:
    """A van that has left for so many stops, and whose plan this container knows.

    A quarter of an hour has just begun: with the next one, pages of what was learnt are read again.
    """
    shop = carrier.shop()
    carrier.clock.advance(QUARTER_HOUR - timedelta(seconds=carrier.clock.now().timestamp() % 900))
    found = carrier.planned(shop, scattered(shop, stops)).started()
    found.drive(FAR_M)
    return found


def batch(found: Round, way_m: float, fixes: int) -> list[dict[str, object]]:
    """So many fixes of the last half minute, the newest so far north of the city's middle."""
    found.carrier.clock.advance(timedelta(seconds=30))
    now = found.carrier.clock.now()
    step_s = 30.0 / fixes
    return [
        fix(
            now - timedelta(seconds=step_s * (fixes - 1 - i)),
            way_m - 12.34567 * (fixes - 1 - i),
            accuracy_m=4.7 + i,
            speed_mps=12.3 - i / 10,
            heading_deg=1.5 + 7.7 * i,
            battery_ratio=0.83,
        )
        for i in range(fixes)
    ]


def metered(found: Round, fixes: Sequence[Mapping[str, object]]) -> CapacityMeter:
    """What one batch costs; it must be taken in."""
    with CapacityMeter().watching(*found.carrier.clients()) as meter:
        reply = found.positions(*fixes)
    assert reply.status == 200, reply.body
    return meter


def assert_steady(found: Round, meter: CapacityMeter) -> None:
    weights = [item_bytes(row) for row in found.fleet() if row["item"]["S"] != "LIVE"]
    note(
        f"{len(found.stop_ids)} stops: {meter.call_count} calls,"
        f" {meter.write_units:g} WRU + {meter.read_units:g} RRU;"
        f" LIVE {item_bytes(found.live())} B, largest TRACK {max(weights)} B"
    )
    assert meter.calls == {"GetItem": 1, "PutItem": 2}
    assert (meter.write_units, meter.read_units) == (2, 1)
    assert max(map(item_bytes, found.fleet())) <= UNIT_BYTES


@pytest.mark.parametrize("stops", [10, 120], ids=f"{{}} stops, seed {SEED}".format)
def test_a_batch_is_one_read_and_two_writes_unless_somebody_must_be_told(
    shared: Carrier, stops: int
) -> None:
    found = city_round(shared, stops)

    for fixes in (1, 2, 4):
        sent = batch(found, FAR_M + 30 * fixes, fixes)
        assert_steady(found, metered(found, sent))
    repeated = metered(found, sent)
    shared.clock.advance(timedelta(hours=15))  # everybody's promise is broken
    telling = metered(found, batch(found, FAR_M + 160, 1))
    for i in range(stops // 39):  # the others are told by the batches that follow, 39 in each
        metered(found, batch(found, FAR_M + 170 + i, 1))

    assert repeated.calls == {"GetItem": 1}
    assert telling.calls == {"GetItem": 1, "BatchGetItem": 2, "PutItem": 1, "TransactWriteItems": 1}
    assert found.shop.get(found.ids[0][0])["delayed"]
    assert_steady(found, metered(found, batch(found, FAR_M + 180, 4)))


def test_the_state_of_a_tracking_link_is_two_reads_and_nothing_when_it_is_known(
    shared: Carrier,
) -> None:
    found = city_round(shared, 3)
    (shipment_id,) = found.ids[-1]
    found.state(shipment_id)  # from here on the shipper's name is remembered

    with CapacityMeter().watching(*shared.clients()) as meter:
        reply = found.state(shipment_id)
    with CapacityMeter().watching(*shared.clients()) as again_meter:
        again = found.state(shipment_id, headers={"If-None-Match": reply.headers["ETag"]})

    note(f"tracking state: {meter.call_count} calls, {meter.read_units:g} RRU")
    assert reply.status == 200
    assert meter.calls == {"Query": 1, "GetItem": 1}
    assert again_meter.calls == {"GetItem": 2}
    assert again_meter.read_units == 1
    assert meter.write_units == 0
    assert meter.read_units <= 1
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == reply.headers["ETag"]


def test_a_thousand_fixes_at_once_cost_as_many_calls_as_one(shared: Carrier) -> None:
    found = city_round(shared, 3)
    shared.clock.advance(timedelta(seconds=1_000))
    start = shared.clock.now() - timedelta(seconds=999)
    tunnel = [fix(start + timedelta(seconds=i), FAR_M + i / 10) for i in range(1_000)]

    meter = metered(found, tunnel)

    assert meter.call_count <= 5
    assert max(map(item_bytes, found.fleet())) < 400 * 1_024
    assert len(found.track()) == 1_001
