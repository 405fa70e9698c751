"""Labels, printed and scanned: a scanner reads the barcode, whatever else is on the label."""

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.browser.axe import violations
from tests.browser.conftest import OpenPage
from tests.browser.test_journey import Delivery, doorstep  # noqa: F401 - the stack of this module
from tests.support.tracking_views import DOOR

LONG = "Mannerheimintie 12 B 34, c/o Osuuskunta Pitkä Nimi ja Kumppanit, 4. kerros, vasen ovi"
BARCODES = ["00340434161094042557", "JD014600006281230701", "LONG-" * 9]


@pytest.fixture
def order() -> dict[str, Any]:
    return {
        "reference": "A very long reference of a shop 1234567890",
        "recipient": {"name": "Aino-Maria " + "Virtanen-Korhonen " * 4},
        "address": {
            "lines": [LONG, LONG],
            "city": "Helsinki",
            "postal_code": "00100",
            "country": "FI",
            "time_zone": "Europe/Helsinki",
            "instructions": "Ring twice, then wait. " * 20,
            "lat_deg": DOOR.lat_deg,
            "lon_deg": DOOR.lon_deg,
        },
        "parcels": [{"barcode": code, "description": "Books " * 20} for code in BARCODES],
    }


@pytest.mark.parametrize("texts", ["long", "short"])
def test_scanners_read_the_barcodes_of_all_labels(
    doorstep: dict[str, Any],  # noqa: F811
    order: dict[str, Any],
    open_page: OpenPage,
    texts: str,
) -> None:
    delivery = Delivery(doorstep)
    if texts == "short":
        order["recipient"]["name"], order["address"]["lines"] = "Aino Virtanen", ["Kuja 1"]
        del order["address"]["instructions"]
    order["reference"] += texts
    made = delivery.shop.post("/v1/shipments", order)

    page = open_page(
        f"{doorstep['base_url']}/v1/shipments/{made['id']}/label",
        extra_http_headers={"Authorization": f"Bearer {doorstep['keys']['shipper']}"},
        viewport={"width": 420, "height": 1_900},
        device_scale_factor=3,
    )

    assert violations(page) == []
    labels = page.locator(".label")
    assert labels.count() == len(BARCODES)
    for place, code in enumerate(BARCODES):
        label = labels.nth(place)
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(label.screenshot())))
        assert {each.text for each in found} == {code}
        kinds = {each.format.name for each in found}
        assert kinds == ({"QRCode"} if len(code) > 40 else {"QRCode", "Code128"})
        size = label.bounding_box()
        assert size is not None
        assert size["height"] / size["width"] == pytest.approx(1.5, abs=0.01)
        assert label.evaluate("e => e.scrollHeight <= e.clientHeight")
        assert label.get_by_text("00100").is_visible()
        below, notes = (label.locator(each).bounding_box() for each in (".city", ".codes"))
        assert below is not None
        assert notes is not None
        assert below["y"] + below["height"] <= notes["y"]
    delivery.close()
