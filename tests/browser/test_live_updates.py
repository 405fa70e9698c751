"""The tracking page while things happen: it asks, changes in place, and admits what it misses."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Response, expect

from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.tracking.tracking import TrackingView
from tests.browser.conftest import OpenPage
from tests.support.builders import NOON, seconds
from tests.support.stage import Stage
from tests.support.tracking_views import (
    VAN,
    make_delayed,
    make_delivered,
    make_failed,
    make_position,
    make_stale,
    make_view,
)

NEARER = Coordinates(VAN.lat_deg - 0.003, VAN.lon_deg + 0.002)
VAN_MARKER = ".marker-van"
HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def quick(view: TrackingView) -> TrackingView:
    """The same, asked for every second: nobody wants to wait in a test."""
    return replace(view, poll_after_s=1)


def is_state(response: Response) -> bool:
    return "/state" in response.url


def later(view: TrackingView, age_s: int) -> TrackingView:
    """Nothing new but the time."""
    assert view.position is not None
    return replace(
        view,
        server_now=view.position.recorded_at + timedelta(seconds=age_s),
        last_seen_age_s=age_s,
        position=replace(view.position, age_s=age_s),
    )


def moved(view: TrackingView) -> TrackingView:
    """The van has come nearer, and one stop is done."""
    position = make_position(NEARER, recorded_at=NOON, age_s=5)
    now = NOON + seconds(5)
    return replace(view, position=position, stops_before=2, server_now=now, last_seen_age_s=5)


def wait_for_van(page: Page) -> None:
    expect(page.locator(VAN_MARKER)).to_be_attached()


def place_of_van(page: Page) -> dict[str, float]:
    box = page.locator(VAN_MARKER).bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"]}


def test_an_unchanged_state_costs_304(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(quick(make_view())))

    with page.expect_response(is_state) as first:
        pass

    assert first.value.status == 304


def test_the_age_grows_with_the_servers_clock_alone(stage: Stage, open_page: OpenPage) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view))
    expect(page.locator("#seen")).to_have_text("Van seen 20 s ago")

    with page.expect_response(is_state) as answer:
        stage.show(later(view, age_s=135))

    assert answer.value.status == 304
    expect(page.locator("#seen")).to_have_text("Van seen 2 min ago")


def test_a_new_position_moves_the_van(stage: Stage, open_page: OpenPage) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view))
    wait_for_van(page)
    before = place_of_van(page)

    stage.show(moved(view))

    expect(page.locator("#facts li").first).to_have_text("2 stops before you")
    page.wait_for_function(
        """([selector, before]) => {
          const { x, y } = document.querySelector(selector).getBoundingClientRect();
          return Math.hypot(x - before.x, y - before.y) > 20;
        }""",
        arg=[VAN_MARKER, before],
    )


def test_an_older_position_never_moves_the_van_back(stage: Stage, open_page: OpenPage) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view), reduced_motion="reduce")
    wait_for_van(page)
    before = place_of_van(page)

    late = make_position(NEARER, recorded_at=NOON - timedelta(hours=1))
    stage.show(replace(view, position=late, stops_before=1))

    expect(page.locator("#facts li").first).to_have_text("1 stop before you")
    assert place_of_van(page) == pytest.approx(before)


def test_a_silent_van_leaves_the_map_and_becomes_words(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(quick(make_view())))
    wait_for_van(page)

    stage.show(quick(make_stale()))

    expect(page.locator(VAN_MARKER)).to_have_count(0)
    expect(page.locator("#seen")).to_have_text("Van last seen 4 min ago")
    expect(page.locator("#map")).to_be_hidden()

    stage.show(quick(make_view()))
    wait_for_van(page)
    expect(page.get_by_role("button", name="Centre on the van")).to_be_enabled()


def test_a_delay_is_told_in_place_and_announced(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(quick(make_view())))

    stage.show(quick(make_delayed()))

    expect(page.get_by_role("heading", level=1)).to_have_text("Arriving today 14:55–15:20")
    expect(page.locator("#change")).to_contain_text("We said 14:10–14:40. It is now 14:55–15:20.")
    expect(page.locator("#timeline li").first).to_contain_text("Running late")
    expect(page.get_by_role("status")).to_have_text(
        "Arriving today 14:55–15:20. 3 stops before you."
    )
    assert page.title() == "Arriving today 14:55–15:20 · Kukka & Korpi"


def test_positions_alone_are_never_announced(stage: Stage, open_page: OpenPage) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view))
    wait_for_van(page)

    with page.expect_response(lambda answer: is_state(answer) and answer.status == 200):
        stage.show(replace(moved(view), stops_before=3))
    with page.expect_response(is_state):
        pass

    expect(page.get_by_role("status")).to_be_empty()


def test_a_delivery_shows_its_proof_and_ends_the_map(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(quick(make_view())))
    wait_for_van(page)

    stage.show(make_delivered())

    expect(page.get_by_role("heading", level=1)).to_have_text("Delivered today at 13:56")
    photo = page.get_by_role("img", name="Photo taken by the driver at the delivery")
    expect(photo).to_be_visible()
    page.wait_for_function("() => document.querySelector('#pictures img').naturalWidth > 0")
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator(VAN_MARKER)).to_have_count(0)


def test_a_finished_page_asks_no_more(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()), has_test_clock=True)
    stage.show(make_delivered(outcome=None))
    page.clock.run_for(11_000)
    expect(page.locator("#status")).to_have_text("Delivered")
    asked = stage.asked

    page.clock.run_for(600_000)

    assert stage.asked == asked


def test_a_failure_says_why_in_place(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(quick(make_view())))
    wait_for_van(page)

    stage.show(make_failed())

    expect(page.get_by_role("heading", level=1)).to_have_text("We could not deliver today")
    expect(page.locator("#details")).to_have_text("Nobody answered the door")
    expect(page.get_by_role("heading", name="What happens next")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()


def test_a_lost_connection_is_said_and_comes_back(stage: Stage, open_page: OpenPage) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view), allowed_status=(503,))
    wait_for_van(page)

    stage.show(Unavailable(retry_after_s=1))
    expect(page.locator("#connection")).to_contain_text("Connection lost, trying again.")
    expect(page.get_by_role("status")).to_contain_text("Connection lost, trying again.")
    expect(page.locator("#seen")).to_be_hidden()
    expect(page.locator(f"{VAN_MARKER}.is-faded")).to_be_attached()

    stage.show(moved(view))
    expect(page.locator("#connection")).to_be_hidden()
    expect(page.locator(f"{VAN_MARKER}.is-faded")).to_have_count(0)
    expect(page.locator("#facts li").first).to_have_text("2 stops before you")


def test_a_page_that_cannot_show_a_state_does_not_blame_the_connection(
    stage: Stage, open_page: OpenPage
) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view), expected_error="a state must not set onclick={words.tone}")
    wait_for_van(page)
    page.evaluate(
        "document.querySelector('.answer').setAttribute('data-attrs', 'onclick={words.tone}')"
    )

    stage.show(moved(view))
    expect(page.locator("#fault")).to_contain_text("This page cannot show the newest state.")
    expect(page.get_by_role("link", name="Load it again")).to_be_visible()
    expect(page.locator("#connection")).to_be_hidden()
    assert page.locator(".answer").get_attribute("onclick") is None

    page.evaluate("document.querySelector('.answer').removeAttribute('data-attrs')")
    expect(page.locator("#fault")).to_be_hidden()
    expect(page.locator("#facts li").first).to_have_text("2 stops before you")


def test_a_link_that_ends_while_it_is_open_becomes_the_usual_refusal(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.show(quick(make_view())), allowed_status=(404,))

    stage.show(NotFound())

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This link does not lead to a delivery"
    )


def test_a_page_that_nobody_looks_at_does_not_ask(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()), has_test_clock=True)
    page.evaluate(HIDE, arg=True)
    asked = stage.asked

    page.clock.run_for(60_000)
    assert stage.asked == asked

    with page.expect_response(is_state):
        page.evaluate(HIDE, arg=False)


def test_the_map_may_go_in_the_middle_of_a_zoom(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()), has_test_clock=True)
    wait_for_van(page)
    page.clock.run_for(1_000)
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    page.get_by_role("button", name="Zoom in").click()
    page.clock.run_for(50)
    expect(page.locator(".leaflet-zoom-anim")).to_be_attached()

    stage.show(make_delivered(outcome=None))
    page.evaluate(HIDE, arg=True)
    page.evaluate(HIDE, arg=False)
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator(VAN_MARKER)).not_to_be_attached()
    page.clock.run_for(1_000)

    expect(page.locator(".leaflet-zoom-anim")).not_to_be_attached()


def test_the_map_comes_back_with_the_van(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(quick(make_view())))
    wait_for_van(page)
    stage.show(quick(replace(make_view(), position=None)))
    expect(page.locator(VAN_MARKER)).not_to_be_attached()

    stage.show(quick(moved(make_view())))

    wait_for_van(page)
    expect(page.locator(VAN_MARKER)).to_be_in_viewport()


def test_everything_on_the_map_can_be_done_with_buttons(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()), reduced_motion="reduce")
    wait_for_van(page)
    start = place_of_van(page)

    page.get_by_role("button", name="Move the map left").click()
    assert place_of_van(page)["x"] > start["x"] + 50
    page.get_by_role("button", name="Move the map down").click()
    assert place_of_van(page)["y"] < start["y"] - 50

    page.get_by_role("button", name="Centre on the van").click()
    frame = page.locator("#map-canvas").bounding_box()
    van = page.locator(VAN_MARKER).bounding_box()
    assert frame is not None
    assert van is not None
    assert van["x"] + van["width"] / 2 == pytest.approx(frame["x"] + frame["width"] / 2, abs=2)
    assert van["y"] + van["height"] / 2 == pytest.approx(frame["y"] + frame["height"] / 2, abs=2)


def test_a_still_van_for_those_who_want_no_motion(stage: Stage, open_page: OpenPage) -> None:
    view = quick(make_view())
    page = open_page(stage.show(view), reduced_motion="reduce")
    wait_for_van(page)

    stage.show(moved(view))
    expect(page.locator("#facts li").first).to_have_text("2 stops before you")
    arrived = place_of_van(page)
    page.evaluate("new Promise(requestAnimationFrame)")
    page.evaluate("new Promise(requestAnimationFrame)")

    assert place_of_van(page) == pytest.approx(arrived)
