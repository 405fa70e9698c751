"""Whatever a phone puts into a fix, its batch is answered, and its neighbours are kept."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.carrier import Carrier, Round, fix, indexes_of, note
from tests.support.depth import times

FAR_M: Final = -8_000.0
MEASURES: Final = ("accuracy_m", "speed_mps", "heading_deg", "battery_ratio")
COUNTS: Final = Counter[str]()
BATCHES_A_VAN: Final = 100

numbers = (
    st.floats()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from(
        [sys.float_info.max, -sys.float_info.max, sys.float_info.min, 5e-324, 1e308, 10**400, -1]
    )
)
anything = st.none() | st.booleans() | numbers | st.text(max_size=9) | st.lists(numbers, max_size=2)
times_of_any_kind = (
    st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
    | st.datetimes().map(datetime.isoformat)
    | st.dates().map(str)
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
    | anything
)
strange_fixes = st.fixed_dictionaries(
    {},
    optional={
        "recorded_at": times_of_any_kind,
        "lat_deg": anything,
        "lon_deg": anything,
        "mock": anything,
        "altitude_m": anything,
        **dict.fromkeys(MEASURES, anything),
    },
)


class Vans:
    """Vans that have left, far from their first stop; each is on the road for a number of batches.

    What a batch costs grows with the track behind it: thousands of batches are a day that
    no driver has.
    """

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._left = 0

    def van(self) -> Round:
        if not self._left:
            self._van = self._carrier.round(1).started()
            self._carrier.clock.advance(timedelta(hours=1))
            self._left = BATCHES_A_VAN
        self._left -= 1
        return self._van


@pytest.fixture(scope="module")
def vans(shared: Carrier) -> Iterator[Vans]:
    yield Vans(shared)
    note(f"fixes of any kind: {dict(COUNTS)}, none refused a batch")


def posted(van: Round, sent: list[Any], **envelope: Any) -> Any:
    """The answer to a batch, as Python's JSON writes it: with NaN and Infinity."""
    raw = json.dumps(envelope | {"fixes": sent}).encode()
    reply = van.carrier.call("POST", "/v1/driver/positions", raw, token=van.token)
    assert reply.status == 200, reply.body
    return reply.json


@settings(
    max_examples=times(quick=20, deep=5_000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(strange=st.lists(strange_fixes | anything, min_size=1, max_size=4))
def test_nothing_in_a_fix_costs_another_one(vans: Vans, strange: list[Any]) -> None:
    van = vans.van()
    van.carrier.clock.advance(timedelta(seconds=5))
    now = van.carrier.clock.now()
    good = fix(now, FAR_M)

    report = posted(van, [good, *strange, fix(now - timedelta(seconds=1), FAR_M)])

    refused = indexes_of(report["rejected"])
    judged = refused | indexes_of(report["suspect"])
    assert {0, len(strange) + 1}.isdisjoint(refused)
    assert len(judged) + report["accepted"] + report["duplicates"] == len(strange) + 2
    COUNTS.update(batches=1, fixes=len(strange) + 2, refused=len(refused))


@settings(
    max_examples=times(quick=20, deep=5_000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    measures=st.fixed_dictionaries(dict.fromkeys(MEASURES, numbers)),
    sent_at=st.none() | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
)
def test_no_measure_and_no_clock_refuses_a_good_place(
    vans: Vans, measures: dict[str, float], sent_at: str | None
) -> None:
    van = vans.van()
    van.carrier.clock.advance(timedelta(seconds=5))
    more = {} if sent_at is None else {"sent_at": sent_at}

    report = posted(van, [fix(van.carrier.clock.now(), FAR_M) | measures], **more)

    assert report["rejected"] == []
    assert report["accepted"] + len(report["suspect"]) == 1
    assert all(verdict["reasons"] == ["poor_accuracy"] for verdict in report["suspect"])


@settings(
    max_examples=times(quick=15, deep=3_000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    occurred_at=st.datetimes(timezones=st.just(UTC)),
    sent_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    number=st.uuids(),
)
def test_a_report_of_any_date_is_taken(
    vans: Vans, occurred_at: datetime, sent_at: datetime | None, number: object
) -> None:
    body = {"action_id": str(number), "occurred_at": occurred_at.isoformat()}
    if sent_at is not None:
        body["sent_at"] = sent_at.isoformat()

    reply = vans.van().work(0, "arrive", body)

    assert reply.status == 200, reply.body


def test_late_fixes_of_a_finished_route_are_its_own_also_when_the_next_has_started(
    shared: Carrier,
) -> None:
    shop = shared.shop()
    first = shared.planned(shop, [[shop.shipment()]]).started()
    begun = shared.clock.now()
    shared.clock.advance(timedelta(minutes=30))
    assert first.work(0, "deliver").status == 200
    second_order = shop.shipment(stop=1)
    second = shared.plan(first.driver_id, [[second_order["id"]]]).json
    assert first.scan(second_order["parcels"][0]["barcode"]).status == 200
    assert first.start().status == 200
    shared.clock.advance(timedelta(minutes=20))
    told = shop.events(first.ids[0][0])
    late = [fix(begun + timedelta(minutes=10 + i), FAR_M + 100 * i) for i in range(8)]

    report = first.positions(*late, fix(shared.clock.now(), FAR_M)).json
    again = first.positions(*late).json

    assert (report["accepted"], report["rejected"], report["suspect"]) == (9, [], [])
    assert (again["accepted"], again["duplicates"]) == (0, 8)
    rows = [row for row in first.fleet() if row["item"]["S"].startswith("TRACK#")]
    by_route = Counter(row["route_id"]["S"] for row in rows)
    assert by_route == {first.route_id: 1, second["id"]: 1}
    assert shop.events(first.ids[0][0]) == told


def test_three_routes_a_day_are_told_apart(shared: Carrier) -> None:
    shop = shared.shop()
    van = shared.planned(shop, [[shop.shipment()]]).started()
    begun = [shared.clock.now()]
    routes = [van.route_id]
    shared.clock.advance(timedelta(minutes=30))
    stops = van.stop_ids
    for _ in range(2):
        assert van.call("POST", f"stops/{stops[0]}/deliver", van.action()).status == 200
        order = shop.shipment()
        planned = shared.plan(van.driver_id, [[order["id"]]]).json
        assert van.scan(order["parcels"][0]["barcode"]).status == 200
        assert van.start().status == 200
        stops, routes = [planned["stops"][0]["id"]], [*routes, planned["id"]]
        begun.append(shared.clock.now())
        shared.clock.advance(timedelta(minutes=30))

    report = van.positions(*(fix(at + timedelta(minutes=12), FAR_M) for at in begun)).json

    assert report["accepted"] == 3, report
    rows = [row for row in van.fleet() if row["item"]["S"].startswith("TRACK#")]
    assert sorted(row["route_id"]["S"] for row in rows) == sorted(routes)
