"""Messages on the driver's phone: told at the stop, answered with one tap, quiet while driving."""

from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.driver.steps import DRIVING, HERE, Opened, on_the_road, picture, told
from tests.browser.test_journey import Delivery


def thread(shift: Delivery) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = shift.office.get(f"/v1/shipments/{shift.first['id']}/messages")[
        "data"
    ]
    return [(each["author"], each["text"]) for each in found]


def test_a_message_is_told_at_the_stop_and_answered_with_one_tap(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    _, page = phone(shift)
    on_the_road(page, shift)
    told(page, shift.first, "I am in the garden behind the house.")
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.get_by_text("I am in the garden")).to_be_visible()
    expect(page.get_by_role("button", name="1 new message: Aino Virtanen")).to_be_visible()
    picture(page, pictures, "told")
    assert violations(page) == []
    page.get_by_role("button", name="All stops").click()
    expect(page.locator(".stops .chip")).to_have_text("1 new message")
    page.get_by_role("button", name="1 new message: Aino Virtanen").click()
    expect(page.get_by_role("heading", name="Aino Virtanen")).to_be_visible()
    expect(page.locator("#notices button")).to_have_count(0)
    page.get_by_role("button", name="I am there in about five minutes.").click()
    expect(page.locator(".bubble.me")).to_contain_text("Not sent yet")
    picture(page, pictures, "talk")
    assert violations(page) == []

    expect(page.locator(".bubble.me")).to_contain_text("now", timeout=20_000)
    assert thread(shift) == [
        ("recipient", "I am in the garden behind the house."),
        ("driver", "I am there in about five minutes."),
    ]
    seen = page.request.get(shift.first["tracking_url"]).text()
    assert "Seen" in seen


def test_a_message_written_in_a_cellar_is_sent_once(phone: Opened, shift: Delivery) -> None:
    context, page = phone(shift)
    on_the_road(page, shift)
    context.set_offline(True)
    page.get_by_role("button", name="Messages").click()
    page.get_by_label("Your own words").fill("I am at the back door.")
    page.reload()
    page.get_by_role("button", name="Next stop").click()
    page.get_by_role("button", name="Messages").click()
    expect(page.get_by_label("Your own words")).to_have_value("I am at the back door.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".bubble.me")).to_contain_text("I am at the back door.")
    expect(page.get_by_label("Your own words")).to_have_value("")
    page.reload()
    expect(page.locator("#unsent")).to_contain_text("1 action waits")

    context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
    page.reload()
    page.get_by_role("button", name="Next stop").click()

    assert thread(shift) == [("driver", "I am at the back door.")]


def test_what_has_waited_too_long_is_sent_only_when_it_is_still_meant(
    phone: Opened, shift: Delivery
) -> None:
    context, page = phone(shift)
    page.clock.install()
    on_the_road(page, shift)
    context.set_offline(True)
    page.get_by_role("button", name="Messages").click()
    page.get_by_role("button", name="I am there in about five minutes.").click()
    expect(page.locator(".bubble.me")).to_be_visible()

    page.clock.fast_forward("31:00")
    context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("1 came back", timeout=20_000)
    page.locator("#unsent").click()
    expect(page.get_by_text("Send it still?")).to_be_visible()
    assert thread(shift) == []
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

    assert thread(shift) == [("driver", "I am there in about five minutes.")]


def test_there_is_nothing_to_read_while_the_van_moves(
    phone: Opened, shift: Delivery, pictures: Path | None
) -> None:
    context, page = phone(shift)
    on_the_road(page, shift)
    told(page, shift.first, "Please ring twice.")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Please ring twice.")).to_be_visible()

    page.evaluate(DRIVING)
    context.set_geolocation({**HERE, "latitude": HERE["latitude"] + 0.001})
    expect(page.get_by_role("heading", name="Driving")).to_be_visible()

    expect(page.get_by_text("Please ring twice.")).to_have_count(0)
    expect(page.locator("#notices button")).to_have_count(0)
    picture(page, pictures, "driving")
    page.get_by_role("button", name="I am not driving").click()
    expect(page.get_by_text("Please ring twice.")).to_be_visible()
