"""What drivers do on their phone, step by step."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from playwright.sync_api import BrowserContext, Geolocation, Page, Request, expect

from local.demo.photo import doorstep_jpeg
from tests.browser.test_journey import Delivery
from tests.support.tracking_views import DOOR

HERE: Final[Geolocation] = {
    "latitude": DOOR.lat_deg,
    "longitude": DOOR.lon_deg,
    "accuracy": 8,
}
Opened = Callable[..., tuple[BrowserContext, Page]]


def invitation_of(shift: Delivery) -> str:
    """The link that the dispatcher sends to the driver."""
    route = shift.office.get(f"/v1/shipments/{shift.first['id']}")["route_id"]
    driver = shift.office.get(f"/v1/routes/{route}")["driver_id"]
    link: str = shift.office.post(f"/v1/drivers/{driver}/invitations")["link"]
    return link


def signed_in(page: Page) -> None:
    page.get_by_role("button", name="Start as the driver").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")


def typed(page: Page, code: str) -> None:
    page.get_by_label("Type or scan a code").fill(code)
    page.get_by_role("button", name="Enter").click()


def on_the_road(page: Page, shift: Delivery) -> None:
    signed_in(page)
    page.get_by_role("button", name="Scan parcels").click()
    for name in shift.names:
        typed(page, f"BARCODE-{name}")
        expect(page.locator(".verdict")).to_contain_text("On the van")
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Start the route").click()
    expect(page.get_by_role("button", name="I am here")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()


def photographed(page: Page) -> None:
    photo = doorstep_jpeg(random.Random(1))
    page.locator("#photo").set_input_files(
        {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )


def sign(page: Page) -> None:
    page.locator("summary", has_text="Signature").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_visible()
    page.locator("canvas").evaluate("e => e.scrollIntoView({ block: 'center' })")
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(8):
        page.mouse.move(box["x"] + 30 + 25 * step, box["y"] + 60 + 30 * (step % 2))
    page.mouse.up()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("summary", has_text="Signed")).to_be_visible()


def picture(page: Page, pictures: Path | None, name: str) -> None:
    if pictures is not None:
        page.screenshot(path=pictures / f"driver-{name}.png")


def queued(page: Page, kind: str) -> list[dict[str, Any]]:
    """What waits on the phone of this kind."""
    bodies: list[dict[str, Any]] = page.evaluate(
        """async (kind) => {
          const open = indexedDB.open("doorstep-driver");
          const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
          const ask = db.transaction("entries").objectStore("entries").getAll();
          const all = await new Promise((done) => (ask.onsuccess = () => done(ask.result)));
          db.close();
          const waiting = all.filter((each) => each.kind === kind && each.state === "waiting");
          return waiting.map(({ body }) => body);
        }""",
        kind,
    )
    return bodies


def told(page: Page, shipment: dict[str, Any], text: str) -> None:
    """The recipient writes on the tracking page."""
    form: dict[str, str | float | bool] = {"action_id": uuid4().hex, "lang": "en", "text": text}
    answer = page.request.post(f"{shipment['tracking_url']}/messages", form=form)
    assert answer.ok, answer.text()


def fixes_of(request: Request) -> list[dict[str, Any]]:
    if not request.url.endswith("/v1/driver/positions"):
        return []
    fixes: list[dict[str, Any]] = json.loads(request.post_data or "")["fixes"]
    return fixes


def moved(context: BrowserContext, page: Page) -> None:
    """The van is somewhere else, and the phone, which looks every five seconds, has noted it."""
    before = len(queued(page, "fix"))
    page.clock.fast_forward(6_000)
    for step in range(50):
        place: Geolocation = {**HERE, "latitude": HERE["latitude"] + (step + before * 50) * 1e-7}
        context.set_geolocation(place)
        page.wait_for_timeout(100)
        if len(queued(page, "fix")) > before:
            return
    raise AssertionError(page.locator("#notices").inner_text())


def scanned_by_hand(page: Page, code: str) -> None:
    """A hand scanner: keys faster than any fingers, into whatever has the focus, and Enter."""
    page.evaluate(
        """(code) => {
          const at = document.activeElement;
          for (const key of [...code, "Enter"]) {
            const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
            const isTyped = at.dispatchEvent(pressed) && at instanceof HTMLInputElement;
            const end = at.selectionEnd;
            if (isTyped && key !== "Enter") at.setRangeText(key, end, end, "end");
          }
        }""",
        code,
    )


DRIVING = """() => Object.defineProperty(
    GeolocationCoordinates.prototype, "speed", { get: () => 12 },
)"""
"""Chromium's own positions of a test have no speed."""

BREAKS_ONE_UPLOAD = """() => {
  const ask = window.fetch;
  let isBroken = false;
  window.fetch = (url, options) => {
    if (options?.body instanceof FormData && !isBroken) {
      isBroken = true;
      const { size, type } = options.body.get("file");
      options.body.set("file", new Blob([new Uint8Array(size)], { type }), "proof");
    }
    return ask(url, options);
  };
}"""
"""A file that was destroyed on its way, with the size that was announced."""
