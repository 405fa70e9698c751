"""A recipient sends the delivery elsewhere: by a search, or by a point on the map."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from chalicelib.domain.geography import Coordinates, distance_m
from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.test_journey import Delivery, running_doorstep
from tests.contract.geocoders.test_geocoders import DOOR as FOUND
from tests.support.builders import north_of
from tests.support.roads import road_server
from tests.support.searches import tell_nominatim
from tests.support.tracking_views import DOOR

NEW = north_of(DOOR, 600.0)
STREET = "Kauppakatu 12"
WAYS = [
    pytest.param(320, True, id="320 px"),
    pytest.param(412, False, id="412 px without a script"),
    pytest.param(1280, True, id="1280 px"),
]


@pytest.fixture(scope="module")
def doorstep() -> Iterator[dict[str, Any]]:
    search = tell_nominatim({STREET: replace(FOUND, coordinates=NEW)})
    with (
        road_server(search) as server,
        running_doorstep("--geocoder", f"nominatim:{server.url}") as facts,
    ):
        yield facts


@pytest.fixture(scope="module")
def delivery(doorstep: dict[str, Any]) -> Iterator[Delivery]:
    with closing(Delivery(doorstep)) as made:
        admin = made.public.as_(doorstep["keys"]["admin"])
        path = f"/v1/shippers/{made.shop.get('/v1/shipments/' + made.first['id'])['shipper_id']}"
        admin.send("PATCH", path, {"allows_redirect": True}, headers={"If-Match": "*"})
        yield made


def opened(open_page: OpenPage, url: str, width_px: int, *, has_script: bool) -> Page:
    size = ViewportSize(width=width_px, height=800)
    page = open_page(url, viewport=size, java_script_enabled=has_script)
    page.get_by_text("Send it to another address").click()
    page.get_by_label("Street and house number").fill(STREET)
    page.get_by_label("City").fill("Helsinki")
    return page


def place_of(delivery: Delivery, order: dict[str, Any]) -> Coordinates:
    address = delivery.shop.get(f"/v1/shipments/{order['id']}")["address"]
    assert address["lines"] == [STREET]
    return Coordinates(address["lat_deg"], address["lon_deg"])


@pytest.mark.parametrize(("width_px", "has_script"), WAYS)
def test_the_new_address_is_looked_up(
    delivery: Delivery, open_page: OpenPage, width_px: int, *, has_script: bool
) -> None:
    order = delivery.later()
    page = opened(open_page, order["tracking_url"], width_px, has_script=has_script)
    if has_script:
        assert violations(page) == []
    else:
        expect(page.locator("#place")).to_be_hidden()

    page.get_by_role("button", name="Send it there").click()

    expect(page.get_by_text("Agreed: it goes to the new address")).to_be_visible()
    assert distance_m(place_of(delivery, order), NEW) < 1.0


@pytest.mark.parametrize("width_px", [320, 1280])
def test_a_point_on_the_map_is_chosen_by_keyboard(
    delivery: Delivery, open_page: OpenPage, width_px: int
) -> None:
    order = delivery.later()
    page = opened(open_page, order["tracking_url"], width_px, has_script=True)
    bar = page.locator("#place-bar")
    expect(page.get_by_text("No point is chosen")).to_be_visible()

    for _ in range(5):
        bar.locator("[data-action=up]").press("Enter")

    expect(page.get_by_text("The driver comes to this point")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    page.get_by_role("button", name="Send it there").click()
    expect(page.get_by_text("Agreed: it goes to the new address")).to_be_visible()
    chosen = place_of(delivery, order)
    assert 100.0 < distance_m(chosen, DOOR) < 800.0
    assert chosen.lat_deg > DOOR.lat_deg


def test_a_tap_chooses_and_can_be_taken_back(delivery: Delivery, open_page: OpenPage) -> None:
    order = delivery.later()
    page = opened(open_page, order["tracking_url"], 412, has_script=True)

    page.locator("#place-canvas").click(position={"x": 60, "y": 60})
    expect(page.get_by_text("The driver comes to this point")).to_be_visible()
    page.get_by_role("button", name="Without the point").click()
    expect(page.get_by_text("No point is chosen")).to_be_visible()
    page.get_by_role("button", name="Send it there").click()

    expect(page.get_by_text("Agreed: it goes to the new address")).to_be_visible()
    assert distance_m(place_of(delivery, order), NEW) < 1.0
