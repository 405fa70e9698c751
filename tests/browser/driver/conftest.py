"""A driver with a route and a phone before the app. One stack serves all of these tests."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import PHONE
from tests.browser.driver.steps import HERE, Opened, invitation_of
from tests.browser.test_journey import Delivery, running_doorstep


@pytest.fixture(scope="package")
def doorstep() -> Iterator[dict[str, Any]]:
    with running_doorstep() as facts:
        yield facts


@pytest.fixture
def shift(doorstep: dict[str, Any]) -> Iterator[Delivery]:
    with closing(Delivery(doorstep)) as delivery:
        yield delivery


@pytest.fixture
def phone(browser: Browser, doorstep: dict[str, Any]) -> Iterator[Opened]:
    """Opens the app as a driver's phone does. No script of it may fail."""
    problems: list[str] = []
    contexts = []

    def opened(shift: Delivery, **more: Any) -> tuple[BrowserContext, Page]:
        context = browser.new_context(
            geolocation=HERE,
            permissions=["geolocation", "camera", "screen-wake-lock"],
            **({"locale": "en", "viewport": PHONE} | more),
        )
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
        page.goto(invitation_of(shift))
        return context, page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []
