"""The reference in a real Chromium: nothing for axe to find, nothing that is too wide."""

from typing import Final, Literal

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.support.stage import Stage

PAGES: Final = ["/docs", "/docs/errors"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_reference(
    stage: Stage, open_page: OpenPage, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = open_page(f"{stage.base_url}{path}", viewport=DESK, color_scheme=scheme)

    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_the_reference_fits_on_a_phone(stage: Stage, open_page: OpenPage, path: str) -> None:
    page = open_page(f"{stage.base_url}{path}", viewport=PHONE)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
