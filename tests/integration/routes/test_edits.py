"""Edits of plans over HTTP, and what they cost at 200 stops by DynamoDB's own arithmetic."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest

from chalicelib.bootstrap import container as bootstrap
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import Manifest, ManifestEntry, run_sheet_expires_at
from chalicelib.domain.ids import DriverId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import (
    LiveChange,
    ManifestChange,
    RouteChange,
    ShipmentChange,
)
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.shipments import Assignment
from chalicelib.domain.shipments.statuses import Status
from local.cloud.capacity import CapacityMeter, item_bytes
from tests.support.builders import make_shipment
from tests.support.carrier import Carrier, Reply, Round, note
from tests.support.scattered import far_gone, scattered_route

SEED: Final = 20_261_123
STOPS: Final = 200
NO_STOP: Final = f"stp_{26 * '0'}"
MOST_WRU: Final = 30
MOST_WRU_WITH_MANIFEST: Final = 60


def patch(
    carrier: Carrier,
    route_id: str,
    *operations: Mapping[str, Any],
    match: str | None = "*",
    dry: bool = False,
) -> Reply:
    path = f"/v1/routes/{route_id}" + ("?dry_run=true" if dry else "")
    headers = {} if match is None else {"If-Match": match}
    body = {"operations": list(operations)}
    return carrier.call("PATCH", path, body, token=carrier.dispatcher, headers=headers)


def shown(van: Round) -> Reply:
    path = f"/v1/routes/{van.route_id}"
    return van.carrier.call("GET", path, token=van.carrier.dispatcher)


def ended(van: Round, how: str, key: str | None = None) -> Reply:
    path, headers = f"/v1/routes/{van.route_id}/{how}", {"Idempotency-Key": key} if key else {}
    return van.carrier.call("POST", path, token=van.carrier.dispatcher, headers=headers)


def test_a_plan_is_read_asked_about_and_changed_by_its_etag(shared: Carrier) -> None:
    van = shared.round(3).loaded().started()
    first, second, third = van.stop_ids
    read = shown(van)
    reorder = {"op": "reorder", "stop_ids": [third, first, second]}

    missing = patch(shared, van.route_id, reorder, match=None)
    dry = patch(shared, van.route_id, reorder, match=read.headers["ETag"], dry=True)
    unchanged = shown(van)
    done = patch(shared, van.route_id, reorder, match=read.headers["ETag"])
    stale = patch(shared, van.route_id, reorder, match=read.headers["ETag"])

    assert (missing.status, missing.code) == (428, "version_needed")
    assert (dry.status, dry.headers["ETag"]) == (200, read.headers["ETag"])
    assert unchanged.json == read.json
    assert (done.status, done.json["plan_version"]) == (200, read.json["plan_version"] + 1)
    assert done.headers["ETag"] == shown(van).headers["ETag"] != read.headers["ETag"]
    assert done.json["stops"] == dry.json["stops"]
    assert (stale.status, stale.code) == (412, "outdated")
    assert [stop["id"] for stop in van.call("GET", "route").json["stops"]] == [third, first, second]
    seen = [van.state(van.ids[i][0]).json["stops_before"] for i in (2, 0, 1)]
    assert seen == [0, 1, 2]
    now = shown(van).json["stops"]
    assert [stop["number"] for stop in now] == [2, 0, 1]
    assert all(stop["eta"] and not stop["is_done"] for stop in now)


def test_what_is_taken_off_is_delivered_after_all_or_planned_again(shared: Carrier) -> None:
    van = shared.round(3).loaded().started()
    _, second, third = van.stop_ids

    done = patch(
        shared,
        van.route_id,
        {"op": "remove", "stop_id": second},
        {"op": "remove", "stop_id": third},
    )
    reported = van.call("POST", f"stops/{second}/deliver", van.action())
    (again,) = van.ids[2]
    driver_id, _ = shared.driver()
    planned = shared.plan(driver_id, [[again]])

    assert [each["event"] for each in done.json["told"]] == ["shipment.unassigned"] * 2
    assert (reported.status, reported.json["shipments"][0]["status"]) == (200, "delivered")
    assert van.shop.event_types(van.ids[1][0])[-3:] == [
        "unassigned",
        "superseded",
        "delivered",
    ]
    assert planned.status == 201


def test_a_route_is_ended_by_hand_and_a_repeat_gets_the_same_answer(shared: Carrier) -> None:
    van, other = shared.round(2).loaded().started(), shared.round(1)

    done = ended(van, "complete", "end-1")
    again = ended(van, "complete", "end-1")
    cancelled = ended(other, "cancel")
    refused = ended(other, "complete")

    assert (done.status, done.json["status"]) == (200, "completed")
    assert done.json["freed"] == [each for ids in van.ids for each in ids]
    assert (again.body, again.headers["Idempotency-Replayed"]) == (done.body, "true")
    assert (cancelled.json["status"], shown(other).json["status"]) == ("cancelled", "cancelled")
    assert (refused.status, refused.code) == (409, "route_over")


def test_a_stop_goes_to_another_route_in_one_call(shared: Carrier) -> None:
    van, other = shared.round(2).loaded().started(), shared.round(1)
    body = {
        "stop_id": van.stop_ids[1],
        "plan_version": shown(van).json["plan_version"],
        "to_route_id": other.route_id,
        "to_plan_version": shown(other).json["plan_version"],
        "before": other.stop_ids[0],
    }
    path, token = f"/v1/routes/{van.route_id}/moves", shared.dispatcher

    dry = shared.call("POST", f"{path}?dry_run=true", body, token=token)
    with CapacityMeter().watching(*shared.clients()) as meter:
        done = shared.call("POST", path, body, token=token)
    again = shared.call("POST", path, body, token=token)

    note(f"move between two routes: {dict(meter.calls)}, {meter.write_units:g} WRU")
    assert (dry.status, dry.json["dry_run"]) == (200, True)
    assert (done.status, done.json["to_scan"]) == (200, van.ids[1])
    for side in ("from_route", "to_route"):
        assert dry.json[side]["plan_version"] + 1 == done.json[side]["plan_version"]
    added, kept = done.json["to_route"]["stops"]
    assert (added["shipment_ids"], kept["shipment_ids"]) == (van.ids[1], other.ids[0])
    assert meter.calls["TransactWriteItems"] == 1
    assert (again.status, again.code) == (412, "outdated")
    assert [stop["id"] for stop in shown(other).json["stops"]] == [added["id"], kept["id"]]


def history(carrier: Carrier, route_id: str, query: str = "") -> Any:
    path = f"/v1/routes/{route_id}/events{query}"
    reply = carrier.call("GET", path, token=carrier.dispatcher)
    assert reply.status == 200, reply.body
    return reply.json


def test_staff_read_what_became_of_a_route_and_shippers_do_not(shared: Carrier) -> None:
    van = shared.round(3).loaded().started()
    patch(shared, van.route_id, {"op": "remove", "stop_id": van.stop_ids[2]})
    for stop in (0, 1):
        van.work(stop, "deliver")

    first = history(shared, van.route_id, "?limit=3")
    second = history(shared, van.route_id, f"?limit=3&cursor={first['next_cursor']}")

    found = [*first["data"], *second["data"]]
    assert [(each["sequence"], each["type"], each["actor"]) for each in found] == [
        (1, "route.planned", "dispatcher"),
        (2, "route.started", "driver"),
        (3, "route.changed", "dispatcher"),
        (4, "route.completed", "driver"),
    ]
    told = found[2]["data"]
    assert (told["changes"], told["removed"], told["stop_count"]) == (["remove"], van.ids[2], 2)
    assert second["next_cursor"] is None
    path = f"/v1/routes/{van.route_id}/events"
    assert shared.call("GET", path, token=van.shop.key).status in {403, 404}
    unknown = shared.call("GET", "/v1/routes/rte_1/events", token=shared.dispatcher)
    assert (unknown.status, unknown.code) == (404, "not_found")


@pytest.mark.parametrize(
    ("operation", "pointer"),
    [
        ({"op": "fly"}, "/operations/0/op"),
        ({"op": "move", "stop_id": "stp_1"}, "/operations/0/stop_id"),
        ({"op": "move", "before": None}, "/operations/0/stop_id"),
        ({"op": "change_stop", "stop_id": NO_STOP, "lat_deg": 60.1}, "/operations/0/lon_deg"),
        (
            {"op": "change_stop", "stop_id": NO_STOP, "lat_deg": 0.0, "lon_deg": 0.0},
            "/operations/0/lat_deg",
        ),
        ({"op": "set_breaks", "breaks": [], "stop_ids": []}, "/operations/0/stop_ids"),
        ({"op": "remove", "stop_id": NO_STOP}, "/operations/0/stop_id"),
    ],
)
def test_an_operation_that_is_none_is_pointed_at(
    shared: Carrier, operation: Mapping[str, Any], pointer: str
) -> None:
    van = shared.round(1)

    reply = patch(shared, van.route_id, operation)

    assert (reply.status, reply.pointers) == (422, [pointer])


def long_route(carrier: Carrier) -> tuple[Route, Live]:
    """A route of 200 scattered stops under way, as if it had been planned and started.

    Its promises are so wide that another order breaks none.
    """
    chance = Random(SEED)
    driver_id, _ = carrier.driver()
    journal, fleet = bootstrap.container().adapters.journal, bootstrap.container().adapters.fleet
    now = carrier.clock.now()
    bare = scattered_route(chance, STOPS)
    started_at = now - timedelta(hours=3)
    promise = Range(now, now + timedelta(days=2))
    route = replace(
        bare,
        driver_id=DriverId(driver_id),
        created_at=started_at,
        starts_at=started_at,
        started_at=started_at,
        service_day=started_at.date(),
        breaks=(),
        stops=tuple(replace(s, window=None, promise=promise) for s in bare.stops),
    )
    before = fleet.live(DriverId(driver_id))
    gone = far_gone(chance, bare, done=0, told=0)
    later = now - gone.recent[-1].recorded_at
    live = replace(
        gone,
        driver_id=route.driver_id,
        version=before.version + 1,
        epoch=before.epoch,
        route_id=route.id,
        plan_version=route.plan_version,
        started_at=started_at,
        near_since=None,
        nearest_stop=None,
        last_stop=None,
        standing_since=None,
        estimated_at=now,
        recent=tuple(replace(f, recorded_at=f.recorded_at + later) for f in gone.recent),
        progress=tuple(replace(p, arrived_at=None) for p in gone.progress),
        planned=(),
    )
    entries = tuple(
        replace(ManifestEntry.of(make_shipment(i)), shipment_id=key)
        for i, key in enumerate(route.listed)
    )
    manifest = Manifest(route.id, entries, run_sheet_expires_at(route))
    journal.commit(
        RouteChange(route, None), LiveChange(live, before.version), ManifestChange(manifest, None)
    )
    return route, live


def aboard(route: Route, index: int) -> ShipmentId:
    """The shipment of this stop, on its way."""
    stop = route.stops[index]
    shipment = make_shipment(
        index,
        id=stop.shipment_ids[0],
        status=Status.OUT_FOR_DELIVERY,
        assignment=Assignment(route.id, stop.id, stop.number, route.driver_id),
        promise=stop.promise,
    )
    bootstrap.container().adapters.journal.commit(ShipmentChange(shipment, (), None))
    return shipment.id


def test_another_order_of_200_stops_costs_two_items(shared: Carrier) -> None:
    route, live = long_route(shared)
    aboard(route, 7)
    chance = Random(SEED)
    ids = [stop.id for stop in route.stops]
    shuffled = chance.sample(ids, k=STOPS)
    _ = shared.dispatcher
    edits: Mapping[str, Mapping[str, Any]] = {
        "dry run of a reorder": {"op": "reorder", "stop_ids": shuffled},
        "reorder": {"op": "reorder", "stop_ids": shuffled},
        "move": {"op": "move", "stop_id": ids[90], "before": ids[3]},
        "remove": {"op": "remove", "stop_id": ids[7]},
    }
    patch(shared, route.id, {"op": "move", "stop_id": ids[0], "before": None}, dry=True)

    calls, units = {}, {}
    for what, operation in edits.items():
        with CapacityMeter().watching(*shared.clients()) as meter:
            reply = patch(shared, route.id, operation, dry=what.startswith("dry"))
        assert reply.status == 200, reply.body
        live_bytes = max(item_bytes(r) for r in shared.rows("fleet") if r["item"]["S"] == "LIVE")
        note(
            f"{what} at {STOPS} stops: {dict(meter.calls)}, {meter.write_units:g} WRU"
            f" + {meter.read_units:g} RRU; LIVE {live_bytes} B"
        )
        calls[what], units[what] = meter.calls, meter.write_units
        assert live_bytes <= 1_024

    assert calls["dry run of a reorder"] == {"GetItem": 2}
    assert calls["reorder"] == calls["move"] == {"GetItem": 2, "TransactWriteItems": 1}
    assert calls["remove"] == {"GetItem": 2, "BatchGetItem": 1, "Query": 1, "TransactWriteItems": 1}
    assert max(units["reorder"], units["move"]) <= MOST_WRU
    assert units["remove"] <= MOST_WRU_WITH_MANIFEST
    assert live.plan_version + 3 == shared_version(shared, route)


def shared_version(carrier: Carrier, route: Route) -> int:
    reply = carrier.call("GET", f"/v1/routes/{route.id}", token=carrier.dispatcher)
    assert reply.json["status"] == RouteStatus.ACTIVE.value
    return int(reply.json["plan_version"])
