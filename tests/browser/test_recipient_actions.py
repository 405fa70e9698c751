"""What recipients do on the page, end to end: with a script or without, at any width."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.test_journey import HUB, Delivery, doorstep
from tests.support.tracking_views import DOOR

__all__ = ["doorstep"]

WAYS = [
    pytest.param(320, True, id="320 px"),
    pytest.param(412, False, id="412 px without a script"),
    pytest.param(1280, True, id="1280 px"),
]
RULES = {
    "offered_days": 5,
    "offered_weekdays": [1, 2, 3, 4, 5, 6, 7],
    "proof_needs_address": True,
}


@pytest.fixture(scope="module")
def delivery(doorstep: dict[str, Any]) -> Iterator[Delivery]:
    with closing(Delivery(doorstep)) as made:
        admin = made.public.as_(doorstep["keys"]["admin"])
        path = f"/v1/shippers/{made.shop.get('/v1/shipments/' + made.first['id'])['shipper_id']}"
        admin.send("PATCH", path, RULES, headers={"If-Match": "*"})
        yield made


def opened(open_page: OpenPage, url: str, width_px: int, *, has_script: bool) -> Page:
    size = ViewportSize(width=width_px, height=800)
    return open_page(url, viewport=size, java_script_enabled=has_script)


@pytest.mark.parametrize(("width_px", "has_script"), WAYS)
def test_a_link_is_shared_and_ended(
    delivery: Delivery, open_page: OpenPage, width_px: int, *, has_script: bool
) -> None:
    url = delivery.second["tracking_url"]
    page = opened(open_page, url, width_px, has_script=has_script)
    before = page.get_by_label("Link to share").input_value()
    there = opened(open_page, before, width_px, has_script=has_script)
    expect(there.get_by_text("Somebody shares this delivery with you")).to_be_visible()

    page.locator("#share summary").click()
    page.locator("#share form button").click()

    expect(page.get_by_text("The old link opens nothing any more")).to_be_visible()
    assert page.get_by_label("Link to share").input_value() != before
    gone = open_page(before, allowed_status=(404,))
    expect(gone.get_by_text("does not lead to a delivery")).to_be_visible()


@pytest.mark.parametrize(("width_px", "has_script"), WAYS)
def test_another_day_is_chosen(
    delivery: Delivery, open_page: OpenPage, width_px: int, *, has_script: bool
) -> None:
    order = delivery.later()
    page = opened(open_page, order["tracking_url"], width_px, has_script=has_script)

    page.get_by_label("Day or time").select_option(index=2)
    page.get_by_role("button", name="Choose this time").click()

    expect(page.get_by_text("Agreed. The new time is on this page.")).to_be_visible()
    told = delivery.shop.get(f"/v1/shipments/{order['id']}")
    assert told["service_day"] is not None


def test_a_proof_is_shown_to_who_knows_the_address(delivery: Delivery, open_page: OpenPage) -> None:
    delivery.load_and_leave()
    delivery.drive_to(HUB)
    delivery.drive_to(DOOR)
    delivery.hand_over()
    delivery.wait_until_photo_is_inspected()
    for width_px, has_script in ((320, True), (412, False), (1280, True)):
        page = opened(open_page, delivery.first["tracking_url"], width_px, has_script=has_script)
        assert page.locator(".ending img").count() == 0

        page.get_by_label("Postcode or house number").fill("99")
        page.get_by_role("button", name="Show the proof").click()
        expect(page.get_by_text("That is not the postcode")).to_be_visible()
        page.get_by_label("Postcode or house number").fill("12")
        page.get_by_role("button", name="Show the proof").click()

        expect(page.get_by_text("Here is the proof.")).to_be_visible()
        expect(page.get_by_text("Into her hands")).to_be_visible()
        expect(page.locator("#pictures img")).to_be_visible()
        if has_script:
            assert violations(page) == []
