"""The driver's route says of each shipment what the shipment says of itself, without reading it."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.policy import RUN_SHEET_RETENTION
from tests.support.carrier import Carrier, Round
from tests.support.faults import Crash, Faults, crash_before


def shown(van: Round) -> dict[str, dict[str, Any]]:
    """Each shipment as the driver's route shows it."""
    return {s["id"]: s for stop in van.seen()["stops"] for s in stop["shipments"]}


def assert_true(van: Round, **statuses: str) -> None:
    """All statuses are the shipments' own, and those named are what they must be."""
    seen = {key: each["status"] for key, each in shown(van).items()}
    assert seen == {key: van.shop.get(key)["status"] for visit in van.ids for key in visit}
    ids = [key for visit in van.ids for key in visit]
    assert {name: seen[ids[int(name[1:])]] for name in statuses} == statuses


def test_a_shipment_is_shown_with_its_door_and_its_parcels(shared: Carrier) -> None:
    shop = shared.shop()
    address = shop.order()["address"] | {"postal_code": "00100", "instructions": "Ring twice"}
    parcels = [{"barcode": "B-2"}, {"barcode": "B-1"}]
    wanted = shop.shipment(
        address=address, parcels=parcels, proof_requirements={"photo": "required"}
    )
    van = shared.planned(shop, [[wanted]])
    van.scan("B-2")

    (found,) = shown(van).values()

    assert found == {
        "id": wanted["id"],
        "reference": wanted["reference"],
        "status": "accepted",
        "recipient_name": "Aino Virtanen",
        "address_lines": ["Mannerheimintie 12 B 34"],
        "city": "Helsinki",
        "postal_code": "00100",
        "instructions": "Ring twice",
        "barcodes": ["B-2", "B-1"],
        "scanned_barcodes": ["B-2"],
        "parcels": [
            {"barcode": "B-2", "state": "aboard"},
            {"barcode": "B-1", "state": "at_hub"},
        ],
        "wishes": None,
        "photo": "required",
        "signature": "optional",
        "pin": "none",
        "photo_when_failed": "optional",
    }


def test_from_the_hub_to_the_last_stop_statuses_are_those_of_the_shipments(
    shared: Carrier,
) -> None:
    van = shared.round([1, 2, 1, 1, 1])
    (left_behind,) = van.ids[3]
    assert_true(van, s0="created")
    van.loaded(but=[left_behind, *van.ids[4]])
    assert_true(van, s0="loaded", s4="created")
    van.scan(*(parcel["barcode"] for parcel in van.orders[van.ids[4][0]]["parcels"]))
    assert van.start().status == 200
    assert_true(van, s0="out_for_delivery", s4="created", s5="out_for_delivery")
    van.drive(-1_000.0, after_s=180)
    van.drive(-700.0)
    assert_true(van, s0="arriving")
    van.work(0, "arrive")
    assert_true(van, s0="arrived")
    van.work(0, "deliver")
    van.work(1, "fail", van.action(reason="refused", shipment_ids=[van.ids[1][0]]))
    assert shown(van)[van.ids[1][0]]["status"] == "attempt_failed"
    van.work(1, "deliver")
    assert_true(van, s0="delivered", s1="attempt_failed", s2="delivered", s4="created")
    van.work(2, "fail", van.action(reason="not_home"))
    assert_true(van, s3="attempt_failed", s5="out_for_delivery")


def test_a_delivery_in_parts_is_shown_before_its_stop_is_done(shared: Carrier) -> None:
    van = shared.round([2, 1]).started()
    first, second = van.ids[0]

    van.work(0, "deliver", van.action(shipment_ids=[first]))

    seen = shown(van)
    assert seen[first]["status"] == "delivered"
    assert seen[second]["status"] in {"out_for_delivery", "arrived"}  # the van may be there
    assert not van.seen()["stops"][0]["is_done"]


def test_a_failed_shipment_that_goes_out_again_begins_anew(shared: Carrier) -> None:
    van = shared.round(1).started()
    van.work(0, "fail", van.action(reason="not_home"))

    again = shared.planned(van.shop, [[van.orders[van.ids[0][0]]]])

    assert_true(again, s0="accepted")
    assert shown(again)[van.ids[0][0]]["scanned_barcodes"] == []


@pytest.mark.parametrize("healed_by", ["repeat", "start"])
def test_a_scan_cut_off_before_it_was_noted_is_noted_by_its_repeat_or_by_the_start(
    shared: Carrier, healed_by: str
) -> None:
    van = shared.round(1)
    (code,) = (parcel["barcode"] for parcel in van.orders[van.ids[0][0]]["parcels"])
    faults = Faults(plan={("dynamodb", "UpdateItem", 1): crash_before})
    with faults.on(*shared.clients()), pytest.raises(Crash):
        van.scan(code)
    assert shown(van)[van.ids[0][0]]["scanned_barcodes"] == []

    reply = van.scan(code) if healed_by == "repeat" else van.start()

    assert reply.status == 200
    assert shown(van)[van.ids[0][0]]["scanned_barcodes"] == [code]
    assert_true(van)


def test_after_its_manifest_has_expired_the_route_is_read_from_its_shipments(
    shared: Carrier,
) -> None:
    van = shared.round([2]).loaded()
    before = shown(van)

    shared.clock.advance(RUN_SHEET_RETENTION + timedelta(seconds=1))
    van.token = shared.session(van.driver_id)

    assert shown(van) == before


def test_of_two_planned_routes_the_earlier_one_is_shown(shared: Carrier) -> None:
    shop = shared.shop()
    late = shared.round(1, shop=shop)
    shared.clock.advance(timedelta(minutes=-30))
    early = shared.plan(late.driver_id, [[shop.shipment()["id"]]]).json

    assert late.seen()["id"] == early["id"]
