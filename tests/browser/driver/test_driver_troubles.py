"""What goes wrong on phones: no room, a wrong clock, no camera, two windows, another plan."""

import random
import shutil
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from local.demo.photo import doorstep_jpeg
from tests.browser.axe import violations
from tests.browser.conftest import CHROMIUM_NAMES, PHONE
from tests.browser.driver.steps import (
    BREAKS_ONE_UPLOAD,
    Opened,
    invitation_of,
    moved,
    on_the_road,
    photographed,
    picture,
    scanned_by_hand,
    signed_in,
)
from tests.browser.test_journey import Delivery

FULL = """() => {
  for (const name of ["add", "put"]) {
    const write = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...given) {
      if (window.isFull) throw new DOMException("no room", "QuotaExceededError");
      return write.apply(this, given);
    };
  }
}"""
"""The browser's own limit cannot be set lower than a gigabyte, so its refusal is made here."""


def test_a_full_phone_says_so_and_goes_on_when_there_is_room(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    _, page = phone(shift)
    on_the_road(page, shift)
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_role("heading", name="At the door")).to_be_visible()
    page.evaluate(FULL)

    page.evaluate("window.isFull = true")
    photographed(page)
    expect(page.locator("#notices")).to_contain_text("This phone is full")
    page.get_by_label("Received by").fill("Aino")
    page.get_by_role("button", name="Delivered", exact=True).click()
    expect(page.get_by_role("heading", name="At the door")).to_be_visible()
    expect(page.locator("#toast")).to_contain_text("This phone is full")
    expect(page.locator("#toast")).to_be_in_viewport()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
    picture(page, pictures, "full")

    page.evaluate("window.isFull = false")
    page.get_by_role("button", name="Delivered", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.locator("#notices")).not_to_contain_text("This phone is full")
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
    assert len(shift.office.get(f"/v1/shipments/{shift.first['id']}/proofs")["data"]) == 1


def test_a_wrong_clock_is_told_and_what_it_wrote_is_of_the_right_time(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    context, page = phone(shift)
    page.clock.install()
    page.clock.fast_forward("26:00:00")
    on_the_road(page, shift)

    expect(page.locator("#notices")).to_contain_text("The clock of this phone is wrong by 26.0 h")
    picture(page, pictures, "clock")
    context.set_offline(True)
    moved(context, page)
    context.set_offline(False)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Delivered", exact=True).click()
    page.clock.run_for(11_000)
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

    made = shift.office.get(f"/v1/shipments/{shift.first['id']}")
    assert made["status"] == "delivered"
    assert made["last_attempt"]["occurred_at"][:10] <= made["updated_at"][:10]
    page.get_by_role("button", name="All stops").click()
    page.get_by_role("button", name="End of shift").click()
    expect(page.get_by_text("are with the office")).to_be_visible()
    expect(page.get_by_text("not taken")).to_have_count(0)


def test_a_camera_that_is_refused_leaves_two_other_ways(browser: Browser, shift: Delivery) -> None:
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--deny-permission-prompts"]
    with closing(browser.browser_type.launch(executable_path=path, args=args)) as chromium:
        page = chromium.new_context(viewport=PHONE, locale="en").new_page()
        page.goto(invitation_of(shift))
        signed_in(page)
        page.get_by_role("button", name="Scan parcels").click()
        page.get_by_role("button", name="Camera").click()

        expect(page.get_by_role("alert")).to_contain_text("The camera is not allowed.")
        expect(page.locator("video")).to_be_hidden()
        scanned_by_hand(page, f"BARCODE-{shift.names[0]}")
        expect(page.locator(".verdict")).to_contain_text("On the van")
        assert violations(page) == []


def test_two_windows_send_once_and_agree(phone: Opened, shift: Delivery) -> None:
    context, first = phone(shift)
    on_the_road(first, shift)
    second = context.new_page()
    second.goto(first.url)
    expect(second.locator("#notices")).to_contain_text("open in another window")

    context.set_offline(True)
    second.get_by_role("button", name="Next stop").click()
    second.get_by_role("button", name="I am here").click()
    expect(first.locator("#unsent")).to_contain_text("1 action waits")
    context.set_offline(False)
    expect(second.locator("#unsent")).to_be_hidden(timeout=20_000)
    assert shift.office.get(f"/v1/shipments/{shift.first['id']}")["status"] == "arrived"

    second.get_by_role("button", name="On duty").click()
    expect(first.get_by_role("button", name="Off duty")).to_be_visible()
    second.get_by_role("button", name="Off duty").click()
    first.close()
    expect(second.locator("#notices")).not_to_contain_text("open in another window")
    second.get_by_role("button", name="Delivered", exact=True).click()
    expect(second.locator("#unsent")).to_contain_text("1 action waits")
    expect(second.locator("#unsent")).to_be_hidden(timeout=20_000)
    made = shift.office.get(f"/v1/shipments/{shift.first['id']}")
    assert (made["status"], made["attempts"]) == ("delivered", 1)


def test_signing_out_in_one_window_signs_out_in_all(phone: Opened, shift: Delivery) -> None:
    context, first = phone(shift)
    signed_in(first)
    second = context.new_page()
    second.goto(first.url)

    first.get_by_role("button", name="Sign out").click()

    expect(second.get_by_role("heading", name="Start your shift")).to_be_visible()


def test_a_plan_that_changed_without_a_network_is_told_as_what_changed(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    context, page = phone(shift)
    on_the_road(page, shift)
    context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Delivered", exact=True).click()
    expect(page.locator("#unsent")).to_contain_text("2 actions wait")
    route = shift.office.get(f"/v1/shipments/{shift.first['id']}")["route_id"]
    plan = shift.office.get(f"/v1/routes/{route}")["plan_version"]
    edit = {"operations": [{"op": "remove", "stop_id": shift.stops[1]["id"]}]}
    shift.office.send("PATCH", f"/v1/routes/{route}", edit, headers={"If-Match": f'"{plan}"'})

    context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
    expect(page.get_by_role("heading", name="Your plan has changed")).to_be_visible()
    expect(page.get_by_text("Gone: Mannerheimintie 12")).to_be_visible()
    picture(page, pictures, "changed")
    page.get_by_role("button", name="I have seen it").click()
    expect(page.get_by_role("heading", name="Your plan has changed")).to_have_count(0)
    assert shift.office.get(f"/v1/shipments/{shift.first['id']}")["status"] == "delivered"


def test_positions_that_the_office_refuses_are_told_with_the_reason(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    context, page = phone(shift)
    page.clock.install()
    on_the_road(page, shift)
    route = shift.office.get(f"/v1/shipments/{shift.first['id']}")["route_id"]
    context.set_offline(True)
    shift.office.post(f"/v1/routes/{route}/complete", {})
    moved(context, page)
    moved(context, page)

    context.set_offline(False)
    expect(page.locator("#notices")).to_contain_text(
        "2 positions were not taken: no route of yours was under way then.",
        timeout=20_000,
    )
    picture(page, pictures, "refused-positions")
    assert violations(page) == []


def test_a_picture_that_the_office_cannot_read_comes_back_and_is_taken_again(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    _, page = phone(shift)
    page.clock.install()
    on_the_road(page, shift)
    page.evaluate(BREAKS_ONE_UPLOAD)
    page.get_by_role("button", name="I am here").click()
    photographed(page)
    expect(page.get_by_text("Kept on this phone")).to_be_visible()
    page.get_by_role("button", name="Delivered", exact=True).click()
    expect(page.locator("#unsent")).to_contain_text("1 picture waits")
    page.clock.run_for(11_000)
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

    inspected(page, shift, "rejected")
    page.clock.run_for(6_000)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent")).to_contain_text("1 came back", timeout=20_000)
    page.locator("#unsent").click()
    expect(page.get_by_text("The office could not read this picture.")).to_be_visible()
    picture(page, pictures, "unreadable")
    assert violations(page) == []
    photo = doorstep_jpeg(random.Random(2))
    page.get_by_label("Take another").set_input_files(
        {"name": "again.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(page.get_by_text("Everything is sent.")).to_be_visible(timeout=20_000)
    inspected(page, shift, "accepted")
    page.clock.run_for(6_000)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent")).to_be_hidden()


def inspected(page: Page, shift: Delivery, state: str) -> None:
    """Waits until the office has looked at the only picture."""
    for _ in range(100):
        (proof,) = shift.van.get(f"/v1/driver/shipments/{shift.first['id']}/proofs")["data"]
        if proof["state"] == state:
            return
        page.wait_for_timeout(200)
    raise AssertionError(proof)
