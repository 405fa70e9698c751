"""Arrivals that the fixes show: found in any batch, withdrawn when the van just drives on."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from local.cloud.capacity import CapacityMeter
from tests.support.aws import dynamodb_clients
from tests.support.carrier import STREET_M, Carrier, Round, fix

WAY_M = 1_500.0
STAND_S, WAY_S, STEP_S = 240, 180, 20


@pytest.fixture
def van(shared: Carrier) -> Round:
    """A van that has left; the clock stands at the end of the journey below."""
    started = shared.round(2).started()
    shared.clock.advance(timedelta(seconds=2 * WAY_S + STAND_S))
    return started


def journey(van: Round) -> list[dict[str, Any]]:
    """To the first stop, four minutes there, and on past the second street."""
    begin = van.carrier.clock.now() - timedelta(seconds=2 * WAY_S + STAND_S - STEP_S)
    ways_m = [-WAY_M * (1 - i * STEP_S / WAY_S) for i in range(WAY_S // STEP_S)]
    ways_m += [0.0] * (STAND_S // STEP_S)
    ways_m += [-(STREET_M + 300.0) * i * STEP_S / WAY_S for i in range(WAY_S // STEP_S)]
    return [fix(begin + timedelta(seconds=STEP_S * i), m) for i, m in enumerate(ways_m)]


def story(van: Round) -> list[tuple[str, str]]:
    """What the history says of the visit."""
    return [
        (event["type"], event["occurred_at"])
        for event in van.shop.events(van.ids[0][0])
        if event["type"] in {"shipment.arrived", "shipment.arrival_withdrawn"}
    ]


def test_one_batch_and_the_newest_first_tell_the_same(shared: Carrier) -> None:
    told = []
    for order in ("one", "reversed", "singly", "newest first"):
        van = shared.round(2).started()
        began = shared.clock.now()
        shared.clock.advance(timedelta(seconds=2 * WAY_S + STAND_S))
        fixes = journey(van)
        batches = {
            "one": [fixes],
            "reversed": [fixes[::-1]],
            "singly": [[each] for each in fixes],
            "newest first": [[each] for each in fixes[::-1]],
        }[order]
        for batch in batches:
            assert van.positions(*batch).status == 200
        told.append([(kind, _since(at, began)) for kind, at in story(van)])

    assert [kind for kind, _ in told[0]] == ["shipment.arrived", "shipment.arrival_withdrawn"]
    assert all(each == told[0] for each in told)


def _since(at: str, began: datetime) -> float:
    return round((datetime.fromisoformat(at) - began).total_seconds(), 3)


def test_who_drives_on_without_a_report_is_on_the_way_again(van: Round) -> None:
    fixes = journey(van)

    for each in fixes:
        van.positions(each)

    seen = van.state(van.ids[0][0]).json
    assert seen["status"] in {"arriving", "out_for_delivery"}
    assert seen["eta"] is not None
    assert seen["stops_before"] is not None
    line = next(e for e in seen["timeline"] if e["type"] == "shipment.arrival_withdrawn")
    assert line["data"]["status"] == seen["status"]


def test_a_report_of_the_arrival_is_firm(van: Round) -> None:
    fixes = journey(van)
    van.positions(*fixes[:15])

    assert van.work(0, "arrive").status == 200
    van.positions(*fixes[15:])

    assert [kind for kind, _ in story(van)] == ["shipment.arrived"]
    assert van.state(van.ids[0][0]).json["status"] == "arrived"


def test_what_was_withdrawn_can_still_be_delivered_late(van: Round) -> None:
    fixes = journey(van)
    van.positions(*fixes)

    reply = van.work(0, "deliver", van.action(occurred_at=fixes[18]["recorded_at"]))

    assert reply.status == 200
    assert van.shop.get(van.ids[0][0])["status"] == "delivered"


def test_the_track_is_read_only_for_late_fixes(van: Round) -> None:
    fixes = journey(van)
    van.positions(fixes[0], fixes[5])
    with CapacityMeter().watching(*dynamodb_clients()) as steady:
        van.positions(fixes[6])
    with CapacityMeter().watching(*dynamodb_clients()) as late:
        van.positions(fixes[2])

    assert steady.read_units <= 1
    assert late.read_units <= 2
