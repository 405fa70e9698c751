"""No parcel is ever unaccounted for: parts of shipments, parcels found late, second attempts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.carrier import Carrier, Round, fix


def states(van: Round, shipment_id: str) -> list[str]:
    """Where the parcels of a shipment are, as its shipper sees it."""
    return [parcel["state"] for parcel in van.shop.get(shipment_id)["parcels"]]


def in_parts(carrier: Carrier, *, parcels: int = 2) -> tuple[Round, str, list[str]]:
    """A van with a first stop of several parcels and a second one; the codes of the first."""
    shop = carrier.shop()
    codes = [f"{shop.shipper_id[-8:]}-P{i}" for i in range(parcels)]
    first = shop.shipment(parcels=[{"barcode": code} for code in codes])
    van = carrier.planned(shop, [[first], [shop.shipment(stop=1)]])
    return van, first["id"], codes


def code_of(van: Round, stop: int) -> str:
    return str(van.orders[van.ids[stop][0]]["parcels"][0]["barcode"])


def test_a_parcel_found_on_the_road_is_out_for_delivery_and_its_stop_is_made(
    shared: Carrier,
) -> None:
    van = shared.round(2)
    (early,), (late,) = van.ids
    van.loaded(but=[late]).start()
    shared.clock.advance(timedelta(minutes=2))

    (result,) = van.scan(code_of(van, 1)).json["results"]

    assert result["verdict"] == "loaded"
    assert van.shop.event_types(late)[-2:] == ["loaded", "out_for_delivery"]
    stop = van.seen()["stops"][1]
    assert (stop["is_done"], stop["eta"] is None) == (False, False)
    assert van.route()["stops"][1]["promise"] == van.shop.get(late)["promise"]
    assert van.state(late).json["eta"] is not None
    assert [van.work(i, "deliver").status for i in (0, 1)] == [200, 200]
    assert van.route()["status"] == "completed"
    assert van.shop.get(early)["status"] == van.shop.get(late)["status"] == "delivered"


def test_a_parcel_found_after_the_last_stop_takes_the_van_back(shared: Carrier) -> None:
    van = shared.round(2)
    van.loaded(but=van.ids[1]).start()
    van.work(0, "deliver")
    assert van.route()["status"] == "completed"
    shared.clock.advance(timedelta(minutes=4))
    between = shared.clock.now()
    shared.clock.advance(timedelta(minutes=4))

    (result,) = van.scan(code_of(van, 1)).json["results"]

    assert result["verdict"] == "loaded"
    assert van.route()["status"] == "active"
    shared.clock.advance(timedelta(minutes=1))
    late = van.positions(fix(between), fix(shared.clock.now())).json
    assert late["rejected"] == [{"reasons": ["off_shift"], "indexes": [0]}]
    assert len(van.track()) == 1
    assert van.work(1, "deliver").status == 200
    assert van.route()["status"] == "completed"


def test_what_is_missing_is_named_and_the_rest_is_delivered(shared: Carrier) -> None:
    van, shipment_id, (here, missing) = in_parts(shared)
    van.scan(here, code_of(van, 1))

    started = van.start()

    assert started.status == 200
    assert started.json["missing"] == [
        {"stop_id": van.stop_ids[0], "shipment_id": shipment_id, "barcodes": [missing]}
    ]
    assert not started.json["stops"][0]["is_done"]
    (shown,) = started.json["stops"][0]["shipments"]
    assert shown["status"] == "out_for_delivery"
    assert [parcel["state"] for parcel in shown["parcels"]] == ["aboard", "at_hub"]
    departed = van.shop.events(shipment_id)[-1]
    assert departed["type"] == "shipment.out_for_delivery"
    assert departed["data"]["barcodes"] == [here]
    assert departed["data"]["parcels"] == {"total": 2, "aboard": 1, "delivered": 0, "later": 1}

    assert van.work(0, "deliver").status == 200

    shipment = van.shop.get(shipment_id)
    assert (shipment["status"], states(van, shipment_id)) == ("delivered", ["delivered", "at_hub"])
    told = van.shop.events(shipment_id)[-1]
    assert told["type"] == "shipment.delivered"
    assert told["data"]["parcels"] == {"total": 2, "aboard": 0, "delivered": 1, "later": 1}
    seen = van.seen()
    assert seen["stops"][0]["is_done"]
    assert seen["missing"][0]["barcodes"] == [missing]


def test_a_start_by_the_office_names_what_is_missing_as_well(shared: Carrier) -> None:
    van, shipment_id, (here, missing) = in_parts(shared)
    van.scan(here, code_of(van, 1))
    address = f"/v1/routes/{van.route_id}/start"

    started = shared.call("POST", address, token=shared.dispatcher)
    again = shared.call("POST", address, token=shared.dispatcher)

    assert (started.status, started.json["status"]) == (200, "active")
    assert started.json["missing"] == again.json["missing"]
    assert started.json["missing"] == [
        {"stop_id": van.stop_ids[0], "shipment_id": shipment_id, "barcodes": [missing]}
    ]


def test_the_missing_parcel_is_loaded_another_day(shared: Carrier) -> None:
    van, shipment_id, (here, missing) = in_parts(shared)
    van.scan(here, code_of(van, 1))
    van.start()
    assert [van.work(i, "deliver").status for i in (0, 1)] == [200, 200]
    before = shared.clock.now()
    shared.clock.advance(timedelta(days=1))
    driver_id, token = shared.driver()

    planned = shared.plan(driver_id, [[shipment_id]])

    assert planned.status == 201, planned.body
    stop_ids = [stop["id"] for stop in planned.json["stops"]]
    again = replace(
        van, driver_id=driver_id, token=token, route_id=planned.json["id"], stop_ids=stop_ids
    )
    results = again.scan(here, missing).json["results"]
    assert [result["verdict"] for result in results] == ["not_on_route", "loaded"]
    started = again.start()
    assert (started.status, started.json["missing"]) == (200, [])
    assert states(van, shipment_id) == ["delivered", "aboard"]
    assert again.work(0, "deliver").status == 200
    assert states(van, shipment_id) == ["delivered", "delivered"]
    assert van.shop.event_types(shipment_id).count("delivered") == 2
    assert shared.plan(driver_id, [[shipment_id]]).status == 409
    shared.clock.set_to(before)


def test_the_missing_parcel_may_still_come_after_the_visit(shared: Carrier) -> None:
    van, shipment_id, (here, missing) = in_parts(shared)
    van.scan(here, code_of(van, 1))
    van.start()
    van.work(0, "deliver")

    (result,) = van.scan(missing).json["results"]

    assert result["verdict"] == "loaded"
    stop = van.seen()["stops"][0]
    assert not stop["is_done"]
    assert [parcel["state"] for parcel in stop["shipments"][0]["parcels"]] == [
        "delivered",
        "aboard",
    ]
    assert van.shop.get(shipment_id)["status"] == "out_for_delivery"
    assert van.work(0, "deliver").status == 200
    assert states(van, shipment_id) == ["delivered", "delivered"]


def test_parcels_of_one_shipment_may_end_differently(shared: Carrier) -> None:
    van, shipment_id, (taken, refused) = in_parts(shared)
    van.started()

    handed = van.work(0, "deliver", van.action(barcodes=[f"{taken}\r\n"]))

    assert handed.status == 200
    assert states(van, shipment_id) == ["delivered", "aboard"]
    stop = van.seen()["stops"][0]
    assert not stop["is_done"]
    assert [p["state"] for p in stop["shipments"][0]["parcels"]] == ["delivered", "aboard"]
    failed = van.work(0, "fail", van.action(barcodes=[refused], reason="refused"))
    assert failed.status == 200
    assert van.seen()["stops"][0]["is_done"]
    assert van.seen()["stops"][0]["shipments"][0]["status"] == "attempt_failed"
    shipment = van.shop.get(shipment_id)
    assert (shipment["status"], shipment["attempts"]) == ("attempt_failed", 2)
    assert shipment["last_attempt"]["barcodes"] == [refused]
    assert [attempt["barcodes"] for attempt in shipment["earlier_attempts"]] == [[taken]]
    assert van.shop.event_types(shipment_id)[-2:] == ["delivered", "attempt_failed"]


def test_a_parcel_that_is_not_there_is_not_delivered(shared: Carrier) -> None:
    van, _, (here, missing) = in_parts(shared)
    van.scan(here)
    van.start()

    not_aboard = van.work(0, "deliver", van.action(barcodes=[missing]))
    assert (not_aboard.status, not_aboard.pointers) == (422, ["/barcodes/0"])
    unknown = van.work(0, "deliver", van.action(barcodes=[here, "elsewhere"]))
    assert (unknown.status, unknown.pointers) == (422, ["/barcodes/1"])


@pytest.mark.parametrize("at_the_end", [False, True], ids=["under way", "on the way home"])
def test_who_appears_after_a_failed_attempt_is_served(shared: Carrier, *, at_the_end: bool) -> None:
    van = shared.round(2).started()
    (shipment_id,) = van.ids[0]
    photo = van.photo(shipment_id)
    failed = van.action(reason="not_home", proof_ids=[photo], note="Nobody there")
    assert van.work(0, "fail", failed).status == 200
    if at_the_end:
        assert van.work(1, "deliver").status == 200
        assert van.route()["status"] == "completed"
    shared.clock.advance(timedelta(minutes=3))
    assert van.work(0, "arrive").status == 200  # there again: known, and nothing changes
    delivered = van.action()

    first = van.work(0, "deliver", delivered)

    assert first.status == 200
    kept = shared.everything()
    assert van.work(0, "deliver", delivered).body == first.body
    assert van.work(0, "fail", failed).status == 200  # a queue that is sent once more
    assert shared.everything() == kept
    shipment = van.shop.get(shipment_id)
    assert (shipment["status"], shipment["attempts"]) == ("delivered", 2)
    (earlier,) = shipment["earlier_attempts"]
    assert (earlier["reason"], earlier["note"]) == ("not_home", "Nobody there")
    assert earlier["proof_ids"] == [photo]
    assert shipment["last_attempt"]["number"] == 2
    assert van.shop.event_types(shipment_id)[-2:] == ["attempt_failed", "delivered"]
    if not at_the_end:
        (seen,) = van.seen()["stops"][0]["shipments"]
        assert (seen["status"], seen["parcels"][0]["state"]) == ("delivered", "delivered")


def test_what_was_planned_again_and_is_served_all_the_same_is_delivered(shared: Carrier) -> None:
    van = shared.round(1).started()
    van.work(0, "fail", van.action(reason="not_home"))
    driver_id, _ = shared.driver()
    planned = shared.plan(driver_id, [van.ids[0]])
    assert planned.status == 201

    reply = van.work(0, "deliver")

    assert (reply.status, reply.json["shipments"][0]["status"]) == (200, "delivered")
    assert van.shop.event_types(van.ids[0][0])[-2:] == ["superseded", "delivered"]
    path = f"/v1/routes/{planned.json['id']}"
    assert shared.call("GET", path, token=shared.dispatcher).json["status"] == "cancelled"


def test_a_repeat_of_one_report_is_not_a_second_attempt_of_another_shipment(
    shared: Carrier,
) -> None:
    van = shared.round([2, 1]).started()
    failed, served = van.ids[0]
    assert van.work(0, "fail", van.action(reason="refused", shipment_ids=[failed])).status == 200
    report = van.action()
    assert van.work(0, "deliver", report).status == 200
    assert van.shop.get(served)["status"] == "delivered"

    assert van.work(0, "deliver", report).status == 200

    assert van.shop.get(failed)["status"] == "attempt_failed"


def test_a_barcode_of_two_shipments_is_loaded_once_and_then_asked_about(shared: Carrier) -> None:
    shop = shared.shop()
    same = [{"barcode": "TWICE-1"}]
    van = shared.planned(shop, [[shop.shipment(stop=i, parcels=same)] for i in range(2)])
    ids = [visit[0] for visit in van.ids]
    now = shared.clock.now().isoformat()

    def beep(action_id: str, **more: str) -> Any:
        scan = {"action_id": action_id, "barcode": "TWICE-1", "scanned_at": now} | more
        return van.call("POST", "scans", {"scans": [scan]})

    first, again, other = beep("one"), beep("one"), beep("two")
    chosen = beep("three", shipment_id=ids[1])

    assert first.json["results"][0]["verdict"] == "loaded"
    assert again.body == first.body
    (asked,) = other.json["results"]
    assert (asked["verdict"], asked["choices"]) == ("ambiguous", ids)
    assert chosen.json["results"][0]["verdict"] == "loaded"
    assert [shop.get(each)["status"] for each in ids] == ["loaded", "loaded"]


@pytest.mark.parametrize("scanned", ["", " ", "x" * 80, "\u0000", "\x1d\r\n", "]C1"])
def test_a_scan_that_can_be_no_parcel_holds_up_no_other(shared: Carrier, scanned: str) -> None:
    van = shared.round(1)
    now = shared.clock.now().isoformat()
    scans = [
        {"action_id": f"scan-{i}", "barcode": barcode, "scanned_at": now}
        for i, barcode in enumerate((scanned, code_of(van, 0)))
    ]

    results = van.call("POST", "scans", {"scans": scans}).json["results"]

    assert [result["verdict"] for result in results] == ["not_on_route", "loaded"]
