"""At the door: a PIN, what the recipient wishes, and proofs that the shipper requires."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.axe import violations
from tests.browser.driver.shifts import Order, Shift, a_shift
from tests.browser.driver.steps import (
    BREAKS_ONE_UPLOAD,
    DRIVING,
    HERE,
    Opened,
    on_the_road,
    photographed,
    picture,
    queued,
    sign,
)

ASKED: Final[Order] = {"proof_requirements": {"pin": "required"}}
STOPS: Final = 4


def pin_of(page: Page, shift: Shift) -> str:
    """What the recipient reads out from the tracking page."""
    shown = page.request.get(shift.first["tracking_url"]).text()
    found = re.search(r'class="pin-digits"[^>]*>(\d{3}\s\d{3})<', shown)
    assert found is not None
    return " ".join(found[1].split())


def other_than(pin: str, number: int) -> str:
    """A PIN that is not right; each number gives another one."""
    return f"{(int(pin.replace(' ', '')) + 1 + number) % 1_000_000:06}"


def wished(page: Page, shift: Shift, number: int, **fields: str) -> None:
    """The recipient says on the tracking page what is to happen at the door."""
    url = shift.shipments[number]["tracking_url"]
    answer = page.request.post(f"{url}/wishes", form={"seen": "0", "lang": "en", **fields})
    assert answer.ok, answer.text()
    assert "wishes_saved" in answer.url, answer.url


def deliver(page: Page) -> None:
    page.get_by_role("button", name="Delivered", exact=True).click()


def at_the_door(page: Page) -> None:
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_role("heading", name="At the door")).to_be_visible()


@pytest.fixture
def pinned(doorstep: dict[str, Any]) -> Iterator[Shift]:
    with a_shift(doorstep, [ASKED], [{}]) as shift:
        yield shift


def test_a_pin_is_asked_for_checked_at_the_door_and_asked_for_again(
    phone: Opened, pinned: Shift, pictures: Path | None
) -> None:
    _, page = phone(pinned)
    on_the_road(page, pinned)
    at_the_door(page)
    pin = pin_of(page, pinned)

    deliver(page)
    expect(page.get_by_role("alert")).to_have_text(
        "Ask for the PIN first: the shipper requires it."
    )
    page.get_by_label("The customer's PIN").fill("123")
    deliver(page)
    expect(page.get_by_role("alert")).to_have_text("A PIN has six digits.")
    page.get_by_label("Note").fill("Into her hands")
    page.get_by_label("The customer's PIN").fill(other_than(pin, 0))
    deliver(page)
    expect(page.get_by_role("alert")).to_contain_text("This PIN is not right.")
    expect(page.get_by_role("heading", name="At the door")).to_be_visible()
    expect(page.get_by_label("The customer's PIN")).to_have_value("")
    expect(page.get_by_label("Note")).to_have_value("Into her hands")
    expect(page.locator("#unsent")).to_be_hidden()
    picture(page, pictures, "pin-wrong")
    assert violations(page) == []

    page.get_by_label("The customer's PIN").fill(pin)
    deliver(page)
    expect(page.get_by_role("heading", name="Next stop")).to_be_visible()
    made = pinned.state_of()
    assert (made["status"], made["attempts"]) == ("delivered", 1)
    assert made["last_attempt"]["pin"] == "confirmed"
    assert queued(page, "deliver") == []


def test_after_too_many_pins_the_driver_knows_the_way_out(
    phone: Opened, pinned: Shift, pictures: Path | None
) -> None:
    _, page = phone(pinned)
    on_the_road(page, pinned)
    at_the_door(page)
    pin = pin_of(page, pinned)

    for number in range(6):
        page.get_by_label("The customer's PIN").fill(other_than(pin, number))
        deliver(page)
        expect(page.get_by_label("The customer's PIN")).to_have_value("")

    expect(page.get_by_role("alert")).to_contain_text("Too many wrong PINs. Call the office")
    picture(page, pictures, "pin-locked")
    page.get_by_role("button", name="Not delivered").click()
    page.get_by_role("button", name="The required proof could not be given").first.click()
    page.get_by_role("button", name="Save:").click()
    page.get_by_role("button", name="Undo").wait_for()
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
    made = pinned.state_of()
    assert (made["status"], made["last_attempt"]["reason"]) == (
        "attempt_failed",
        "missing_required_proof",
    )


def test_a_pin_in_a_cellar_is_checked_later_and_an_unconfirmed_one_is_told(
    phone: Opened, pinned: Shift, pictures: Path | None
) -> None:
    context, page = phone(pinned)
    on_the_road(page, pinned)
    context.set_offline(True)
    at_the_door(page)
    expect(page.get_by_text("No network: the PIN is checked later.")).to_be_visible()
    page.get_by_label("The customer's PIN").fill(pin_of(page, pinned))
    picture(page, pictures, "pin-offline")
    deliver(page)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    page.route("**/deliver", answered_late)
    context.set_offline(False)
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
    expect(
        page.get_by_text("Delivered, but the PIN was not right: Mannerheimintie 12")
    ).to_be_visible()
    picture(page, pictures, "pin-unconfirmed")
    assert violations(page) == []
    page.get_by_role("button", name="I have seen it").click()
    expect(page.get_by_text("the PIN was not right")).to_have_count(0)


def answered_late(route: Route) -> None:
    """What the office says of a wrong PIN that it hears of long after the visit."""
    answer = route.fetch()
    said = answer.json()
    for shipment in said["shipments"]:
        shipment["pin"] = "unconfirmed"
    route.fulfill(response=answer, json=said)


def test_a_wrong_pin_that_comes_back_later_opens_the_stop_as_it_was(
    phone: Opened, pinned: Shift, pictures: Path | None
) -> None:
    context, page = phone(pinned)
    on_the_road(page, pinned)
    context.set_offline(True)
    at_the_door(page)
    pin = pin_of(page, pinned)
    photographed(page)
    expect(page.get_by_text("Kept on this phone")).to_be_visible()
    page.get_by_label("The customer's PIN").fill(other_than(pin, 0))
    page.get_by_role("button", name="Aino Virtanen", exact=True).click()
    deliver(page)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    context.set_offline(False)
    expect(page.locator("#unsent")).to_contain_text("came back", timeout=20_000)
    page.locator("#unsent").click()
    expect(page.get_by_text("then it counts, without the PIN.")).to_be_visible()
    picture(page, pictures, "pin-back")
    assert violations(page) == []
    page.get_by_role("button", name="Open the stop").click()
    expect(page.get_by_label("Received by")).to_have_value("Aino Virtanen")
    expect(page.get_by_text("Kept on this phone")).to_be_visible()
    page.get_by_label("The customer's PIN").fill(pin)
    deliver(page)
    expect(page.get_by_role("heading", name="Next stop")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
    made = pinned.state_of()
    assert (made["status"], made["last_attempt"]["pin"]) == ("delivered", "confirmed")
    assert len(pinned.proofs_of()) == 1


def test_wishes_are_read_at_stop_and_door_and_a_new_one_is_told_when_the_van_stands(
    phone: Opened, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    with a_shift(doorstep, *[[{}]] * STOPS) as shift:
        context, page = phone(shift)
        wished(page, shift, 0, door_code="4711", floor="3", contact_free="1")
        on_the_road(page, shift)
        expect(page.get_by_text("floor 3 · code 4711")).to_be_visible()
        expect(page.get_by_text("No contact: put it down at the door")).to_be_visible()
        picture(page, pictures, "wishes")

        page.evaluate(DRIVING)
        context.set_geolocation({**HERE, "latitude": HERE["latitude"] + 0.001})
        expect(page.get_by_role("heading", name="Driving")).to_be_visible()
        fields = {"neighbour_name": "Eero Naapuri", "neighbour_door": "B 12"}
        wished(page, shift, 3, absence="neighbour", **fields)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_function(KEPT, arg="change")
        expect(page.get_by_text("Eero Naapuri")).to_have_count(0)

        page.get_by_role("button", name="I am not driving").click()
        told = page.locator(".changed")
        expect(told).to_contain_text(
            "The customer's wish now, Mannerheimintie 15: "
            "If nobody opens, give it to the neighbour: Eero Naapuri, B 12"
        )
        picture(page, pictures, "wish-told")
        assert violations(page) == []
        page.get_by_role("button", name="I have seen it").click()
        page.get_by_role("button", name="All stops").click()
        page.get_by_role("button", name="Mannerheimintie 15").click()
        at_the_door(page)
        expect(page.get_by_text("give it to the neighbour: Eero Naapuri, B 12")).to_be_visible()
        page.get_by_role("button", name="Eero Naapuri", exact=True).click()
        picture(page, pictures, "neighbour")
        assert violations(page) == []
        deliver(page)
        page.get_by_role("button", name="Undo").wait_for()
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
        assert shift.state_of(3)["last_attempt"]["received_by"] == "Eero Naapuri"


KEPT: Final = """async () => {
  const open = indexedDB.open("doorstep-driver");
  const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const ask = db.transaction("values").objectStore("values").get("changes");
  const told = await new Promise((done) => (ask.onsuccess = () => done(ask.result)));
  db.close();
  return (told ?? []).length > 0;
}"""
"""Whether the phone has news to tell."""


def test_each_kind_of_proof_is_asked_for_before_the_report(
    phone: Opened, doorstep: dict[str, Any]
) -> None:
    needed = {"photo": "required", "signature": "required", "photo_when_failed": "required"}
    with a_shift(doorstep, [{"proof_requirements": needed}], [{}]) as shift:
        _, page = phone(shift)
        on_the_road(page, shift)
        at_the_door(page)

        deliver(page)
        expect(page.get_by_role("alert")).to_contain_text("Take the photo first")
        page.get_by_role("button", name="Not delivered").click()
        page.get_by_role("button", name="Nobody").first.click()
        page.get_by_role("button", name="Save:").click()
        expect(page.get_by_role("alert")).to_contain_text("Take the photo first")
        page.get_by_role("button", name="Back", exact=True).last.click()
        photographed(page)
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        page.locator("summary", has_text="Signature").click()
        page.get_by_label("or type the name instead").fill("Aino")
        deliver(page)
        expect(page.get_by_role("alert")).to_contain_text("Ask for the signature first")
        page.locator("summary", has_text="Signature").click()
        sign(page)
        deliver(page)
        page.get_by_role("button", name="Undo").wait_for()
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
        assert {each["kind"] for each in shift.proofs_of()} == {"photo", "signature"}


def test_pictures_say_when_and_where_they_were_taken_also_without_a_network(
    phone: Opened, doorstep: dict[str, Any]
) -> None:
    with a_shift(doorstep, [{}], [{}]) as shift:
        context, page = phone(shift)
        page.clock.install()
        on_the_road(page, shift)
        context.set_offline(True)
        at_the_door(page)
        photographed(page)
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        page.clock.run_for(30_000)
        sign(page)
        deliver(page)
        page.get_by_role("button", name="Undo").wait_for()
        page.reload()
        asked: list[dict[str, Any]] = []
        page.on("request", lambda request: asked.extend(places_of(request)))
        context.set_offline(False)
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

        first = {each["kind"]: each for each in asked if "proof_id" not in each}
        again = [each for each in asked if "proof_id" in each]
        for each in first.values():
            assert each["place"] == {
                "lat_deg": HERE["latitude"],
                "lon_deg": HERE["longitude"],
                "accuracy_m": HERE["accuracy"],
            }
        times = [first[kind]["captured_at"] for kind in ("photo", "signature")]
        assert times == sorted(set(times))
        assert {each["captured_at"] for each in again} == set(times)


def places_of(request: Request) -> list[dict[str, Any]]:
    if not request.url.endswith("/v1/driver/proofs"):
        return []
    return [json.loads(request.post_data or "")]


def test_of_two_parcels_one_is_delivered_and_one_is_not(
    phone: Opened, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    with a_shift(doorstep, [{"parcels": 2}], [{}]) as shift:
        _, page = phone(shift)
        on_the_road(page, shift)
        at_the_door(page)
        picture(page, pictures, "two-parcels")
        page.get_by_role("checkbox").nth(1).uncheck()
        expect(page.get_by_role("checkbox").nth(1)).to_be_focused()
        deliver(page)
        page.get_by_role("button", name="Undo").wait_for()
        expect(page.get_by_text("Mannerheimintie 12", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Hand over")).to_be_visible()
        picture(page, pictures, "half-delivered")
        page.get_by_role("button", name="Hand over").click()
        page.get_by_role("button", name="Not delivered").click()
        page.get_by_role("button", name="The goods were damaged").first.click()
        page.get_by_role("button", name="Save:").click()
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)

        made = shift.state_of()
        assert {each["barcode"]: each["state"] for each in made["parcels"]} == {
            f"BARCODE-{shift.names[0]}": "delivered",
            f"BARCODE-{shift.names[1]}": "aboard",
        }
        page.get_by_role("button", name="All stops").click()
        page.get_by_role("button", name="End of shift").click()
        expect(page.get_by_text("Still on the van: 2")).to_be_visible()
        picture(page, pictures, "end-with-parcels")
        assert violations(page) == []


def test_two_customers_at_one_door_prove_it_one_after_the_other(
    phone: Opened, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    eero = {"recipient": {"name": "Eero Naapuri"}}
    needed = {"proof_requirements": {"photo": "required"}}
    with a_shift(doorstep, [needed, needed | eero], [{}]) as shift:
        _, page = phone(shift)
        on_the_road(page, shift)
        at_the_door(page)
        photographed(page)
        expect(page.get_by_text("Kept on this phone")).to_be_visible()
        deliver(page)
        expect(page.get_by_role("alert")).to_contain_text("choose the parcels of one")
        picture(page, pictures, "one-each")

        for _ in range(2):
            boxes = page.get_by_role("checkbox")
            if boxes.count() > 1:
                boxes.nth(1).uncheck()
            if page.locator("#photo + label", has_text="Kept").count() == 0:
                photographed(page)
                expect(page.get_by_text("Kept on this phone")).to_be_visible()
            deliver(page)
            page.get_by_role("button", name="Undo").wait_for()
            expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
            if page.get_by_role("button", name="Hand over").count():
                page.get_by_role("button", name="Hand over").click()

        assert [shift.state_of(n)["status"] for n in (0, 1)] == ["delivered", "delivered"]
        assert [len(shift.proofs_of(n)) for n in (0, 1)] == [1, 1]


def test_a_signature_that_the_office_cannot_read_is_taken_again(
    phone: Opened, doorstep: dict[str, Any], pictures: Path | None
) -> None:
    with a_shift(doorstep, [{}], [{}]) as shift:
        _, page = phone(shift)
        page.clock.install()
        on_the_road(page, shift)
        at_the_door(page)
        page.evaluate(BREAKS_ONE_UPLOAD)
        sign(page)
        deliver(page)
        page.get_by_role("button", name="Undo").wait_for()
        expect(page.locator("#unsent")).to_contain_text("1 picture waits")
        page.clock.run_for(11_000)
        expect(page.locator("#unsent")).to_be_hidden(timeout=20_000)
        looked_at(page, shift, "rejected")
        page.clock.run_for(6_000)
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.locator("#unsent")).to_contain_text("1 came back", timeout=20_000)
        page.locator("#unsent").click()

        page.locator("summary", has_text="Take another").click()
        expect(page.get_by_role("button", name="Keep it")).to_be_visible()
        picture(page, pictures, "sign-again")
        assert violations(page) == []
        box = page.locator("canvas").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 30, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 160, box["y"] + 90, steps=6)
        page.mouse.up()
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("Everything is sent.")).to_be_visible(timeout=20_000)
        looked_at(page, shift, "accepted")


def looked_at(page: Page, shift: Shift, state: str) -> None:
    """Waits until the office has looked at the only proof."""
    for _ in range(100):
        (proof,) = shift.proofs_of()
        if proof["state"] == state:
            return
        page.wait_for_timeout(200)
    raise AssertionError(proof)
