"""Another day through the whole application: form, notice of the time, attention, and the rules."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.carrier import Carrier, Shop

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def shop(shared: Carrier) -> Shop:
    made = shared.shop()
    rules = {"offered_days": 7, "offered_windows": ["08:00-12:00"]}
    path = f"/v1/shippers/{made.shipper_id}"
    headers = {"If-Match": "*"}
    reply = shared.call("PATCH", path, rules, token=shared.admin, headers=headers)
    assert reply.status == 200, reply.body
    shared.rewire()
    return made


def link(order: dict[str, Any]) -> str:
    return urlsplit(order["tracking_url"]).path


def page(carrier: Carrier, order: dict[str, Any], query: str = "lang=en") -> str:
    return carrier.call("GET", f"{link(order)}?{query}").body.decode()


def choose(carrier: Carrier, order: dict[str, Any], **fields: str) -> str:
    form = urlencode(fields).encode()
    reply = carrier.call("POST", f"{link(order)}/day", form, headers=FORM)
    assert reply.status == 303
    return str(reply.headers["Location"]).partition("?said=")[2].partition("#")[0]


def offered(shown: str) -> list[str]:
    """The names of the choices on a page."""
    form = shown.partition('id="day-choice"')[2].partition("</select>")[0]
    return [part.partition('"')[0] for part in form.split('value="')[2:]]


def test_a_recipient_moves_the_delivery_to_an_offered_time(shared: Carrier, shop: Shop) -> None:
    order = shop.shipment()
    names = offered(page(shared, order))
    assert len(names) == 12  # six days of the next seven, whole or in the morning

    window = next(name for name in names if name.endswith("12:00"))
    answers = [choose(shared, order, choice=window) for _ in range(2)]

    assert answers == ["day_saved", "day_saved"]
    told = shop.get(order["id"])
    assert told["service_day"] == window[:10]
    assert told["window"] is not None
    assert shop.event_types(order["id"]).count("rescheduled") == 1
    assert choose(shared, order, choice=names[0]) == "day_changed"
    assert "another time was agreed" in page(shared, order, "lang=en&said=day_changed")


def test_what_is_on_a_plan_leaves_it_with_the_choice(shared: Carrier, shop: Shop) -> None:
    orders = [shop.shipment(stop=stop) for stop in range(3)]
    van = shared.planned(shop, [[order] for order in orders])
    name = offered(page(shared, orders[1]))[0]

    assert choose(shared, orders[1], choice=name) == "day_saved"

    stops = shared.call("GET", f"/v1/routes/{van.route_id}", token=shared.dispatcher).json["stops"]
    planned = [key for stop in stops for key in stop["shipment_ids"]]
    assert planned == [orders[0]["id"], orders[2]["id"]]
    assert shop.get(orders[1]["id"])["service_day"] == name[:10]
    assert choose(shared, orders[1], choice=name) == "day_saved"
    assert shop.event_types(orders[1]["id"]).count("rescheduled") == 1


def test_what_is_on_the_road_leaves_the_van_and_all_others_are_expected_anew(
    shared: Carrier, shop: Shop
) -> None:
    orders = [shop.shipment(stop=9 * stop) for stop in range(4)]
    van = shared.planned(shop, [[order] for order in orders]).loaded().started()
    name = offered(page(shared, orders[2]))[0]
    before = van.state(orders[3]["id"]).json["eta"]["point"]

    assert choose(shared, orders[2], choice=name) == "day_saved"

    types = shop.event_types(orders[2]["id"])
    assert types[-2:] == ["unassigned", "rescheduled"]
    assert shop.get(orders[2]["id"])["status"] == "accepted"
    seen = [each["id"] for stop in van.seen()["stops"] for each in stop["shipments"]]
    assert orders[2]["id"] not in seen
    assert van.state(orders[3]["id"]).json["eta"]["point"] < before
    assert van.state(orders[3]["id"]).json["stops_before"] == 2


def test_too_near_it_is_too_late_and_after_a_failed_attempt_open_again(
    shared: Carrier, shop: Shop
) -> None:
    order, other = shop.shipment(), shop.shipment(stop=5)
    name = offered(page(shared, order))[0]
    van = shared.planned(shop, [[order], [other]]).started()

    assert 'id="day-choice"' not in page(shared, order)
    assert choose(shared, order, choice=name) == "day_late"
    assert "You can still write a message" in page(shared, order, "lang=en&said=day_late")
    assert van.work(0, "fail", van.action(reason="not_home")).status == 200

    assert choose(shared, order, choice=name) == "day_saved"
    assert "It is tried again" in page(shared, order)
    path = "/v1/attention?kind=attempt_failed&limit=100"
    waiting = shared.call("GET", path, token=shared.dispatcher).json["data"]
    days = {each["shipment"]["id"]: each["shipment"]["service_day"] for each in waiting}
    assert days[order["id"]] == name[:10]


def test_what_is_not_offered_is_said(shared: Carrier, shop: Shop) -> None:
    order = shop.shipment()

    assert choose(shared, order, choice="2020-01-01") == "day_gone"
    assert choose(shared, order) == "day_gone"


@pytest.mark.parametrize("span", ["8-12", "12:00-08:00", "08:00-24:00", "08:00-08:00"])
def test_a_window_of_a_shipper_is_two_times(shared: Carrier, shop: Shop, span: str) -> None:
    path = f"/v1/shippers/{shop.shipper_id}"
    reply = shared.call(
        "PATCH", path, {"offered_windows": [span]}, token=shared.admin, headers={"If-Match": "*"}
    )

    assert reply.status == 422
    assert reply.pointers == ["/offered_windows/0"]
