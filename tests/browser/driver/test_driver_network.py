"""No network, half a network, two phones: what a driver did arrives once."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.axe import violations
from tests.browser.conftest import PHONE
from tests.browser.driver.shifts import a_shift
from tests.browser.driver.steps import (
    Opened,
    fixes_of,
    invitation_of,
    moved,
    photographed,
    picture,
    queued,
    signed_in,
    typed,
)
from tests.browser.test_journey import Delivery


def loaded(page: Page, shift: Delivery) -> None:
    page.get_by_role("button", name="Scan parcels").click()
    for name in shift.names:
        typed(page, f"BARCODE-{name}")
        expect(page.locator(".verdict")).to_contain_text("On the van")
    page.get_by_role("button", name="Done").click()


def delivered(page: Page) -> None:
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Delivered", exact=True).click()
    page.get_by_role("button", name="Undo").wait_for()


def test_a_route_that_is_started_without_a_network_keeps_its_whole_track(
    phone: Opened, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    with a_shift(doorstep, [{}], [{}]) as shift:
        context, page = phone(shift)
        page.clock.install()
        signed_in(page)
        context.set_offline(True)
        loaded(page, shift)
        page.get_by_role("button", name="Start the route").click()
        expect(page.get_by_role("heading", name="Next stop")).to_be_visible()
        for _ in range(3):
            moved(context, page)
        page.reload()  # the phone closed the app on the way
        expect(page.get_by_text("On the road")).to_be_visible()
        page.get_by_role("button", name="Next stop").click()
        moved(context, page)
        delivered(page)
        picture(page, pictures, "offline-start")
        fixes = queued(page, "fix")
        assert len(fixes) >= 4
        order: list[str] = []
        sent: list[dict[str, Any]] = []
        page.on("request", lambda request: order.append(step_of(request)))
        page.on("request", lambda request: sent.extend(fixes_of(request)))

        context.set_offline(False)
        page.clock.run_for(11_000)
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

        steps = [step for step in order if step]
        assert steps.index("scans") < steps.index("start") < steps.index("positions")
        assert sent[: len(fixes)] == fixes
        again = shift.van.post("/v1/driver/positions", {"fixes": fixes})
        assert (again["accepted"], again["duplicates"]) == (0, len(fixes))
        assert shift.state_of()["status"] == "delivered"
        page.get_by_role("button", name="All stops").click()
        page.get_by_role("button", name="End of shift").click()
        expect(page.get_by_text("are with the office")).to_be_visible()
        expect(page.get_by_text("not taken")).to_have_count(0)


def step_of(request: Request) -> str:
    found = re.search(r"/v1/driver/(?:route/)?(scans|start|positions)$", request.url)
    return found[1] if found else ""


def test_the_app_is_closed_during_an_upload_and_the_picture_arrives_once(
    phone: Opened, doorstep: dict[str, Any]
) -> None:
    with a_shift(doorstep, [{}], [{}]) as shift:
        context, page = phone(shift)
        signed_in(page)
        loaded(page, shift)
        page.get_by_role("button", name="Start the route").click()
        begun: list[Route] = []
        context.route(lambda url: "/v1/" not in url and "/static/" not in url, begun_only(begun))
        page.get_by_role("button", name="I am here").click()
        photographed(page)
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        page.get_by_role("button", name="Delivered", exact=True).click()
        expect(page.locator("#unsent")).to_have_text(
            "⇅1 picture waits on this phone.", timeout=20_000
        )
        for _ in range(100):
            if begun:
                break
            page.wait_for_timeout(100)
        assert begun
        page.close()

        context.unroute_all()
        page = context.new_page()
        page.goto(f"{doorstep['base_url']}/driver")
        expect(page.get_by_role("heading", name="Today")).to_be_visible()
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
        for _ in range(100):
            (proof,) = shift.proofs_of()
            if proof["state"] == "accepted":
                break
            page.wait_for_timeout(200)
        assert proof["state"] == "accepted"
        assert (shift.state_of()["status"], shift.state_of()["attempts"]) == ("delivered", 1)


def begun_only(begun: list[Route]) -> Any:
    """An upload that never ends."""

    def handle(route: Route) -> None:
        if route.request.method == "POST":
            begun.append(route)
        else:
            route.continue_()

    return handle


def test_two_phones_of_one_driver_agree(phone: Opened, doorstep: dict[str, Any]) -> None:
    with a_shift(doorstep, [{}], [{}], [{}]) as shift:
        first_context, first = phone(shift)
        signed_in(first)
        loaded(first, shift)
        first.get_by_role("button", name="Start the route").click()
        expect(first.locator("#unsent")).to_be_hidden()
        _, second = phone(shift)
        signed_in(second)
        expect(second.get_by_text("On the road")).to_be_visible()
        second.get_by_role("button", name="Next stop").click()

        first_context.set_offline(True)
        delivered(first)
        delivered(second)
        second.get_by_role("button", name="I am here").click()
        second.get_by_role("button", name="Not delivered").click()
        second.get_by_role("button", name="Nobody").first.click()
        second.get_by_role("button", name="Save:").click()
        expect(second.locator("#unsent")).to_be_hidden(timeout=20_000)
        delivered(first)
        first_context.set_offline(False)
        expect(first.locator("#unsent")).to_be_hidden(timeout=30_000)

        # The same twice is one delivery. What one tried in vain and the other handed over is two.
        made = [shift.state_of(number) for number in (0, 1)]
        assert [each["status"] for each in made] == ["delivered", "delivered"]
        assert [each["attempts"] for each in made] == [1, 2]
        for page in (first, second):
            page.evaluate("dispatchEvent(new Event('online'))")
            expect(page.get_by_text("Mannerheimintie 14")).to_be_visible()
            expect(page.get_by_role("heading", name="Your plan has changed")).to_have_count(0)
            page.get_by_role("button", name="All stops").click()
            expect(page.locator(".stops .gone")).to_have_count(2)


def test_a_refused_position_is_told_and_the_work_goes_on(
    browser: Browser, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    with a_shift(doorstep, [{}], [{}]) as shift:
        context = browser.new_context(viewport=PHONE, locale="en", permissions=[])
        page = context.new_page()
        page.goto(invitation_of(shift))
        signed_in(page)
        loaded(page, shift)
        page.get_by_role("button", name="Start the route").click()

        expect(page.locator("#notices")).to_contain_text("Your position is not allowed.")
        picture(page, pictures, "position-refused")
        assert violations(page) == []
        delivered(page)
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
        assert shift.state_of()["status"] == "delivered"
        context.close()


def test_an_invitation_that_was_used_says_so_and_one_waits_for_a_network(
    phone: Opened, browser: Browser, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    with a_shift(doorstep, [{}]) as shift:
        context, page = phone(shift, viewport={"width": 360, "height": 740})
        link = page.url
        page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
        context.set_offline(True)
        page.get_by_role("button", name="Start as the driver").click()
        expect(page.get_by_role("alert")).to_have_text("No network.")
        picture(page, pictures, "sign-in-offline")
        assert violations(page) == []
        context.set_offline(False)
        signed_in(page)

        another = browser.new_context(viewport=PHONE, locale="en", user_agent="another phone")
        other = another.new_page()
        other.goto(link)
        other.get_by_role("button", name="Start as the driver").click()
        expect(other.get_by_role("alert")).to_contain_text("Ask for a new one.")
        picture(other, pictures, "code-used")
        another.close()


def test_a_start_that_comes_back_records_no_positions_in_vain(
    phone: Opened, shift: Delivery
) -> None:
    """Another phone has unloaded the van: the office starts nothing."""
    context, page = phone(shift)
    page.clock.install()
    signed_in(page)
    loaded(page, shift)
    expect(page.locator("#unsent")).to_be_hidden()
    scans = [
        {"action_id": f"off-{name}", "barcode": f"BARCODE-{name}", "scanned_at": shift._now()}
        for name in shift.names
    ]
    context.set_offline(True)
    shift.van.post("/v1/driver/unloads", {"scans": scans})
    page.get_by_role("button", name="Start the route").click()
    moved(context, page)
    context.set_offline(False)

    expect(page.locator("#unsent")).to_contain_text("1 came back", timeout=20_000)
    page.locator("#unsent").click()
    expect(page.get_by_text("No parcel is on the van yet.")).to_be_visible()
    page.clock.fast_forward(6_000)
    page.wait_for_timeout(500)
    assert queued(page, "fix") == []
