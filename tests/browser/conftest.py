"""A real Chromium before the page routes. No page may have errors or ask anybody else."""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from local.demo import streets
from tests.browser.serving import serving
from tests.support.stage import Stage

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 860}
TILES = "https://tile.openstreetmap.org/"  # what a stack without demo shows; answered right here
ALLOWED = ("http://127.0.0.1:", "data:", TILES)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

TILE = base64.b64decode(
    "R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="  # one white pixel
)

OpenPage = Callable[..., Page]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", type=Path, help="a folder for pictures of the pages")


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures are kept; None: nowhere."""
    folder: Path | None = request.config.getoption("--pictures")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def served() -> Iterator[Stage]:
    streets.load()  # draws the streets that the map lies on, once
    with serving(Stage()) as stage:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Stage:
    served.views_by_token.clear()
    return served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    with sync_playwright() as playwright:
        # --no-sandbox: CI runs as root in a container
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens an address; at the end of the test nothing may have gone wrong on any page."""
    problems: list[str] = []
    contexts = []

    def watch(page: Page, allowed_status: tuple[int, ...], expected_error: str | None) -> None:
        page.on(
            "pageerror",
            lambda error: (
                None if error.message == expected_error else problems.append(f"script: {error}")
            ),
        )
        page.on(
            "console",
            lambda message: (
                problems.append(f"console: {message.text}")
                if message.type in {"error", "warning"}
                and not any(f"status of {status}" in message.text for status in allowed_status)
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                problems.append(f"foreign: {request.url}")
                if not request.url.startswith(ALLOWED)
                else None
            ),
        )

    def open_page(
        url: str,
        *,
        allowed_status: tuple[int, ...] = (),
        expected_error: str | None = None,
        has_test_clock: bool = False,
        viewport: ViewportSize = PHONE,
        **context: Any,
    ) -> Page:
        opened = browser.new_context(**{"viewport": viewport, "locale": "en"} | context)
        contexts.append(opened)
        opened.route(f"{TILES}**", lambda route: route.fulfill(status=200, body=TILE))
        page = opened.new_page()
        page.set_default_timeout(15_000)
        watch(page, allowed_status, expected_error)
        if has_test_clock:
            page.clock.install()
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []
