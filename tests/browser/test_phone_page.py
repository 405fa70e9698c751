"""“Add a phone” in a real browser: a camera reads its codes, and everybody can use it."""

import io
from contextlib import closing
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.test_journey import Delivery, doorstep  # noqa: F401 - the stack of this module


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_camera_reads_the_codes_of_all_apps(
    doorstep: dict[str, Any],  # noqa: F811
    open_page: OpenPage,
    viewport: dict[str, int],
) -> None:
    with closing(Delivery(doorstep)) as delivery:
        driver = delivery.office.post("/v1/drivers", {"name": "Matti"})
        path = f"/v1/drivers/{driver['id']}/devices"
        made = delivery.office.post(path, {"label": "Pixel 8"})

    page = open_page(made["link"], viewport=viewport, device_scale_factor=2)

    assert violations(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"]
    read = []
    for code in page.locator(".code").all():
        picture = Image.open(io.BytesIO(code.screenshot()))
        read += [found.text for found in zxingcpp.read_barcodes(picture)]
    traccar, owntracks, overland = read
    assert traccar.startswith(f"{made['addresses']['osmand']}?id={made['id']}&interval=15")
    assert owntracks.startswith("owntracks:///config?inline=")
    assert overland.startswith("overland://setup?url=")
