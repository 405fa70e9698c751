"""Another address through the whole application, with an address search of the operator's."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.domain.geography import Coordinates
from local.environment import changed
from tests.contract.geocoders.test_geocoders import DOOR
from tests.support.carrier import Carrier, Round, Shop, stop_place
from tests.support.roads import road_server
from tests.support.searches import tell_nominatim

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NEAR = replace(DOOR, coordinates=stop_place(7))
FAR = replace(DOOR, coordinates=Coordinates(36.7, 3.1))
FOUND = {"Kauppakatu 12": NEAR, "Mannerheimintie 12": DOOR, "Rantatie 12": FAR}


@pytest.fixture
def shop(shared: Carrier) -> Iterator[Shop]:
    with ExitStack() as closing:
        closing.callback(shared.rewire)
        server = closing.enter_context(road_server(tell_nominatim(FOUND)))
        closing.enter_context(changed({"GEOCODER": f"nominatim:{server.url}"}))
        made = shared.shop()
        assert shared.hub_id  # what is in reach is measured from it
        path, rules = f"/v1/shippers/{made.shipper_id}", {"allows_redirect": True}
        reply = shared.call("PATCH", path, rules, token=shared.admin, headers={"If-Match": "*"})
        assert reply.json["allows_redirect"] is True
        shared.rewire()
        yield made


def link(order: dict[str, Any]) -> str:
    return urlsplit(order["tracking_url"]).path


def page(carrier: Carrier, order: dict[str, Any], said: str = "") -> str:
    return carrier.call("GET", f"{link(order)}?lang=en&said={said}").body.decode()


def version(carrier: Carrier, order: dict[str, Any]) -> str:
    form = page(carrier, order).partition('action="' + link(order) + '/address"')[2]
    return form.partition('name="seen" value="')[2].partition('"')[0]


def redirect(
    carrier: Carrier, order: dict[str, Any], street: str = "Kauppakatu 12", **fields: str
) -> str:
    whole = {"street": street, "city": "Helsinki", "postal_code": "00100"} | fields
    if "seen" not in whole:
        whole["seen"] = version(carrier, order) or "1"
    form = urlencode(whole).encode()
    reply = carrier.call("POST", f"{link(order)}/address", form, headers=FORM)
    assert reply.status == 303, reply.body
    return str(reply.headers["Location"]).partition("?said=")[2].partition("#")[0]


def planned(carrier: Carrier, shop: Shop, count: int = 4) -> Round:
    orders = [shop.shipment(stop=stop) for stop in range(count)]
    return carrier.planned(shop, [[order] for order in orders])


def test_before_it_is_planned_it_goes_to_the_new_address(shared: Carrier, shop: Shop) -> None:
    order = shop.shipment()
    wishes = urlencode({"seen": "0", "door_code": "4711"}).encode()
    shared.call("POST", f"{link(order)}/wishes", wishes, headers=FORM)

    assert redirect(shared, order, more="Office") == "address_saved"
    assert redirect(shared, order, more="Office") == "address_saved"

    got = shop.get(order["id"])
    assert got["address"]["lines"] == ["Kauppakatu 12", "Office"]
    assert got["placement"] == "found"
    assert got["wishes"] is None or got["wishes"]["door_code"] is None
    types = shop.event_types(order["id"])
    assert types.count("redirected") == 1
    (event,) = [e for e in shop.events(order["id"]) if e["type"] == "shipment.redirected"]
    assert event["data"]["before"] == event["data"]["after"] == {"city": "Helsinki"}
    assert event["data"]["moved_m"] > 0
    assert "Kauppakatu" not in str(shop.events(order["id"]))
    assert "The new time follows" in page(shared, order, "address_saved")


def test_on_the_road_it_leaves_the_van_and_all_others_are_expected_anew(
    shared: Carrier, shop: Shop
) -> None:
    van = planned(shared, shop).loaded().started()
    orders = [van.orders[ids[0]] for ids in van.ids]

    assert redirect(shared, orders[2]) == "address_saved"

    assert shop.event_types(orders[2]["id"])[-2:] == ["unassigned", "redirected"]
    seen = [each["id"] for stop in van.seen()["stops"] for each in stop["shipments"]]
    assert seen == [orders[0]["id"], orders[1]["id"], orders[3]["id"]]
    assert van.state(orders[3]["id"]).json["stops_before"] == 2
    path = "/v1/attention?limit=100"
    waiting = shared.call("GET", path, token=shared.dispatcher).json["data"]
    assert orders[2]["id"] in [key for each in waiting for key in each["shipment_ids"]]


def test_too_near_and_after_another_change_nothing_is_done(shared: Carrier, shop: Shop) -> None:
    van = planned(shared, shop).loaded().started()
    first, last = van.orders[van.ids[0][0]], van.orders[van.ids[3][0]]
    seen = version(shared, last)
    wishes = urlencode({"seen": "0", "door_code": "4711"}).encode()
    shared.call("POST", f"{link(last)}/wishes", wishes, headers=FORM)

    assert redirect(shared, last, seen=seen) == "address_changed"
    assert redirect(shared, first) == "address_late"

    for order in (first, last):
        assert "redirected" not in shop.event_types(order["id"])
    assert 'name="street"' not in page(shared, first)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"street": "Nowhere 12"}, "address_unknown"),
        ({"street": "Rantatie 12"}, "address_far"),
        ({"street": " "}, "address_unfit"),
        ({"city": "\u200b"}, "address_unfit"),
        ({"street": "x" * 81}, "address_unfit"),
    ],
)
def test_what_cannot_be_is_said(
    shared: Carrier, shop: Shop, fields: dict[str, str], said: str
) -> None:
    order = shop.shipment()

    assert redirect(shared, order, **fields) == said
    assert shop.get(order["id"])["address"]["lines"] == ["Mannerheimintie 12 B 34"]


def test_so_many_addresses_are_looked_up_and_no_more(shared: Carrier, shop: Shop) -> None:
    order = shop.shipment()
    said = [redirect(shared, order, f"Nowhere {n}") for n in range(11)]

    assert said == ["address_unknown"] * 10 + ["address_often"]


def test_a_shipper_that_does_not_allow_it_offers_it_to_nobody(shared: Carrier) -> None:
    order = shared.shop().shipment()

    assert 'id="address"' not in page(shared, order)
    assert redirect(shared, order) == "address_closed"


def point(place: Coordinates) -> dict[str, str]:
    return {"lat_deg": str(place.lat_deg), "lon_deg": str(place.lon_deg)}


def test_a_point_on_the_map_is_the_door_and_nothing_is_searched(
    shared: Carrier, shop: Shop
) -> None:
    order, wanted = shop.shipment(), stop_place(4)

    said = [redirect(shared, order, "Nowhere 12", **point(wanted)) for _ in range(2)]
    got = shop.get(order["id"])
    moved = redirect(shared, order, "Nowhere 12", **point(stop_place(5)))

    assert [*said, moved] == ["address_saved"] * 3
    assert (got["address"]["lines"], got["placement"]) == (["Nowhere 12"], "given")
    assert got["address"]["lat_deg"] == pytest.approx(wanted.lat_deg, abs=1e-6)
    assert shop.event_types(order["id"]).count("redirected") == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (point(FAR.coordinates), "address_far"),
        ({"lat_deg": "60.1", "lon_deg": ""}, "address_unfit"),
        ({"lat_deg": "91", "lon_deg": "24.9"}, "address_unfit"),
        ({"lat_deg": "nan", "lon_deg": "24.9"}, "address_unfit"),
        ({"lat_deg": "here", "lon_deg": "there"}, "address_unfit"),
    ],
)
def test_a_point_that_cannot_be_changes_nothing(
    shared: Carrier, shop: Shop, fields: dict[str, str], said: str
) -> None:
    order = shop.shipment()

    assert redirect(shared, order, **fields) == said
    assert shop.get(order["id"])["address"]["lines"] == ["Mannerheimintie 12 B 34"]
