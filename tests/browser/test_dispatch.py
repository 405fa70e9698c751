"""The dispatcher's views in Chromium, before the whole application: what a person does there."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from app import app
from chalicelib.api.live import shared_parts
from chalicelib.domain.actors import Role
from chalicelib.domain.driving.vans import van
from chalicelib.domain.policy import Policy
from chalicelib.services.attention.show_live import LiveView
from local.server import RunningServer
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.support.builders import NOON, minutes
from tests.support.carrier import Carrier, Round, note, open_carrier
from tests.support.scattered import busy_van

LATE_STOP: Final = 3
VANS: Final = 500
FRAME_MS: Final = 16.0


@dataclass
class Desk:
    """A carrier whose first van is late at its last stop, and a server before it."""

    carrier: Carrier
    base_url: str
    late: Round
    other: Round


@pytest.fixture
def desk() -> Iterator[Desk]:
    server = RunningServer(app, "127.0.0.1", 0)
    base_url = f"http://127.0.0.1:{server.port}"
    with open_carrier() as carrier:
        shop = carrier.shop()
        soon = {
            "start": carrier.clock.now().isoformat(),
            "end": (carrier.clock.now() + minutes(25)).isoformat(),
        }
        visits = [[shop.shipment(stop=i)] for i in range(LATE_STOP)]
        visits.append([shop.shipment(stop=1, window=soon)])
        late = carrier.planned(shop, visits).started()
        other = carrier.round(2, shop=shop).started()
        shop.shipment()
        late.drive(-2_950)
        other.drive(-2_900)
        server.start()
        try:
            yield Desk(carrier, base_url, late, other)
        finally:
            server.stop()


OpenView = Callable[..., Page]


@pytest.fixture
def open_view(desk: Desk, open_page: OpenPage) -> OpenView:
    """Opens a view as a dispatcher who is signed in."""

    def opened(
        path: str,
        *,
        viewport: ViewportSize = DESK,
        allowed: tuple[int, ...] = (),
        at_noon: bool = True,
        **context: Any,
    ) -> Page:
        page = open_page(
            f"{desk.base_url}/health", viewport=viewport, allowed_status=allowed, **context
        )
        if at_noon:
            page.clock.set_fixed_time(NOON)
        sign_in(desk, page.context)
        page.goto(f"{desk.base_url}/console/{path}")
        return page

    return opened


def sign_in(desk: Desk, context: BrowserContext) -> None:
    name, _, value = desk.carrier.signed_in(Role.DISPATCHER).cookie.partition("=")
    secure_url = desk.base_url.replace("http:", "https:")
    context.add_cookies([{"name": name, "value": value, "url": secure_url, "secure": True}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["live", "attention", "route"])
def test_the_views_have_no_flaw_that_axe_finds(
    desk: Desk, open_view: OpenView, pictures: Any, path: str, scheme: str
) -> None:
    at = f"routes/{desk.late.route_id}#{desk.late.stop_ids[LATE_STOP]}"
    page = open_view(at if path == "route" else path, color_scheme=scheme)
    ready = {"live": "#lanes .lane", "attention": ".issue", "route": "#stops tr"}[path]
    expect(page.locator(ready).first).to_be_visible()
    if path == "route":
        page.locator('[data-key^="↓"]').first.click()
        expect(page.locator("#effect table")).to_be_visible()
        expect(page.locator(".one .told li").first).to_be_visible()
    if pictures is not None:
        page.screenshot(path=pictures / f"console-{path}-{scheme}.png")

    assert violations(page) == []


def test_a_late_van_is_found_and_its_stop_is_moved_after_its_effect_was_shown(
    desk: Desk, open_view: OpenView
) -> None:
    page = open_view("live")
    page.get_by_role("button", name="Late 1").click()
    expect(page.locator("#lanes .lane")).to_have_count(1)
    page.locator("#todo a", has_text="Late").first.click()

    stop = desk.late.stop_ids[LATE_STOP]
    page.wait_for_url(f"**/routes/{desk.late.route_id}#{stop}")
    expect(page.locator("#stop-title")).to_contain_text("Late")
    page.get_by_label("Place in the order").select_option(index=1)
    effect = page.locator("#effect")
    expect(effect).to_contain_text("Not done yet")
    expect(effect).to_contain_text("On time again")
    assert order(desk) == desk.late.stop_ids

    page.get_by_role("button", name="Do it").click()

    expect(page.locator("#toast")).to_contain_text("done")
    expect(effect).to_be_hidden()
    assert order(desk).index(stop) < LATE_STOP


def order(desk: Desk) -> list[str]:
    return [stop["id"] for stop in desk.late.route()["stops"]]


def test_a_stop_goes_to_another_van_with_the_effect_on_both(
    desk: Desk, open_view: OpenView
) -> None:
    page = open_view(f"routes/{desk.late.route_id}#{desk.late.stop_ids[LATE_STOP]}")
    page.get_by_label("To another van").select_option(index=1)

    expect(page.locator("#effect h3")).to_have_count(2)
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("#toast")).to_contain_text("done")
    assert len(desk.other.route()["stops"]) == 3


def test_who_was_slower_sees_what_has_changed_and_what_the_same_does_now(
    desk: Desk, open_view: OpenView
) -> None:
    page = open_view(f"routes/{desk.late.route_id}", allowed=(412,))
    page.locator('[data-key^="↓"]').first.click()
    expect(page.locator("#effect table")).to_be_visible()
    moved = {"op": "move", "stop_id": desk.late.stop_ids[LATE_STOP], "before": None}
    moved["before"] = desk.late.stop_ids[2]
    reply = desk.carrier.call(
        "PATCH",
        f"/v1/routes/{desk.late.route_id}",
        {"operations": [moved]},
        token=desk.carrier.dispatcher,
        headers={"If-Match": "*"},
    )
    assert reply.status == 200, reply.body
    before = order(desk)

    page.get_by_role("button", name="Do it").click()

    expect(page.locator("#effect")).to_contain_text("Somebody has changed this route")
    expect(page.locator("#effect")).to_contain_text("in another place")
    assert order(desk) == before
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("#toast")).to_contain_text("done")
    assert order(desk) != before


def test_what_was_typed_is_kept_until_it_is_sent(desk: Desk, open_view: OpenView) -> None:
    page = open_view(f"routes/{desk.late.route_id}#{desk.late.stop_ids[0]}")
    page.locator(".talk textarea").fill("We are ten minutes late.")
    page.reload()

    expect(page.locator(".talk textarea")).to_have_value("We are ten minutes late.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".chat")).to_contain_text("We are ten minutes late.")
    expect(page.locator(".talk textarea")).to_have_value("")


def test_concerns_are_taken_snoozed_and_done_by_keys_and_colleagues_see_it(
    open_view: OpenView,
) -> None:
    page, colleague = open_view("attention"), open_view("attention", allowed=(412,))
    first = page.locator(".issue").first
    page.keyboard.press("ArrowDown")
    expect(first.locator("h2 a")).to_be_focused()
    page.keyboard.press("t")
    expect(first).to_contain_text("yours")

    colleague.locator(".issue").first.get_by_role("button", name="Take").click()
    expect(colleague.locator("#toast")).to_contain_text("was faster")
    expect(colleague.locator(".issue").first).to_contain_text("taken by")

    count = page.locator(".issue").count()
    page.keyboard.press("s")
    expect(page.locator(".issue")).to_have_count(count - 1)
    page.keyboard.press("d")
    expect(page.locator(".issue")).to_have_count(count - 2)
    page.get_by_role("button", name="Snoozed").click()
    expect(page.locator(".issue")).to_have_count(1)
    expect(page.locator(".issue")).to_contain_text("snoozed by you")


@pytest.mark.parametrize("path", ["attention", "route"])
def test_a_phone_shows_attention_and_one_route(
    desk: Desk, open_view: OpenView, pictures: Any, path: str
) -> None:
    at = f"routes/{desk.late.route_id}" if path == "route" else path
    page = open_view(at, viewport=PHONE)
    expect(page.locator("#stops tr" if path == "route" else ".issue").first).to_be_visible()
    if pictures is not None:
        page.screenshot(path=pictures / f"console-{path}-phone.png", full_page=True)

    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_an_answer_that_does_not_come_leaves_what_is_shown_with_its_age(
    open_view: OpenView,
) -> None:
    page = open_view("live")
    expect(page.locator("#lanes .lane")).to_have_count(2)
    page.route("**/v1/live?*", lambda route: route.abort())
    page.context.set_offline(offline=True)

    expect(page.locator("#offline")).to_contain_text("No connection")
    expect(page.locator("#lanes .lane")).to_have_count(2)


def test_five_hundred_vans_are_drawn_within_a_frame(open_view: OpenView) -> None:
    chance, at = Random(7), NOON + minutes(181)
    vans = [van(live, route, at, Policy()) for route, live in _many(chance)]
    vans.sort(key=lambda each: each.route_id)
    parts = shared_parts(LiveView(at, tuple(vans), (), has_more=False))
    body = json.dumps(json.loads(parts["view"]) | json.loads(parts["roster"]))
    page = open_view("attention", at_noon=False)  # a clock of the test's own measures nothing
    page.route(
        "**/v1/live?*", lambda route: route.fulfill(body=body, content_type="application/json")
    )
    page.route(
        "**/v1/live", lambda route: route.fulfill(body=body, content_type="application/json")
    )
    page.goto(page.url.replace("attention", "live"))
    expect(page.locator("#states button").first).to_contain_text(str(VANS))

    frames = page.evaluate(
        """() => { const map = window.doorstepMap; const found = [];
        for (let i = 0; i < 60; i += 1) {
          map.move(i % 2 ? "left" : "right");
          map.draw();
          found.push(map.frameMs());
        }
        return found.sort((one, other) => one - other); }"""
    )
    note(f"{VANS} vans: a frame takes {frames[30]:.1f} ms, the 95th percentile {frames[56]:.1f} ms")

    assert frames[30] < FRAME_MS


def _many(chance: Random) -> list[Any]:
    """Few routes, again and again under other ids: only their places are drawn."""
    some = [busy_van(chance, 20) for _ in range(25)]
    return [some[i % len(some)] for i in range(VANS)]
