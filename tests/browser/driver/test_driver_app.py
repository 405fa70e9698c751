"""The driver's app in a real browser: a stop in a cellar, scanned labels, a conflict."""

import io
import json
import random
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
import segno
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from chalicelib.pages.labels.codes import bars_of
from local.demo.photo import doorstep_jpeg
from tests.browser.axe import violations
from tests.browser.conftest import CHROMIUM_NAMES, PHONE
from tests.browser.driver.steps import (
    Opened,
    fixes_of,
    invitation_of,
    moved,
    on_the_road,
    picture,
    queued,
    scanned_by_hand,
    sign,
    signed_in,
    typed,
)
from tests.browser.test_journey import Delivery

NUMBER: Final = "00340434161094042557"


def test_a_link_signs_nobody_in_before_the_tap(phone: Opened, shift: Delivery) -> None:
    _, page = phone(shift)

    expect(page.get_by_text("It works once.")).to_be_visible()
    assert violations(page) == []
    signed_in(page)

    assert "code" not in page.url
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_loading_says_at_once_what_is_missing_and_what_does_not_belong(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    _, page = phone(shift)
    signed_in(page)
    page.get_by_role("button", name="Scan parcels").click()

    expect(page.get_by_text("Still missing: 2")).to_be_visible()
    typed(page, "SOMEBODY-ELSES")
    expect(page.locator(".verdict")).to_contain_text("Not for this van")
    picture(page, pictures, "load")
    page.locator("body").click(position={"x": 5, "y": 400})
    page.evaluate("document.activeElement.blur()")
    scanned_by_hand(page, f"BARCODE-{shift.names[0]}")

    expect(page.locator(".verdict")).to_contain_text("On the van")
    expect(page.get_by_text("Still missing: 1")).to_be_visible()
    assert violations(page) == []


def test_a_whole_stop_in_a_cellar_arrives_exactly_once(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    context, page = phone(shift)
    page.clock.install()
    on_the_road(page, shift)
    picture(page, pictures, "stop")
    assert violations(page) == []

    context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    for _ in range(5):
        moved(context, page)
    photo = doorstep_jpeg(random.Random(1))
    page.locator("#photo").set_input_files(
        {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(page.get_by_text("Kept on this phone")).to_be_visible()
    sign(page)
    page.get_by_label("Received by").fill("Aino")
    picture(page, pictures, "proof")
    assert violations(page) == []
    page.reload()  # the phone closed the app, in the cellar
    expect(page.get_by_text("No network.")).to_be_visible()
    page.get_by_role("button", name="Next stop").click()
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Kept on this phone")).to_be_visible()
    expect(page.get_by_label("Received by")).to_have_value("Aino")
    page.get_by_role("button", name="Delivered", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    picture(page, pictures, "offline")
    page.reload()
    expect(page.locator("#unsent")).to_contain_text("2 actions wait on this phone. 2 pictures")

    fixes = queued(page, "fix")
    assert len(fixes) >= 5
    sent: list[dict[str, Any]] = []
    page.on("request", lambda request: sent.extend(fixes_of(request)))
    context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

    assert [sent.count(fix) for fix in fixes] == [fixes.count(fix) for fix in fixes]
    again = shift.van.post("/v1/driver/positions", {"fixes": fixes})
    assert (again["accepted"], again["duplicates"]) == (0, len(fixes))
    made = shift.office.get(f"/v1/shipments/{shift.first['id']}")
    assert (made["status"], made["attempts"]) == ("delivered", 1)
    assert made["last_attempt"]["received_by"] == "Aino"
    proofs = shift.office.get(f"/v1/shipments/{shift.first['id']}/proofs")["data"]
    assert len(proofs) == 2
    page.reload()
    expect(page.locator("#unsent")).to_be_hidden()
    after = shift.office.get(f"/v1/shipments/{shift.first['id']}")
    assert (after["status"], after["attempts"]) == ("delivered", 1)


def test_what_the_office_refuses_comes_back_with_a_way_out(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    context, page = phone(shift)
    on_the_road(page, shift)
    context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Not delivered").click()
    page.get_by_role("button", name="Nobody").first.click()
    page.get_by_role("button", name="Save:").click()
    page.get_by_role("button", name="Undo").wait_for()
    shift.hand_over()  # meanwhile another phone of this driver delivers
    refusal = json.dumps({"status": 409, "code": "illegal_transition", "detail": "It is over."})
    problem = "application/problem+json"
    context.route(
        "**/v1/driver/stops/*/fail",
        lambda route: route.fulfill(status=409, body=refusal, content_type=problem),
    )

    context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("came back", timeout=20_000)
    page.locator("#unsent").click()

    expect(page.get_by_text("Call your dispatcher, who can correct it.")).to_be_visible()
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    picture(page, pictures, "conflict")
    assert violations(page) == []
    made = shift.office.get(f"/v1/shipments/{shift.first['id']}")
    assert made["status"] == "delivered"


def test_an_outcome_can_be_undone_before_it_is_sent(phone: Opened, shift: Delivery) -> None:
    _, page = phone(shift)
    on_the_road(page, shift)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Delivered", exact=True).click()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", name="At the door")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()
    made = shift.office.get(f"/v1/shipments/{shift.first['id']}")
    assert (made["status"], made["attempts"]) == ("arrived", 0)


def test_a_phone_that_was_signed_out_says_so_and_keeps_its_work(
    phone: Opened, shift: Delivery
) -> None:
    context, page = phone(shift)
    on_the_road(page, shift)
    context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    route = shift.office.get(f"/v1/shipments/{shift.first['id']}")["route_id"]
    driver = shift.office.get(f"/v1/routes/{route}")["driver_id"]
    shift.office.post(f"/v1/drivers/{driver}/sign-out")

    context.set_offline(False)
    expect(page.get_by_text("This phone was signed out.")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("Not sent yet: 1")).to_be_visible()
    code = shift.office.post(f"/v1/drivers/{driver}/invitations")["code"]
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Start as the driver").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

    assert shift.office.get(f"/v1/shipments/{shift.first['id']}")["status"] == "arrived"


def frame(kind: str) -> Image.Image:
    """A label before the camera."""
    image = Image.new("RGB", (640, 480), "#9a9184")
    if kind == "QR":
        drawn = io.BytesIO()
        segno.make(NUMBER, micro=False).save(drawn, kind="png", scale=8, border=4)
        code = Image.open(drawn).convert("RGB")
    else:
        bars = bars_of(NUMBER)
        assert bars is not None
        code = Image.new("RGB", (bars.width * 3 + 60, 180), "white")
        draw = ImageDraw.Draw(code)
        for at, width in bars.bars:
            draw.rectangle((30 + at * 3, 20, 30 + (at + width) * 3 - 1, 160), fill="black")
    image.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    return image


@pytest.mark.parametrize("kind", ["QR", "Code 128"])
def test_the_camera_reads_labels(
    shift: Delivery, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    film = tmp_path / "label.mjpeg"
    jpeg = io.BytesIO()
    frame(kind).save(jpeg, "JPEG", quality=90)
    film.write_bytes(jpeg.getvalue() * 2)
    link = invitation_of(shift)
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    engine = request.getfixturevalue("browser").browser_type
    chromium = engine.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    with closing(chromium):
        page = chromium.new_context(viewport=PHONE, locale="en").new_page()
        page.goto(link)
        signed_in(page)
        page.get_by_role("button", name="Scan parcels").click()
        page.get_by_role("button", name="Camera").click()
        expect(page.locator(".verdict")).to_contain_text(NUMBER, timeout=15_000)
        expect(page.locator(".verdict")).to_contain_text("Not for this van")
