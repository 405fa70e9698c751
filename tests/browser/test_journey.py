"""One delivery through the whole of Doorstep, seen on the recipient's phone."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from chalicelib.domain.geography import Coordinates
from local.client import Api, upload
from local.demo.photo import doorstep_jpeg
from tests.browser.axe import violations
from tests.browser.conftest import TILES, OpenPage
from tests.support.builders import north_of
from tests.support.tracking_views import DOOR

ROOT = Path(__file__).parents[2]
HUB = north_of(DOOR, -430.0)  # no van is far from its hub a second after the start
TIME_ZONE = "Europe/Helsinki"
VAN_MARKER = ".marker-van"
PICTURE_IS_LOADED = "() => document.querySelector('#pictures img')?.naturalWidth > 0"


@contextmanager
def running_doorstep() -> Iterator[dict[str, Any]]:
    """The laptop stack without demo, in a process of its own."""
    command = [sys.executable, "-m", "local", "--json", "--demo", "none", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdout is not None
        yield json.loads(run.stdout.readline())
        run.terminate()


@pytest.fixture(scope="module")
def doorstep() -> Iterator[dict[str, Any]]:
    with running_doorstep() as facts:
        yield facts


def right_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the stack runs in another process, on the real clock


class Delivery:
    """Two customers on one route: what shop, dispatcher and driver do, request by request."""

    def __init__(self, facts: dict[str, Any]) -> None:
        api = Api(facts["base_url"])
        keys = facts["keys"]
        self.shop, self.office = api.as_(keys["shipper"]), api.as_(keys["dispatcher"])
        self.public = api
        self.names = [f"{uuid4().hex[:8]}-{number}" for number in (1, 2)]
        self.first = self._shipment(self.names[0], DOOR)
        self.second = self._shipment(self.names[1], north_of(DOOR, 900.0))
        self.van = api.as_(self._driver_token())
        self._actions = 0

    def later(self) -> dict[str, Any]:
        """Another shipment, which is on no route."""
        return self._shipment(uuid4().hex[:8], DOOR)

    def _shipment(self, reference: str, place: Coordinates) -> dict[str, Any]:
        body = {
            "reference": reference,
            "recipient": {"name": "Aino Virtanen", "email": f"{reference}@example.com"},
            "address": {
                "lines": ["Mannerheimintie 12"],
                "city": "Helsinki",
                "country": "FI",
                "time_zone": TIME_ZONE,
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
            },
            "parcels": [{"barcode": f"BARCODE-{reference}"}],
        }
        created: dict[str, Any] = self.shop.post("/v1/shipments", body)
        return created

    def _driver_token(self) -> str:
        driver = self.office.post("/v1/drivers", {"name": "Matti"})
        near = {"lat_deg": HUB.lat_deg, "lon_deg": HUB.lon_deg}
        body = {"name": "Kamppi", "time_zone": TIME_ZONE, **near}
        hub = self.office.post("/v1/hubs", body)
        now = right_now()
        route = {
            "driver_id": driver["id"],
            "hub_id": hub["id"],
            "service_day": now.astimezone(ZoneInfo(TIME_ZONE)).date().isoformat(),
            "starts_at": now.isoformat(),
            "shipment_ids": [self.first["id"], self.second["id"]],
        }
        self.stops = self.office.post("/v1/routes", route)["stops"]
        code = self.office.post(f"/v1/drivers/{driver['id']}/invitations")["code"]
        token: str = self.public.post("/v1/driver/session", {"code": code})["token"]
        return token

    def _now(self) -> str:
        return right_now().isoformat()

    def _act(self, path: str, **more: Any) -> None:
        self._actions += 1
        action = {"action_id": f"action-{self._actions}", "occurred_at": self._now()}
        self.van.post(f"/v1/driver/{path}", action | more)

    def load_and_leave(self) -> None:
        scans = [
            {"action_id": f"scan-{name}", "barcode": f"BARCODE-{name}", "scanned_at": self._now()}
            for name in self.names
        ]
        self.van.post("/v1/driver/scans", {"scans": scans})
        self._act("route/start")

    def drive_to(self, place: Coordinates) -> None:
        fix = {"recorded_at": self._now(), "lat_deg": place.lat_deg, "lon_deg": place.lon_deg}
        self.van.post("/v1/driver/positions", {"fixes": [fix]})

    def hand_over(self) -> None:
        stop = self.stops[0]["id"]
        self._act(f"stops/{stop}/arrive")
        image = doorstep_jpeg(random.Random(1))
        asked = {"kind": "photo", "content_type": "image/jpeg", "size_bytes": len(image)}
        proof = self.van.post("/v1/driver/proofs", asked | {"shipment_id": self.first["id"]})
        upload(proof["url"], proof["fields"], image, "image/jpeg")
        self._act(f"stops/{stop}/deliver", note="Into her hands", proof_ids=[proof["proof_id"]])

    def wait_until_photo_is_inspected(self) -> None:
        """Ask until it is. In the stack that takes a second or two."""
        path = f"/v1/shipments/{self.first['id']}/proofs"
        for _ in range(1_000):
            (photo,) = self.office.get(path)["data"]
            if photo["state"] == "accepted":
                return
        pytest.fail("the photo was never inspected")

    def answer(self, quick_reply: str) -> None:
        """The driver reads all messages and answers the newest one."""
        newest = self.van.get("/v1/driver/messages")["data"][-1]
        read = {"shipment_id": newest["shipment_id"], "message_id": newest["id"]}
        self.van.post("/v1/driver/messages/seen", read)
        reply = {"action_id": uuid4().hex, "shipment_id": newest["shipment_id"]}
        self.van.post("/v1/driver/messages", reply | {"quick_reply": quick_reply})

    def close(self) -> None:
        for each in (self.public, self.shop, self.office, self.van):
            each.close()


@pytest.fixture
def delivery(doorstep: dict[str, Any]) -> Iterator[Delivery]:
    with closing(Delivery(doorstep)) as delivery:
        yield delivery


def next_poll(page: Page) -> None:
    """Ten seconds at once. Not more: the script's patience with answers is on that clock too."""
    page.clock.run_for(10_100)


def test_a_delivery_from_the_shop_to_the_door(delivery: Delivery, open_page: OpenPage) -> None:
    url = delivery.first["tracking_url"]
    headline = open_page(url).get_by_role("heading", level=1)
    expect(headline).to_have_text("Planned for today")

    delivery.load_and_leave()
    delivery.drive_to(north_of(DOOR, -400.0))
    page = open_page(url, has_test_clock=True)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arriving today")
    expect(page.locator("#facts")).to_contain_text("You are the next stop")
    expect(page.locator(VAN_MARKER)).to_be_attached()
    assert delivery.names[1] not in page.content()

    delivery.drive_to(north_of(DOOR, -350.0))
    next_poll(page)
    expect(page.locator("#facts")).to_contain_text("About 350 m away")

    delivery.hand_over()
    next_poll(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivered today at")
    expect(page.get_by_text("Into her hands")).to_be_visible()
    delivery.wait_until_photo_is_inspected()
    next_poll(page)
    page.wait_for_function(PICTURE_IS_LOADED)
    expect(page.locator(VAN_MARKER)).to_have_count(0)


def test_recipient_and_driver_write_to_each_other(delivery: Delivery, open_page: OpenPage) -> None:
    delivery.load_and_leave()
    delivery.drive_to(north_of(DOOR, -400.0))
    page = open_page(delivery.first["tracking_url"], has_test_clock=True)

    page.get_by_label("Your message").fill("The gate is open.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".said.is-own")).to_contain_text("The gate is open.")
    expect(page.get_by_label("Your message")).to_have_value("")
    page.get_by_label("Your message").fill("And one more thing")
    delivery.answer("five_minutes")
    next_poll(page)

    expect(page.locator(".said").last).to_contain_text("I am there in about five minutes.")
    expect(page.locator(".said.is-own")).to_contain_text("Seen")
    expect(page.get_by_label("Your message")).to_have_value("And one more thing")
    assert violations(page) == []


def test_a_message_is_sent_without_a_script(delivery: Delivery, open_page: OpenPage) -> None:
    delivery.load_and_leave()
    page = open_page(delivery.first["tracking_url"], java_script_enabled=False)

    page.get_by_role("button", name="Please ring the bell.").click()

    expect(page.locator(".said.is-own")).to_contain_text("Please ring the bell.")
    expect(page.get_by_text("Sent.")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_recipient_says_what_is_to_happen_at_the_door(
    delivery: Delivery, open_page: OpenPage, *, has_script: bool
) -> None:
    page = open_page(delivery.first["tracking_url"], java_script_enabled=has_script)

    page.get_by_text("Change this", exact=True).click()
    page.get_by_label("Door code").fill("4711")
    page.get_by_label("Give it to a neighbour").check()
    page.get_by_label("Neighbour's name").fill("Eero")
    if has_script:
        assert violations(page) == []
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Saved. Your driver sees it.")).to_be_visible()
    expect(page.locator("#wishes-lines")).to_contain_text("your neighbour gets it")
    assert "4711" not in page.content()
    stop = delivery.van.get("/v1/driver/route")["stops"][0]
    assert stop["shipments"][0]["wishes"]["door_code"] == "4711"
    if has_script:
        assert violations(page) == []


def test_a_change_that_comes_too_late_leads_to_a_message(
    delivery: Delivery, open_page: OpenPage
) -> None:
    page = open_page(delivery.first["tracking_url"])
    page.get_by_text("Change this", exact=True).click()
    page.get_by_label("Door code").fill("4711")
    delivery.load_and_leave()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("it is too late")).to_be_visible()
    expect(page.get_by_text("You can still write a message.")).to_be_visible()
    expect(page.get_by_label("Door code")).to_have_count(0)
    expect(page.get_by_label("Your message")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_delivery_is_rated_from_the_mail(
    delivery: Delivery, open_page: OpenPage, *, has_script: bool
) -> None:
    delivery.load_and_leave()
    delivery.drive_to(north_of(DOOR, -400.0))
    delivery.hand_over()
    url = delivery.first["tracking_url"]
    page = open_page(f"{url}?stars=2#rating", java_script_enabled=has_script)

    expect(page.get_by_label("2 stars")).to_be_checked()
    page.get_by_label("1 star").check(force=True)
    page.get_by_label("Where it was left").check()
    page.get_by_label("Anything to add?").fill("In the rain")
    if has_script:
        assert violations(page) == []
    page.get_by_role("button", name="Send rating").click()

    expect(page.get_by_text("Thank you. Your rating is saved.")).to_be_visible()
    expect(page.get_by_text("You gave 1 of 5 stars.")).to_be_visible()
    shipment = delivery.shop.get(f"/v1/shipments/{delivery.first['id']}")
    given = shipment["rating"]
    assert (given["reasons"], given["comment"]) == (["place"], "In the rain")
    if has_script:
        assert violations(page) == []


NARROW: ViewportSize = {"width": 320, "height": 640}
IS_WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("has_script", [True, False])
def test_messages_are_chosen_stopped_and_taken_back(
    delivery: Delivery, open_page: OpenPage, *, has_script: bool
) -> None:
    page = open_page(
        delivery.first["tracking_url"], java_script_enabled=has_script, viewport=NARROW
    )

    def is_fine() -> bool:
        return not has_script or (violations(page) == [] and not page.evaluate(IS_WIDER))

    page.get_by_role("link", name="Choose or stop messages").click()
    page.get_by_label("There is a new time").select_option("By e-mail")
    assert is_fine()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("There is a new time")).to_have_value("email")
    assert is_fine()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("There is a new time")).to_have_value("best")

    page.get_by_role("button", name="Stop all messages").click()
    expect(page.get_by_text("Done: you get no more messages")).to_be_visible()
    assert is_fine()
    path = f"/v1/shipments/{delivery.first['id']}/preferences"
    assert delivery.shop.get(path)["is_stopped"] is True
    page.get_by_role("button", name="Get messages again").click()
    expect(page.get_by_text("Done: you get messages again.")).to_be_visible()
    assert delivery.shop.get(path)["is_stopped"] is False


@pytest.mark.parametrize("has_script", [True, False])
def test_a_recipient_asks_to_be_forgotten(
    delivery: Delivery, open_page: OpenPage, *, has_script: bool
) -> None:
    delivery.load_and_leave()
    delivery.drive_to(north_of(DOOR, -400.0))
    delivery.hand_over()
    url = delivery.first["tracking_url"]
    page = open_page(url, java_script_enabled=has_script, viewport=NARROW, allowed_status=(404,))

    page.get_by_role("link", name="Your data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your data")
    if has_script:
        assert violations(page) == []
        assert not page.evaluate(IS_WIDER)
    page.get_by_label("I understand that this cannot be undone.").check()
    page.get_by_role("button", name="Forget my data").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your data is forgotten")
    shipment = delivery.shop.get(f"/v1/shipments/{delivery.first['id']}")
    assert shipment["recipient"]["name"] == "—"
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This link does not lead to a delivery"
    )


def test_the_other_customer_sees_nothing_of_it(delivery: Delivery, open_page: OpenPage) -> None:
    delivery.load_and_leave()
    delivery.drive_to(north_of(DOOR, -400.0))

    page = open_page(delivery.second["tracking_url"])

    expect(page.locator("#facts")).to_contain_text("1 stop before you")
    assert delivery.names[0] not in page.content()
    assert str(DOOR.lat_deg) not in page.content()


def test_tile_servers_learn_our_host_and_nothing_else(
    delivery: Delivery, open_page: OpenPage
) -> None:
    delivery.load_and_leave()
    delivery.drive_to(north_of(DOOR, -400.0))
    page = open_page(delivery.first["tracking_url"], has_test_clock=True)

    with page.expect_request(f"{TILES}**") as asked:
        page.clock.run_for(3_000)

    origin = delivery.first["tracking_url"].partition("/t/")[0]
    assert asked.value.header_value("referer") == f"{origin}/"
