"""Every screen of the driver's app: on a small phone, in large type, in the dark, by ear."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from local.demo.photo import doorstep_jpeg
from tests.browser.axe import violations
from tests.browser.driver.steps import (
    Opened,
    on_the_road,
    picture,
    scanned_by_hand,
    sign,
    signed_in,
    told,
    typed,
)
from tests.browser.test_journey import Delivery

SMALL: Final[ViewportSize] = {"width": 320, "height": 640}
COMMON: Final[ViewportSize] = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Look:
    """A phone and how its owner has set it."""

    viewport: ViewportSize
    scheme: Literal["light", "dark"]
    type_percent: int = 100

    def __str__(self) -> str:
        return f"{self.viewport['width']}-{self.scheme}-{self.type_percent}"


TOO_WIDE: Final = """() => {
  const room = document.documentElement.clientWidth;
  const all = [...document.querySelectorAll("body *:not(.for-ears)")];
  return all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > room + 1)
    .map((e) => e.outerHTML.slice(0, 120));
}"""
"""Elements that reach out of the screen: a driver with one hand cannot scroll sideways."""
TOO_SMALL: Final = """() => [...document.querySelectorAll("button, summary, input, textarea, a")]
  .filter((e) => e.checkVisibility() && !e.classList.contains("for-ears"))
  .filter((e) => e.getBoundingClientRect().height < 44)
  .map((e) => e.outerHTML.slice(0, 120))"""
NAMELESS: Final = """() => [...document.querySelectorAll("button, summary, a, input, textarea")]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
  .map((e) => e.outerHTML.slice(0, 120))"""


def screens(page: Page, shift: Delivery) -> Iterator[str]:
    """Goes through all screens of a day. Each is ready when its name is given."""
    yield "sign-in"
    signed_in(page)
    yield "day"
    page.get_by_role("button", name="Scan parcels").click()
    typed(page, "SOMEBODY-ELSES")
    expect(page.locator(".verdict")).to_contain_text("Not for this van")
    yield "load"
    for name in shift.names:
        typed(page, f"BARCODE-{name}")
        expect(page.locator(".verdict")).to_contain_text("On the van")
    yield "loaded"
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Start the route").click()
    expect(page.locator("#unsent")).to_be_hidden()
    told(page, shift.first, "I am in the garden behind the house. The gate on the left is open.")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("I am in the garden")).to_be_visible()
    page.get_by_text("Navigate").click()
    yield "next"
    page.get_by_role("button", name="All stops").click()
    yield "stops"
    page.get_by_role("button", name="1 new message: Aino Virtanen").click()
    page.get_by_role("button", name="I am at your door.").click()
    expect(page.locator(".bubble.me")).to_be_visible()
    yield "talk"
    page.get_by_role("button", name="Next stop").click()
    page.get_by_role("button", name="I am here").click()
    photo = doorstep_jpeg(random.Random(1))
    page.locator("#photo").set_input_files(
        {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(page.get_by_text("Kept on this phone")).to_be_visible()
    sign(page)
    yield "door"
    page.get_by_role("button", name="Not delivered").click()
    page.get_by_role("button", name="Nobody").first.click()
    yield "fail"
    page.get_by_role("button", name="Save:").click()
    page.get_by_role("button", name="Undo").wait_for()
    yield "undo"
    page.locator("#unsent").click()
    yield "unsent"
    page.get_by_role("button", name="Back").last.click()
    page.get_by_role("button", name="End of shift").click()
    yield "end"
    page.get_by_role("button", name="Unload by scanning").click()
    yield "unload"


@pytest.mark.parametrize(
    "look",
    [Look(SMALL, "light", 200), Look(SMALL, "dark"), Look(COMMON, "light"), Look(COMMON, "dark")],
    ids=str,
)
def test_every_screen_can_be_read_and_tapped(
    phone: Opened,
    shift: Delivery,
    pictures: Path | None,
    look: Look,
) -> None:
    context, page = phone(shift, viewport=look.viewport, color_scheme=look.scheme)
    sizes = {"standard": 16 * look.type_percent // 100}
    context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
    found: dict[str, list[str]] = {}
    for name in screens(page, shift):
        picture(page, pictures, f"{look}-{name}")
        found[name] = [
            *(f"too wide: {each}" for each in page.evaluate(TOO_WIDE)),
            *(f"too small: {each}" for each in page.evaluate(TOO_SMALL)),
            *(f"nameless: {each}" for each in page.evaluate(NAMELESS)),
            *violations(page),
        ]

    assert {name: each for name, each in found.items() if each} == {}


def test_a_screen_reader_is_told_which_screen_it_is_and_what_can_be_done(
    phone: Opened, shift: Delivery
) -> None:
    _, page = phone(shift)
    on_the_road(page, shift)
    told(page, shift.first, "Please ring twice.")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Please ring twice.")).to_be_visible()

    expect(page.locator("body")).to_match_aria_snapshot("""
        - banner:
          - button "Back"
          - heading "Next stop" [level=1]
          - button "On duty (tap to change)"
        - status:
          - 'button "1 new message: Aino Virtanen"'
        - main "Next stop":
          - paragraph: /Stop 1 of 2 · expected/
          - paragraph: Mannerheimintie 12
          - paragraph: Helsinki
          - paragraph: Aino Virtanen
          - paragraph:
            - strong: 1 parcel to take out
          - button /1 new message Please ring twice\\. Customer · now/
          - group: Navigate
        - region "What to do":
          - button "I am here"
          - button "Do later"
          - button "All stops"
    """)
    page.get_by_role("button", name="All stops").click()
    expect(page.locator("main")).to_be_focused()
    expect(page.get_by_role("main", name="All stops")).to_be_visible()


def test_a_hand_scanner_works_whatever_has_the_focus(phone: Opened, shift: Delivery) -> None:
    _, page = phone(shift)
    on_the_road(page, shift)
    page.get_by_role("button", name="I am here").click()
    page.get_by_label("Note").fill("Left with Eino")

    scanned_by_hand(page, f"BARCODE-{shift.names[0]}")

    expect(page.get_by_text("1 of 1")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("Left with Eino")
    assert page.get_by_role("heading", name="At the door").is_visible()


def test_the_screen_stays_on_while_on_duty_and_not_longer(phone: Opened, shift: Delivery) -> None:
    _, page = phone(shift)
    page.evaluate(HELD)
    on_the_road(page, shift)
    page.wait_for_function("() => window.held.length === 1 && !window.held[0].released")

    page.get_by_role("button", name="On duty").click()

    page.wait_for_function("() => window.held[0].released")


HELD: Final = """() => {
  window.held = [];
  const ask = WakeLock.prototype.request;
  WakeLock.prototype.request = async function (...given) {
    const lock = await ask.apply(this, given);
    window.held.push(lock);
    return lock;
  };
}"""
"""Writes down the browser's locks on the screen."""
