"""What the office and shippers do with a shipment: cancel, change, retry, return, correct."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.actors import Role
from chalicelib.edge.bodies import MERGE_PATCH
from tests.support.carrier import Carrier, Reply, Shop


def do(shop: Shop, shipment_id: str, verb: str, body: Any = None, **headers: str) -> Reply:
    """An act of the dispatcher."""
    carrier = shop.carrier
    path = f"/v1/shipments/{shipment_id}/{verb}"
    return carrier.call("POST", path, body, token=carrier.dispatcher, headers=headers)


def patch(shop: Shop, shipment_id: str, body: Any, match: str | None, **headers: str) -> Reply:
    given = headers | ({} if match is None else {"If-Match": match})
    path = f"/v1/shipments/{shipment_id}"
    return shop.carrier.call("PATCH", path, body, token=shop.key, headers=given)


def test_a_shipper_cancels_what_is_planned_and_the_driver_sees_it_go(shared: Carrier) -> None:
    van = shared.round(2).loaded()
    gone = van.ids[0][0]
    path = f"/v1/shipments/{gone}/cancel"
    key = {"Idempotency-Key": "one"}

    first = shared.call("POST", path, {"reason": "Paid twice"}, token=van.shop.key, headers=key)
    again = shared.call("POST", path, {"reason": "Paid twice"}, token=van.shop.key, headers=key)

    assert (first.status, first.json["status"]) == (200, "cancelled")
    assert (first.json["route_id"], first.json["closing_reason"]) == (None, "Paid twice")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    assert first.headers["ETag"] == f'"{first.json["version"]}"'
    seen = van.seen()
    assert [stop["shipments"][0]["id"] for stop in seen["stops"]] == [van.ids[1][0]]
    (told,) = seen["cancelled"]
    assert (told["shipment_id"], told["scanned_barcodes"]) == (gone, told["barcodes"])
    assert van.shop.event_types(gone)[-1] == "cancelled"
    assert van.state(gone).json["words"]["headline"]["main"] == "Toimitus on peruttu"
    assert van.start().status == 200
    assert [stop["is_done"] for stop in van.seen()["stops"]] == [False]
    refused = do(van.shop, van.ids[1][0], "cancel", {})
    assert (refused.status, refused.code) == (409, "illegal_transition")
    assert "out for delivery" in refused.json["detail"]


def test_details_are_changed_by_who_says_what_was_read(shared: Carrier) -> None:
    shop = shared.shop()
    made = shop.shipment()["id"]
    read = shared.call("GET", f"/v1/shipments/{made}", token=shop.key)
    tag = read.headers["ETag"]
    body = {"address": {"instructions": "At the back"}, "recipient": {"email": None}}

    changed = patch(shop, made, body, tag, **{"Content-Type": MERGE_PATCH})

    assert changed.status == 200, changed.body
    assert changed.json == shop.get(made)
    assert changed.json["address"] == read.json["address"] | {"instructions": "At the back"}
    assert changed.json["recipient"] == read.json["recipient"] | {"email": None}
    assert changed.headers["ETag"] != tag
    assert shop.event_types(made) == ["created", "instructions_changed", "updated"]
    assert patch(shop, made, body, tag).body == changed.body  # the same change again is harmless
    stale = patch(shop, made, {"window": {"start": "2026-11-25", "end": "2026-11-25"}}, tag)
    assert (stale.status, stale.code) == (412, "outdated")
    assert (patch(shop, made, body, None).status, patch(shop, made, body, "*").status) == (428, 200)
    bad = patch(shop, made, {"recipient": {"phone": "12"}, "status": "delivered"}, "*")
    assert (bad.status, bad.pointers) == (422, ["/status"])
    other = shared.shop("Other")
    assert patch(other, made, body, "*").status == 404


def test_instructions_reach_the_driver_and_a_window_asks_for_the_plan(shared: Carrier) -> None:
    van = shared.round(1).started()
    shipment_id = van.ids[0][0]

    assert patch(van.shop, shipment_id, {"address": {"instructions": "Ring"}}, "*").status == 200

    assert van.seen()["stops"][0]["shipments"][0]["instructions"] == "Ring"
    late = patch(van.shop, shipment_id, {"service_time_s": 5.0}, "*")
    assert (late.status, late.code) == (409, "too_late_to_change")
    planned = shared.round(1, shop=van.shop)
    refused = patch(van.shop, planned.ids[0][0], {"address": {"lat_deg": 60.2}}, "*")
    assert (refused.status, refused.code) == (409, "on_route")


def test_after_a_failed_attempt_the_office_decides(shared: Carrier) -> None:
    van = shared.round([2]).started()
    again, back = van.ids[0]
    assert do(van.shop, again, "retry", {}).code == "illegal_transition"
    assert van.work(0, "fail", van.action(reason="not_home")).status == 200  # and the route ends
    day = (shared.clock.now() + timedelta(days=1)).date().isoformat()

    retried = do(van.shop, again, "retry", {"window": {"start": day, "end": day}})
    returned = do(van.shop, back, "return", {"reason": "Refused"})
    closed = do(van.shop, back, "returned")

    assert (retried.status, retried.json["status"]) == (200, "accepted"), retried.body
    assert van.shop.event_types(again)[-3:] == ["attempt_failed", "accepted", "rescheduled"]
    assert [reply.json["status"] for reply in (returned, closed)] == ["returning", "returned"]
    assert closed.json["external_status"]["sub_status"] == "Exception_011"
    refused = do(van.shop, back, "retry", {})
    assert (refused.status, refused.code) == (409, "illegal_transition")
    assert refused.json["detail"].startswith("The shipment has been returned to the sender.")


@pytest.mark.parametrize("verb", ["retry", "return", "returned"])
def test_only_dispatchers_decide_what_comes_next(shared: Carrier, verb: str) -> None:
    shop = shared.shop()
    made = shop.shipment()["id"]
    path = f"/v1/shipments/{made}/{verb}"
    body: Any = None if verb == "returned" else {}

    for token in (shop.key, shared.key(Role.MANAGER)):
        assert shared.call("POST", path, body, token=token).status == 403


def test_a_mistaken_outcome_is_corrected_and_the_page_tells_the_truth(shared: Carrier) -> None:
    van = shared.round(2).started()
    shipment_id = van.ids[0][0]
    mistaken = van.action()
    assert van.work(0, "deliver", mistaken).status == 200
    order = {"outcome": "attempt_failed", "explanation": "Wrong house"}
    incomplete = do(van.shop, shipment_id, "corrections", order)
    assert (incomplete.status, incomplete.pointers) == (422, ["/reason"])

    order |= {"reason": "no_access"}
    failed = do(van.shop, shipment_id, "corrections", order, **{"Idempotency-Key": "c1"})
    again = do(van.shop, shipment_id, "corrections", order, **{"Idempotency-Key": "c1"})

    assert (failed.status, failed.json["status"]) == (200, "attempt_failed"), failed.body
    assert again.body == failed.body
    assert failed.json["external_status"]["sub_status"] == "AttemptFail_001"
    (kept,) = failed.json["corrections"]
    assert (kept["was"], kept["became"]) == ("delivered", "attempt_failed")
    assert kept["explanation"] == "Wrong house"
    assert van.shop.event_types(shipment_id)[-2:] == ["delivered", "corrected"]
    assert "Wrong house" not in str(van.shop.events(shipment_id))
    state = van.state(shipment_id).json
    assert state["status"] == "attempt_failed"
    assert state["words"]["story"][0]["detail"] == "Ei toimitettu"
    assert van.work(0, "deliver", mistaken).status == 200  # the phone sends it again
    assert van.shop.get(shipment_id)["status"] == "attempt_failed"

    order = {"outcome": "none", "explanation": "Another stop was meant"}
    undone = do(van.shop, shipment_id, "corrections", order)

    assert (undone.json["status"], undone.json["attempts"]) == ("out_for_delivery", 0)
    assert van.seen()["stops"][0]["is_done"] is False
    assert van.work(0, "deliver").status == 200
    assert van.shop.get(shipment_id)["status"] == "delivered"


def at_hub(shop: Shop, *barcodes: str) -> list[str]:
    """The verdicts on the scans of a dispatcher at the hub."""
    carrier, now = shop.carrier, shop.carrier.clock.now().isoformat()
    scans = [
        {"action_id": f"hub-{i}", "barcode": barcode, "scanned_at": now}
        for i, barcode in enumerate(barcodes)
    ]
    path = f"/v1/hubs/{carrier.hub_id}/scans"
    reply = carrier.call("POST", path, {"scans": scans}, token=carrier.dispatcher)
    assert reply.status == 200, reply.body
    return [result["verdict"] for result in reply.json["results"]]


def test_a_hub_scans_parcels_in_and_takes_back_what_a_van_brings(shared: Carrier) -> None:
    van = shared.round([2])
    codes = [van.orders[key]["parcels"][0]["barcode"] for key in van.ids[0]]

    assert at_hub(van.shop, *codes, "NOBODY") == ["accepted", "accepted", "unknown"]
    assert at_hub(van.shop, codes[0].lower()) == ["already_accepted"]
    accepted = van.shop.events(van.ids[0][0])[-1]
    assert accepted["data"] == {"status": "accepted", "hub_id": shared.hub_id}

    van.started()
    assert at_hub(van.shop, codes[0]) == ["out_for_delivery"]
    assert van.work(0, "fail", van.action(reason="refused")).status == 200
    now = shared.clock.now().isoformat()
    scan = {"action_id": "off-1", "barcode": codes[0], "scanned_at": now}
    off = van.call("POST", "unloads", {"scans": [scan]})
    assert [result["verdict"] for result in off.json["results"]] == ["unloaded"]
    assert at_hub(van.shop, *codes) == ["already_accepted", "unloaded"]
    for key in van.ids[0]:
        shipment = van.shop.get(key)
        assert (shipment["status"], shipment["route_id"]) == ("accepted", None)
        assert shipment["parcels"][0]["state"] == "at_hub"
    assert do(van.shop, van.ids[0][0], "return", {}).json["status"] == "returning"
    assert at_hub(van.shop, codes[0]) == ["returning"]


def test_what_was_loaded_by_mistake_is_missing_again(shared: Carrier) -> None:
    van = shared.round(1).loaded()
    code = van.orders[van.ids[0][0]]["parcels"][0]["barcode"]
    now = shared.clock.now().isoformat()

    scan = {"action_id": "off-1", "barcode": code, "scanned_at": now}
    assert van.call("POST", "unloads", {"scans": [scan]}).status == 200

    assert van.seen()["missing"][0]["barcodes"] == [code]
    assert van.start().code == "nothing_loaded"
