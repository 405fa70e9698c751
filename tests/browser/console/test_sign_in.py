"""Signing in by e-mail in a real browser: with and without a script, once, in place, and out."""

from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.axe import violations
from tests.browser.console.conftest import SCREENS, OpenConsole, asked_for, links_to


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", SCREENS, ids=lambda size: str(size["width"]))
def test_everybody_can_use_the_door(
    open_console: OpenConsole, viewport: ViewportSize, scheme: str
) -> None:
    page = open_console("/console/sign-in", role=None, viewport=viewport, color_scheme=scheme)
    found = violations(page)
    page.get_by_label("E-mail address").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("name@example.com")
    found += violations(page)
    page.get_by_label("E-mail address").fill("nobody@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look into your inbox")).to_be_visible()
    found += violations(page)

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("context", [{}, {"java_script_enabled": False}], ids=["script", "none"])
def test_a_link_signs_in_once_and_leads_where_one_wanted_to_go(
    open_console: OpenConsole, doorstep: dict[str, Any], context: dict[str, Any]
) -> None:
    page = open_console("/console/shipments", role=None, **context)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    page.goto(asked_for(page, doorstep, doorstep["members"]["manager"]))
    link = page.url
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"{doorstep['base_url']}/console/shipments")
    expect(page.get_by_role("heading", name="Shipments", exact=True)).to_be_visible()
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    assert "__Host-doorstep" not in page.evaluate("document.cookie")
    elsewhere = open_console(link.removeprefix(doorstep["base_url"]), None, user_agent="Another")
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("alert")).to_contain_text("does not work any more")


def test_nobody_learns_whether_an_address_is_a_members(
    open_console: OpenConsole, doorstep: dict[str, Any]
) -> None:
    shown = []
    for email in ("stranger@example.com", doorstep["members"]["admin"]):
        page = open_console("/console/sign-in", role=None)
        page.get_by_label("E-mail address").fill(email)
        page.get_by_role("button", name="Send me a link").click()
        expect(page.get_by_role("heading", name="Look into your inbox")).to_be_visible()
        shown.append(page.locator("main").inner_text().replace(email, ""))

    assert shown[0] == shown[1]
    assert links_to(doorstep, "stranger@example.com") == []


def test_signed_out_here_is_signed_out_and_back_shows_nothing(
    open_console: OpenConsole, doorstep: dict[str, Any]
) -> None:
    page = open_console("/console/sign-in", role=None)
    page.goto(asked_for(page, doorstep, doorstep["members"]["admin"]))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/live")

    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    page.goto(doorstep["console_url"])
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_session_that_ends_at_work_loses_no_text(
    open_console: OpenConsole, doorstep: dict[str, Any]
) -> None:
    page = open_console("/console/sign-in", role=None)
    email = doorstep["members"]["shipper"]
    page.goto(asked_for(page, doorstep, email))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#found")).not_to_have_text("Loading …")
    page.context.clear_cookies()

    search = page.get_by_label("Reference, barcode or id")
    search.fill("KUU-48")
    page.get_by_role("button", name="Search").click()
    dialog = page.get_by_role("dialog", name="You are signed out")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    link = asked_for(page, doorstep, email)
    expect(dialog.get_by_role("status")).to_contain_text("a link is on its way")
    tab = page.context.new_page()
    tab.goto(link)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/console/**")
    tab.close()

    expect(dialog).to_be_hidden()
    expect(search).to_have_value("KUU-48")
    expect(page.locator("#empty")).to_contain_text("KUU-48")
