"""Members before the console. One stack serves all of these tests; each role signs in once."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.test_journey import running_doorstep

DESK: ViewportSize = {"width": 1280, "height": 800}
TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREENS = [DESK, TABLET, PHONE]
TRIES = 100
EVERY_MS = 100

OpenConsole = Callable[..., Page]


@pytest.fixture(scope="package")
def doorstep() -> Iterator[dict[str, Any]]:
    with running_doorstep() as facts:
        yield facts


def links_to(doorstep: dict[str, Any], email: str) -> list[str]:
    """All links that were sent to this address, the newest first."""
    with urllib.request.urlopen(f"{doorstep['inbox_url']}.json") as inbox:  # noqa: S310 - our own
        letters = json.load(inbox)["letters"]
    texts = [each["text"] for each in letters if each["recipient"] == email]
    found = (re.search(r"http\S+/sign-in/\S+", text) for text in texts)
    return [link[0] for link in found if link]


def asked_for(page: Page, doorstep: dict[str, Any], email: str) -> str:
    """The link that comes after this address was entered into the form that the page shows."""
    before = len(links_to(doorstep, email))
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send me a link").click()
    for _ in range(TRIES):
        found = links_to(doorstep, email)
        if len(found) > before:
            return found[0]
        page.wait_for_timeout(EVERY_MS)
    raise AssertionError(email)


@pytest.fixture(scope="package")
def signed_in(browser: Browser, doorstep: dict[str, Any]) -> Callable[[str], Any]:
    """The cookies of a member with this role, who signs in once for all tests."""
    states: dict[str, Any] = {}

    def of(role: str) -> Any:
        if role not in states:
            context = browser.new_context(locale="en")
            page = context.new_page()
            page.goto(doorstep["console_url"])
            page.goto(asked_for(page, doorstep, doorstep["members"][role]))
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/console/**")
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return of


@pytest.fixture
def open_console(
    browser: Browser, doorstep: dict[str, Any], signed_in: Callable[[str], Any]
) -> Iterator[OpenConsole]:
    """Opens a path of the console as a member with a role. No script of it may fail."""
    problems: list[str] = []
    contexts = []

    def opened(path: str, role: str | None = "dispatcher", **more: Any) -> Page:
        state = signed_in(role) if role else None
        given: dict[str, Any] = {"viewport": DESK, "locale": "en", "storage_state": state} | more
        context = browser.new_context(**given)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda said: (
                problems.append(said.text) if "Content Security Policy" in said.text else None
            ),
        )
        page.goto(f"{doorstep['base_url']}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []
