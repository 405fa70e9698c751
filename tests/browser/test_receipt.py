"""Receipts in a browser: readable, complete without a network, and of one page when printed."""

import base64
from pathlib import Path

import pytest

from chalicelib.pages.receipts.receipt import embedded, receipt_of
from chalicelib.pages.rendering import STATIC, asset_names, render
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.support.builders import make_shipper
from tests.support.pictures import jpeg
from tests.support.sealing import allow, seal, sealing_van
from tests.support.vans import report, work
from tests.unit.pages.receipts.test_receipt import evidence_of


@pytest.fixture
def html() -> str:
    carrier = sealing_van()
    carrier.shippers.put(make_shipper())
    proof = allow(carrier, content=jpeg(640, 480))
    work(carrier, report(proof_ids=(proof,), received_by="Aino " + "Virtanen-Korhonen " * 3))
    seal(carrier)
    evidence = evidence_of(carrier)
    return render(
        "receipt.html",
        receipt=receipt_of(evidence, embedded(evidence.files)),
        style=(STATIC / asset_names()["receipt.css"]).read_text("utf-8"),
        keys_url="https://track.example/evidence/keys",
    )


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_receipt_is_accessible_and_fits(
    html: str, open_page: OpenPage, pictures: Path | None, viewport: dict[str, int]
) -> None:
    address = f"data:text/html;base64,{base64.b64encode(html.encode()).decode()}"

    page = open_page(address, viewport=viewport)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.images[0].naturalWidth") == 640
    if pictures:
        page.screenshot(path=pictures / f"receipt-{viewport['width']}.png", full_page=True)


def test_a_receipt_of_one_visit_is_one_page_of_paper(html: str, open_page: OpenPage) -> None:
    address = f"data:text/html;base64,{base64.b64encode(html.encode()).decode()}"

    printed = open_page(address).pdf(format="A4", prefer_css_page_size=True)

    assert printed.count(b"/Type /Page\n") == 1
