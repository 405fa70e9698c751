"""The map where the earth makes it hard: over the line of 180 degrees, and a position in doubt."""

import pytest
from playwright.sync_api import Page, expect

from chalicelib.domain.geography import Coordinates
from chalicelib.domain.tracking.tracking import TrackingView
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.support.builders import north_of
from tests.support.stage import Stage
from tests.support.tracking_views import DOOR, make_position, make_view

EAST, WEST = Coordinates(-16.85, -179.998), Coordinates(-16.85, 179.9985)


def over_the_line(van: Coordinates, door: Coordinates) -> TrackingView:
    """365 m, from one side of the world to the other."""
    return make_view(
        position=make_position(van), destination=door, time_zone="Pacific/Fiji", country="FJ"
    )


def inside(page: Page, selector: str) -> bool:
    frame = page.locator("#map-canvas").bounding_box()
    marker = page.locator(selector).bounding_box()
    assert frame
    assert marker
    x, y = marker["x"] + marker["width"] / 2, marker["y"] + marker["height"] / 2
    return (
        frame["x"] <= x <= frame["x"] + frame["width"]
        and frame["y"] <= y <= frame["y"] + frame["height"]
    )


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(("van", "door"), [(WEST, EAST), (EAST, WEST)])
def test_both_markers_are_on_the_map_at_180_degrees(
    stage: Stage, open_page: OpenPage, van: Coordinates, door: Coordinates, viewport: dict
) -> None:
    page = open_page(
        stage.show(over_the_line(van, door)), viewport=viewport, reduced_motion="reduce"
    )
    expect(page.locator(".marker-van")).to_be_visible()

    assert inside(page, ".marker-van")
    assert inside(page, ".marker-home")
    expect(page.locator("#map-text")).to_contain_text("about 350")


def test_a_rough_position_is_a_circle(stage: Stage, open_page: OpenPage) -> None:
    rough = make_position(north_of(DOOR, 430), accuracy_m=180)
    page = open_page(stage.show(make_view(position=rough)), reduced_motion="reduce")

    circle = page.locator("path.van-error").bounding_box()

    assert circle
    assert circle["width"] > 60
    expect(page.locator("#map-text")).to_contain_text("may be wrong by 200")


def test_a_van_at_the_door_says_so(stage: Stage, open_page: OpenPage) -> None:
    there = make_position(north_of(DOOR, 3), accuracy_m=8)
    page = open_page(stage.show(make_view(position=there, stops_before=0)))

    expect(page.locator("#facts")).to_contain_text("At the door")
    expect(page.locator("#map-text")).to_have_text("The van is at your door.")
