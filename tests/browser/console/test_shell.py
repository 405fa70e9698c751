"""The frame of the console and its list of shipments: for everybody, on every screen."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.axe import violations
from tests.browser.console.conftest import SCREENS, OpenConsole
from tests.browser.test_journey import Delivery


@pytest.fixture(scope="module")
def delivery(doorstep: dict[str, Any]) -> Iterator[Delivery]:
    """A shipment on today's route."""
    with closing(Delivery(doorstep)) as made:
        yield made


def loaded(page: Page) -> Page:
    expect(page.locator("#found")).not_to_have_text("Loading …")
    return page


def at_the_hub(page: Page) -> Page:
    """The list of the hub that the delivery starts from, which is not the first one."""
    hub = page.locator("#hub option", has_text="Kamppi").last.get_attribute("value")
    page.get_by_label("Hub").select_option(hub)
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator("#found")).to_contain_text("on the routes of Kamppi")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", SCREENS, ids=lambda size: str(size["width"]))
def test_everybody_can_use_the_list_and_one_shipment(
    open_console: OpenConsole,
    delivery: Delivery,
    viewport: ViewportSize,
    scheme: str,
    pictures: Path | None,
) -> None:
    page = open_console("/console/shipments", viewport=viewport, color_scheme=scheme)
    at_the_hub(loaded(page))
    found, widths = violations(page), [page.evaluate("document.documentElement.scrollWidth")]
    name = f"console-{viewport['width']}-{scheme}"
    if pictures:
        page.screenshot(path=pictures / f"{name}-shipments.png")
    page.locator("tbody a").first.click()
    expect(page.locator("#story time").first).to_be_visible()
    expect(page.locator("#links a")).to_be_visible()
    found += violations(page)
    widths += [page.evaluate("document.documentElement.scrollWidth")]
    if pictures:
        page.screenshot(path=pictures / f"{name}-shipment.png")

    assert found == []
    assert max(widths) <= viewport["width"]


@pytest.mark.parametrize("colours", ["none", "active"])
def test_colours_of_ones_own_leave_a_state_its_word_and_shape(
    open_console: OpenConsole, delivery: Delivery, colours: str
) -> None:
    page = at_the_hub(loaded(open_console("/console/shipments", forced_colors=colours)))

    shape = page.locator("tbody .shape").first

    expect(page.locator("tbody .state").first).to_have_text("Created")
    assert shape.evaluate("(each) => getComputedStyle(each).borderTopStyle") == "solid"


def test_all_of_it_works_by_keyboard(open_console: OpenConsole, delivery: Delivery) -> None:
    page = at_the_hub(loaded(open_console("/console/shipments")))

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("details.me summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_hidden()
    expect(page.locator("details.me summary")).to_be_focused()
    page.locator("tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#story time").first).to_be_visible()


def test_a_shipper_sees_its_own_shipments_and_no_hub(
    open_console: OpenConsole, delivery: Delivery
) -> None:
    page = loaded(open_console("/console/shipments", role="shipper"))

    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Views")).not_to_contain_text("Planning")
    expect(page.locator("#day")).to_have_count(0)


def test_a_search_that_finds_nothing_says_so(open_console: OpenConsole) -> None:
    page = loaded(open_console("/console/shipments"))

    page.get_by_label("Reference, barcode or id").fill("NO-SUCH-PARCEL")
    page.keyboard.press("Enter")

    expect(page.locator("#empty")).to_contain_text("Nothing found")
    expect(page.locator("#empty")).to_contain_text("NO-SUCH-PARCEL")
    assert violations(page) == []


def test_without_a_network_the_page_says_how_old_it_is_and_goes_on_when_it_is_back(
    open_console: OpenConsole, delivery: Delivery
) -> None:
    page = loaded(open_console("/console/shipments"))

    page.context.set_offline(True)
    page.get_by_label("Status").select_option("delivered")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#offline")).to_contain_text("No connection")
    expect(page.locator("#empty")).to_contain_text("no connection to the server")
    assert violations(page) == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Search").click()

    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#empty")).not_to_contain_text("no connection")


def test_what_is_not_there_is_a_page_that_says_so(open_console: OpenConsole) -> None:
    page = open_console(f"/console/shipments/shp_{'0' * 26}")

    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    assert violations(page) == []
