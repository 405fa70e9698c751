"""The driver's app in other languages: long words and a script from right to left fit a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chalicelib.catalogues import locale_of
from tests.browser.axe import violations
from tests.browser.driver.steps import Opened, picture
from tests.browser.driver.test_driver_screens import NAMELESS, SMALL, TOO_SMALL, TOO_WIDE
from tests.browser.test_journey import Delivery

TOO_WIDE_TO_THE_LEFT = """() => [...document.querySelectorAll("body *:not(.for-ears)")]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().left < -1)
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("tag", ["ar", "pl", "fr"])
def test_each_screen_fits_in_each_language(
    phone: Opened, shift: Delivery, pictures: Path | None, tag: str
) -> None:
    locale = locale_of(tag)
    _, page = phone(shift, viewport=SMALL, locale=tag)
    found: dict[str, list[str]] = {}

    def look(screen: str) -> None:
        picture(page, pictures, f"{tag}-{screen}")
        scripts = (TOO_WIDE, TOO_WIDE_TO_THE_LEFT, TOO_SMALL, NAMELESS)
        seen = [each for script in scripts for each in page.evaluate(script)]
        found[screen] = [*seen, *violations(page)]

    def tap(name: str) -> None:
        page.get_by_role("button", name=locale.form(f"driver.{name}"), exact=True).click()

    def shown(name: str) -> None:
        button = page.get_by_role("button", name=locale.form(f"driver.{name}"), exact=True)
        expect(button.last).to_be_visible()

    tap("in.go")
    expect(page.get_by_role("heading", name=locale.form("driver.day.title"))).to_be_visible()
    look("day")
    tap("day.load")
    for name in shift.names:
        page.locator("#typed-code").fill(f"BARCODE-{name}")
        tap("load.enter")
        expect(page.locator(".verdict")).to_contain_text(locale.form("driver.scan.loaded"))
    look("load")
    tap("load.done")
    tap("day.start")
    shown("stop.here")
    look("next")
    tap("stop.all")
    shown("stop.title")
    look("stops")
    tap("stop.title")
    tap("stop.here")
    shown("door.fail")
    look("door")
    tap("door.fail")
    shown("back")
    look("fail")

    assert _direction(page) == locale.direction
    assert {name: each for name, each in found.items() if each} == {}


def _direction(page: Page) -> str:
    direction: str = page.evaluate("getComputedStyle(document.documentElement).direction")
    return direction
