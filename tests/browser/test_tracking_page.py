"""The tracking page as people meet it: without a script, in the dark, on a small screen."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.shipments.wished import Open
from chalicelib.domain.tracking.tracking import Offers, Sender, ShownWishes, TrackingView
from chalicelib.domain.wishes.wishes import SafePlace
from tests.browser.axe import violations
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.support.speaking import LANGUAGES
from tests.support.stage import Stage
from tests.support.tracking_views import (
    make_delayed,
    make_delivered,
    make_failed,
    make_position,
    make_stale,
    make_view,
    make_waiting,
)

VIEWS = {
    "waiting": make_waiting(),
    "moving": make_view(),
    "far": make_view(position=None, position_hidden_because="not_yet_near", last_seen_age_s=None),
    "late": make_delayed(),
    "stale": make_stale(),
    "arrived": make_view(Status.ARRIVED, stops_before=0),
    "delivered": make_delivered(),
    "failed": make_failed(),
}


def wait_for_map(page: Page) -> None:
    expect(page.locator(".marker-home")).to_be_attached()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing(
    stage: Stage, open_page: OpenPage, name: str, scheme: Literal["light", "dark"]
) -> None:
    page = open_page(stage.show(VIEWS[name]), color_scheme=scheme)
    if page.locator("#map").is_visible():
        wait_for_map(page)

    on_phone = violations(page)
    page.set_viewport_size(DESK)

    assert on_phone + violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_refusals(
    stage: Stage, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    stage.show(Unavailable(), token="down")
    for token, status in (("unknown", 404), ("down", 503)):
        page = open_page(
            f"{stage.base_url}/t/{token}", allowed_status=(status,), color_scheme=scheme
        )

        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_history(
    stage: Stage, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    stage.show(make_delivered())

    page = open_page(f"{stage.base_url}/t/t0ken/history", color_scheme=scheme)

    assert violations(page) == []


def test_earlier_lines_are_reached_and_left_again_without_javascript(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.show(make_delivered(earlier_before=5)), java_script_enabled=False)

    page.get_by_role("link", name="Show earlier").click()
    newest = page.locator(".line-label").all_inner_texts()
    page.get_by_role("link", name="Show earlier").click()
    earlier = page.locator(".line-label").all_inner_texts()
    page.get_by_role("link", name="Back to the delivery").click()

    assert newest[0] == "Delivered"
    assert len(newest) == len(earlier) == 2
    assert set(newest).isdisjoint(earlier)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivered")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_complete_without_javascript(
    stage: Stage, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    page = open_page(stage.show(make_delayed()), java_script_enabled=False, color_scheme=scheme)

    expect(page.get_by_role("heading", level=1)).to_have_text("Arriving today 14:55–15:20")
    expect(page.locator("#facts")).to_contain_text("3 stops before you")
    expect(page.get_by_text("We said 14:10–14:40. It is now 14:55–15:20.")).to_be_visible()
    expect(page.locator("#timeline li").first).to_contain_text("Running late")
    expect(page.get_by_role("link", name="Contact Kukka & Korpi")).to_be_visible()
    expect(page.locator(".foot noscript p")).to_contain_text("updates itself every minute")
    expect(page.locator(".foot noscript p")).to_be_visible()
    expect(page.locator(".map-frame")).to_be_hidden()
    expect(page.locator("#map-text")).to_contain_text("with 3 stops before yours")


def test_the_proof_is_there_without_javascript(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_delivered()), java_script_enabled=False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Delivered today at 13:56")
    expect(
        page.get_by_role("img", name="Photo taken by the driver at the delivery")
    ).to_be_visible()
    expect(page.get_by_text("Left with the concierge in the lobby")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["moving", "late", "delivered", "failed"])
def test_the_narrowest_phone_never_scrolls_sideways(
    stage: Stage, open_page: OpenPage, name: str, language: str
) -> None:
    url = stage.show(VIEWS[name])

    page = open_page(f"{url}?lang={language}", viewport={"width": 320, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator("html").get_attribute("lang") == language


LARGE_VIEWS = {
    **{name: VIEWS[name] for name in ("waiting", "moving", "late", "delivered", "failed")},
    "formed": make_delivered(may_rate=True, may_report=True),
    "wished": make_waiting(
        wishes=ShownWishes(1, True, SafePlace.MAIL_ROOM, False, True, Open.YES),  # noqa: FBT003 - fields
        offers=Offers(tuple(SafePlace), neighbour=True, contact_free=True),
        may_write=True,
    ),
}


@pytest.mark.parametrize("size_px", [16, 20, 24, 32])
def test_large_text_never_scrolls_sideways(stage: Stage, open_page: OpenPage, size_px: int) -> None:
    """As a reader sets it in the browser: 32 px is twice the usual size."""
    page = open_page(stage.show(LARGE_VIEWS["moving"]), viewport={"width": 320, "height": 640})
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": size_px, "fixed": size_px}})

    widths = {}
    for name, view in LARGE_VIEWS.items():
        for language in LANGUAGES:
            page.goto(f"{stage.show(view)}?lang={language}")
            page.evaluate("document.querySelectorAll('details').forEach((it) => it.open = true)")
            for most_px in (412, 320):
                page.set_viewport_size({"width": most_px, "height": 640})
                width = page.evaluate("document.documentElement.scrollWidth")
                widths[f"{name} {language} {most_px}"] = width - most_px
    assert {name: more for name, more in widths.items() if more > 0} == {}
    root = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert root == pytest.approx(1.0625 * size_px)


def test_a_long_name_wraps(stage: Stage, open_page: OpenPage) -> None:
    sender = Sender("Donaudampfschifffahrtsgesellschaftskapitänsmützenmanufaktur", None)

    page = open_page(
        stage.show(make_view(sender=sender, reference="R" * 80)),
        viewport={"width": 320, "height": 640},
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_jumps_while_the_map_arrives(
    stage: Stage, open_page: OpenPage, viewport: dict
) -> None:
    page = open_page(stage.show(make_view()), viewport=viewport)
    wait_for_map(page)

    shift = page.evaluate(
        """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
             list.getEntries().reduce((sum, { value }) => sum + value, 0)
           )).observe({ type: "layout-shift", buffered: true }) || setTimeout(resolve, 300, 0))"""
    )

    assert shift < 0.05


def test_every_control_is_large_enough_for_a_thumb(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()))
    wait_for_map(page)

    boxes = [button.bounding_box() for button in page.get_by_role("button").all()]

    assert len(boxes) == 7
    assert all(box and box["width"] >= 40 and box["height"] >= 44 for box in boxes)


def test_a_page_shows_its_own_shipment_only(stage: Stage, open_page: OpenPage) -> None:
    other = make_view(
        reference="OTHER-1", sender=Sender("Somebody Else", None), position=make_position()
    )
    stage.show(other, token="other")

    page = open_page(stage.show(make_view()))
    wait_for_map(page)

    assert "OTHER-1" not in page.content()
    assert "Somebody Else" not in page.content()
    assert page.locator(".leaflet-marker-icon").count() == 2


def test_the_page_prints(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()))
    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".map-frame")).to_be_hidden()
    expect(page.locator("#timeline")).to_be_visible()


def test_the_first_view_waits_for_nothing_but_style_and_script(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.show(VIEWS["delivered"]))
    names = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")

    assert not any("map-" in name or "demo-streets" in name for name in names)


def test_a_view_is_told_in_the_language_of_the_recipient(stage: Stage, open_page: OpenPage) -> None:
    view: TrackingView = make_view(locale="sv")

    page = open_page(stage.show(view), locale="et-EE")

    expect(page.get_by_role("heading", level=1)).to_have_text("Kommer i dag 14:10–14:40")
