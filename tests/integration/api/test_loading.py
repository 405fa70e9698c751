"""Planning, scanning, starting: who gets a shipment, what repeats and interruptions leave."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from chalicelib.api.schemas.values import MAX_YEAR
from chalicelib.services.routes import start_route
from tests.support.carrier import Carrier, Round, Shop
from tests.support.faults import Action, Crash, Faults, crash_after, crash_before

UNKNOWN = "shp_" + "0" * 26


@pytest.fixture
def shop(shared: Carrier) -> Shop:
    return shared.shop()


def test_a_plan_says_when_each_stop_is_reached(shared: Carrier, shop: Shop) -> None:
    driver_id, _ = shared.driver()
    ids = [shop.shipment(stop=i)["id"] for i in range(3)]

    planned = shared.plan(driver_id, [[shipment_id] for shipment_id in ids]).json

    assert planned["status"] == "planned"
    points = [stop["planned_arrival"]["point"] for stop in planned["stops"]]
    assert points == sorted(points)
    assert all(
        stop["planned_arrival"]["earliest"] <= point <= stop["planned_arrival"]["latest"]
        for stop, point in zip(planned["stops"], points, strict=True)
    )
    path = f"/v1/routes?service_day={planned['service_day']}&hub_id={shared.hub_id}&limit=100"
    listed = shared.call("GET", path, token=shared.dispatcher).json
    assert planned["id"] in {route["id"] for route in listed["data"]}


def test_s1_a_shipment_is_on_one_route_only(shared: Carrier, shop: Shop) -> None:
    first = shared.planned(shop, [[shop.shipment()]])
    driver_id, _ = shared.driver()
    free = shop.shipment()

    taken = shared.plan(driver_id, [[free["id"]], first.ids[0]])

    assert taken.status == 409
    assert taken.code == "already_assigned"
    assert first.driver_id not in taken.body.decode()
    assert shop.get(first.ids[0][0])["route_id"] == first.route_id
    assert shared.plan(driver_id, [[free["id"]]]).status == 201


def test_a_shipment_twice_on_a_route_is_refused(shared: Carrier, shop: Shop) -> None:
    driver_id, _ = shared.driver()
    one, two = shop.shipment()["id"], shop.shipment()["id"]

    reply = shared.plan(driver_id, [[one], [two, one]])

    assert reply.status == 422
    assert reply.pointers == ["/stops/1/shipment_ids/1"]
    assert shop.get(one)["route_id"] is None


def test_an_unknown_shipment_is_named_by_its_pointer(shared: Carrier, shop: Shop) -> None:
    driver_id, _ = shared.driver()
    known = shop.shipment()["id"]

    reply = shared.plan(driver_id, [[known], [UNKNOWN]])

    assert reply.status == 422
    assert reply.pointers == ["/stops/1/shipment_ids/0"]
    assert shop.get(known)["route_id"] is None


def test_in_the_short_form_pointers_lead_into_the_short_form(shared: Carrier, shop: Shop) -> None:
    driver_id, _ = shared.driver()
    body = {
        "driver_id": driver_id,
        "hub_id": shared.hub_id,
        "service_day": "2026-11-23",
        "starts_at": "2026-11-23T12:00:00Z",
        "shipment_ids": [shop.shipment()["id"], UNKNOWN],
    }

    reply = shared.call("POST", "/v1/routes", body, token=shared.dispatcher)

    assert reply.status == 422
    assert reply.pointers == ["/shipment_ids/1"]


@pytest.mark.parametrize("field", ["driver_id", "hub_id"])
def test_a_route_needs_a_driver_and_a_hub_that_exist(
    shared: Carrier, shop: Shop, field: str
) -> None:
    driver_id, _ = shared.driver()
    body = {
        "driver_id": driver_id,
        "hub_id": shared.hub_id,
        "service_day": "2026-11-23",
        "starts_at": "2026-11-23T12:00:00Z",
        "shipment_ids": [shop.shipment()["id"]],
    } | {field: f"{field[:3]}_{'0' * 26}"}

    reply = shared.call("POST", "/v1/routes", body, token=shared.dispatcher)

    assert reply.status == 422
    assert reply.pointers == [f"/{field}"]


def test_both_or_neither_list_of_a_route_is_refused(shared: Carrier, shop: Shop) -> None:
    driver_id, _ = shared.driver()
    body = {
        "driver_id": driver_id,
        "hub_id": shared.hub_id,
        "service_day": "2026-11-23",
        "starts_at": "2026-11-23T12:00:00Z",
    }
    ids = [shop.shipment()["id"]]
    both = body | {"shipment_ids": ids, "stops": [{"shipment_ids": ids}]}

    for each in (body, both):
        assert shared.call("POST", "/v1/routes", each, token=shared.dispatcher).status == 422


LUNCH = {
    "earliest": "2026-11-23T12:30:00Z",
    "latest": "2026-11-23T13:30:00+00:00",
    "duration_s": 1_800,
}


def test_a_route_keeps_its_breaks(shared: Carrier, shop: Shop) -> None:
    driver_id, _ = shared.driver()
    body = {
        "driver_id": driver_id,
        "hub_id": shared.hub_id,
        "service_day": "2026-11-23",
        "starts_at": "2026-11-23T12:00:00Z",
        "shipment_ids": [shop.shipment()["id"]],
        "breaks": [LUNCH],
    }

    planned = shared.call("POST", "/v1/routes", body, token=shared.dispatcher)

    assert planned.status == 201
    path = f"/v1/routes/{planned.json['id']}"
    found = shared.call("GET", path, token=shared.dispatcher).json
    assert planned.json["breaks"] == found["breaks"]
    assert [rest["duration_s"] for rest in found["breaks"]] == [1_800]


@pytest.mark.parametrize(
    ("breaks", "pointer"),
    [
        ([LUNCH | {"latest": "2026-11-23T12:29:59Z"}], "/breaks/0/latest"),
        ([LUNCH, LUNCH | {"duration_s": 0}], "/breaks/1/duration_s"),
        ([LUNCH | {"duration_s": 14_401}], "/breaks/0/duration_s"),
        ([LUNCH | {"earliest": "2026-11-22T12:00:00Z"}], "/breaks/0/earliest"),
        ([LUNCH] * 6, "/breaks"),
    ],
)
def test_an_impossible_break_is_refused_where_it_stands(
    shared: Carrier, shop: Shop, breaks: list[dict[str, Any]], pointer: str
) -> None:
    driver_id, _ = shared.driver()
    body = {
        "driver_id": driver_id,
        "hub_id": shared.hub_id,
        "service_day": "2026-11-23",
        "starts_at": "2026-11-23T12:00:00Z",
        "shipment_ids": [shop.shipment()["id"]],
        "breaks": breaks,
    }

    reply = shared.call("POST", "/v1/routes", body, token=shared.dispatcher)

    assert reply.status == 422
    assert [error["pointer"] for error in reply.json["errors"]] == [pointer]


def test_each_scan_has_its_own_verdict(shared: Carrier, shop: Shop) -> None:
    two_parcels = shop.shipment(parcels=[{"barcode": "P-1"}, {"barcode": "P-2"}])
    single = shop.shipment()
    van = shared.planned(shop, [[two_parcels], [single]])
    code = single["parcels"][0]["barcode"]

    results = van.scan(code, code, "P-1", "nowhere", "P-1", "P-2").json["results"]

    assert [result["verdict"] for result in results] == [
        "loaded",
        "loaded",  # the same action again
        "partly_loaded",
        "not_on_route",
        "partly_loaded",
        "loaded",
    ]
    assert shop.event_types(single["id"]) == ["created", "accepted", "loaded"]
    assert shop.event_types(two_parcels["id"]) == ["created", "accepted", "loaded"]


def test_a_repeated_scan_of_one_of_two_parcels_changes_nothing(shared: Carrier, shop: Shop) -> None:
    order = shop.shipment(parcels=[{"barcode": "Q-1"}, {"barcode": "Q-2"}])
    van = shared.planned(shop, [[order]])
    van.scan("Q-1")
    before = shop.get(order["id"])

    again = van.scan("Q-1")

    assert again.json["results"][0]["verdict"] == "partly_loaded"
    assert shop.get(order["id"]) == before


def test_without_a_route_there_is_nothing_to_scan_or_start(shared: Carrier) -> None:
    _, token = shared.driver()
    now = shared.clock.now().isoformat()
    scans = {"scans": [{"action_id": "a", "barcode": "B", "scanned_at": now}]}
    start = {"action_id": "a", "occurred_at": now}

    assert shared.call("POST", "/v1/driver/scans", scans, token=token).status == 404
    assert shared.call("POST", "/v1/driver/route/start", start, token=token).status == 404
    assert shared.call("GET", "/v1/driver/route", token=token).status == 404


def test_an_empty_van_does_not_leave(shared: Carrier) -> None:
    van = shared.round(2)

    reply = van.start()

    assert reply.status == 409
    assert reply.code == "nothing_loaded"
    assert van.route()["status"] == "planned"


def test_only_what_was_loaded_is_out_for_delivery(shared: Carrier) -> None:
    van = shared.round(3)
    van.loaded(but=van.ids[1])

    started = van.start().json

    assert started["status"] == "active"
    statuses = [van.shop.get(visit[0])["status"] for visit in van.ids]
    assert statuses == ["out_for_delivery", "created", "out_for_delivery"]
    promises = [stop["promise"] for stop in van.route()["stops"]]
    assert [promise is None for promise in promises] == [False, True, False]
    assert started["stops"][1]["eta"] is None


@pytest.mark.parametrize("is_over", [True, False])
def test_a_window_that_makes_no_sense_keeps_no_van_from_leaving(
    shared: Carrier, shop: Shop, *, is_over: bool
) -> None:
    now = shared.clock.now()
    soon = {"start": now.isoformat(), "end": (now + timedelta(seconds=1)).isoformat()}
    visits = [[shop.shipment(stop=0)], [shop.shipment(stop=1, window=soon)]]
    van = shared.planned(shop, [*visits, [shop.shipment(stop=2)]]).loaded()
    if not is_over:
        late = {"start": f"{MAX_YEAR}-12-31T23:00:00Z", "end": f"{MAX_YEAR}-12-31T23:30:00Z"}
        change = {"op": "change_stop", "stop_id": van.stop_ids[1], "window": late}
        edited = shared.call(
            "PATCH",
            f"/v1/routes/{van.route_id}",
            {"operations": [change]},
            token=shared.dispatcher,
            headers={"If-Match": "*"},
        )
        assert edited.status == 200, edited.body
    shared.clock.advance(timedelta(minutes=1))

    started = van.start()

    assert started.status == 200, started.body
    assert van.work(0, "deliver").status == 200


def test_a_start_is_repeated_without_effect(shared: Carrier) -> None:
    van = shared.round(2).started()
    before = shared.everything()

    again = van.start()
    staff = shared.call("POST", f"/v1/routes/{van.route_id}/start", token=shared.dispatcher)

    assert again.status == 200
    assert staff.status == 200
    assert staff.json["status"] == "active"
    assert shared.everything() == before


def test_a_driver_starts_one_route_after_the_other(shared: Carrier) -> None:
    shop = shared.shop()
    van = shared.planned(shop, [[shop.shipment()]]).loaded()
    second = shared.plan(van.driver_id, [[shop.shipment()["id"]]]).json
    assert van.start().status == 200

    early = shared.call("POST", f"/v1/routes/{second['id']}/start", token=shared.dispatcher)
    van.work(0, "deliver")
    later = van.seen()

    assert early.status == 409
    assert early.code == "route_under_way"
    assert later["id"] == second["id"]


@pytest.mark.parametrize("crash", [crash_before, crash_after], ids=["before", "after"])
@pytest.mark.parametrize("transaction", [1, 2, 3, 4])
def test_a_start_that_was_cut_off_is_finished_by_its_repeat(
    shared: Carrier, monkeypatch: pytest.MonkeyPatch, crash: Action, transaction: int
) -> None:
    monkeypatch.setattr(start_route, "SHIPMENTS_PER_TRANSACTION", 1)  # a hundred would do, too
    van = shared.round(3).loaded()
    faults = Faults(plan={("dynamodb", "TransactWriteItems", transaction): crash})

    with faults.on(*shared.clients()), pytest.raises(Crash):
        van.start()
    promised = promises(van)
    shared.clock.advance(timedelta(minutes=20))
    reply = van.start()

    assert len(faults.log) == 1
    assert reply.status == 200
    assert reply.json["status"] == "active"
    for shipment_id, promise in promises(van).items():
        assert promise is not None
        assert promised[shipment_id] in {None, promise}
        assert van.shop.event_types(shipment_id) == [
            "created",
            "accepted",
            "loaded",
            "out_for_delivery",
        ]
    assert van.work(2, "deliver").status == 200


def promises(van: Round) -> dict[str, str | None]:
    path = "/v1/shipments?limit=100"
    listed = van.carrier.call("GET", path, token=van.shop.key).json["data"]
    return {s["id"]: s["promise"] and repr(s["promise"]) for s in listed}


@pytest.mark.parametrize(
    "limit", ["0", "101", "000000100999999", "1" * 5_000, "-1", "1.0", "\u0661"]
)
def test_a_limit_is_what_it_was_checked_to_be(shop: Shop, limit: str) -> None:
    path = f"/v1/shipments?limit={quote(limit)}"

    assert shop.carrier.call("GET", path, token=shop.key).status == 422


def of_another_day(carrier: Carrier, shop: Shop, later: timedelta) -> Round:
    """A loaded route that starts so much later."""
    order = shop.shipment()
    driver_id, token = carrier.driver()
    starts_at = carrier.clock.now() + later
    body = {
        "driver_id": driver_id,
        "hub_id": carrier.hub_id,
        "service_day": starts_at.astimezone(ZoneInfo("Europe/Helsinki")).date().isoformat(),
        "starts_at": starts_at.isoformat(),
        "shipment_ids": [order["id"]],
    }
    route = carrier.made("/v1/routes", body, carrier.dispatcher)
    stop_ids = [stop["id"] for stop in route["stops"]]
    ids, orders = [[order["id"]]], {order["id"]: order}
    return Round(carrier, shop, driver_id, token, route["id"], stop_ids, ids, orders).loaded()


@pytest.mark.parametrize("by_staff", [False, True], ids=["by its driver", "by a dispatcher"])
def test_the_route_of_another_day_starts_only_if_that_is_confirmed(
    shared: Carrier, shop: Shop, *, by_staff: bool
) -> None:
    van = of_another_day(shared, shop, timedelta(hours=19))
    before = shared.everything()

    def start(*, confirmed: bool) -> Any:
        if by_staff:
            query = "?confirm_other_day=true" if confirmed else ""
            path = f"/v1/routes/{van.route_id}/start{query}"
            return shared.call("POST", path, token=shared.dispatcher)
        more = {"confirm_other_day": True} if confirmed else {}
        return van.call("POST", "route/start", van.action(**more))

    refused = start(confirmed=False)

    assert (refused.status, refused.code) == (409, "not_today")
    assert refused.json["service_day"] == "2026-11-24"
    assert shared.everything() == before
    assert start(confirmed=True).status == 200
    assert van.shop.event_types(van.ids[0][0])[-1] == "out_for_delivery"


def test_hours_before_its_time_a_route_of_today_starts(shared: Carrier, shop: Shop) -> None:
    assert of_another_day(shared, shop, timedelta(hours=9)).start().status == 200


def test_a_start_that_is_sent_again_after_the_last_stop_finds_its_route(shared: Carrier) -> None:
    shop = shared.shop()
    van = shared.planned(shop, [[shop.shipment()]]).loaded()
    action = van.action()
    assert van.call("POST", "route/start", action).status == 200
    assert van.work(0, "deliver").status == 200
    later = shop.shipment()
    second = shared.plan(van.driver_id, [[later["id"]]]).json
    van.scan(later["parcels"][0]["barcode"])

    again = van.call("POST", "route/start", action)

    assert again.status == 200
    assert (again.json["id"], again.json["status"]) == (van.route_id, "completed")
    assert again.json["stops"][0]["is_done"]
    assert shop.get(later["id"])["status"] == "loaded"
    assert van.start().json["id"] == second["id"]


def test_one_odd_scan_refuses_no_other(shared: Carrier) -> None:
    van = shared.round(1)
    good: dict[str, object] = {
        "action_id": "good",
        "barcode": _code(van),
        "scanned_at": shared.clock.now().isoformat(),
    }
    odd: list[dict[str, object]] = [
        good | {"action_id": "a", "barcode": ""},
        good | {"action_id": "b", "barcode": None},
        good | {"action_id": "c", "barcode": 12345678901234567890123},
        good | {"action_id": "d", "barcode": ["x"]},
        good | {"action_id": "e", "barcode": "x" * 5_000},
        good | {"action_id": "f", "barcode": "y", "scanned_at": "yesterday"},
        {"action_id": "g", "barcode": "z"},
        good | {"action_id": "h", "barcode": "z", "battery": 0.5},
    ]

    reply = van.call("POST", "scans", {"scans": [*odd, good]})

    assert reply.status == 200, reply.body
    verdicts = {result["action_id"]: result["verdict"] for result in reply.json["results"]}
    assert verdicts == dict.fromkeys("abcdefgh", "not_on_route") | {"good": "loaded"}


def _code(van: Round) -> str:
    ((shipment_id,),) = van.ids
    return str(van.orders[shipment_id]["parcels"][0]["barcode"])
