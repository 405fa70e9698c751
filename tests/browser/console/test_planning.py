"""The planning board: a day is planned with the mouse, with the keyboard, and by a suggestion."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from local.client import Api
from tests.browser.axe import violations
from tests.browser.conftest import DESK, OpenPage
from tests.browser.test_journey import running_doorstep
from tests.support.builders import north_of
from tests.support.tracking_views import DOOR

ZONE = ZoneInfo("Europe/Helsinki")
OpenBoard = Callable[..., Page]


@pytest.fixture(scope="module")
def doorstep() -> Iterator[dict[str, Any]]:
    with running_doorstep() as facts:
        yield facts


class Day:
    """A day of its own for each test: nobody else's shipments are on the board."""

    number = 1

    def __init__(self, facts: dict[str, Any]) -> None:
        api = Api(facts["base_url"])
        self.close = api.close
        self.shop = api.as_(facts["keys"]["shipper"])
        self.office = api.as_(facts["keys"]["dispatcher"])
        Day.number += 1
        now = datetime.now(UTC)  # noqa: TID251 - the stack runs in another process, on the real clock
        self.day = (now.astimezone(ZONE) + timedelta(days=Day.number)).date()

    def ship(self, km: float, window: tuple[str, str] | None = None) -> str:
        """A shipment so many kilometres north of the door. Returns its reference."""
        reference = f"{uuid4().hex[:6]}-{km:g}"
        place = north_of(DOOR, 1_000.0 * km)
        wanted: dict[str, Any] = {"service_day": str(self.day)}
        if window is not None:
            start, end = (f"{self.day}T{clock}" for clock in window)
            wanted = {"window": {"start": start, "end": end}}
        order = {
            "reference": reference,
            "recipient": {"name": "Aino Virtanen"},
            "address": {
                "lines": ["Katu 1"],
                "city": "Helsinki",
                "postal_code": "00100",
                "country": "FI",
                "time_zone": "Europe/Helsinki",
                "lat_deg": place.lat_deg,
                "lon_deg": place.lon_deg,
            },
            "parcels": [{"barcode": reference}],
        }
        self.shop.post("/v1/shipments", order | wanted)
        return reference

    def routes(self) -> list[Any]:
        """The routes of the day, whole."""
        hub_id = self.office.get("/v1/hubs")["data"][0]["id"]
        listed = self.office.get(f"/v1/routes?service_day={self.day}&hub_id={hub_id}")["data"]
        return [self.office.get(f"/v1/routes/{each['id']}") for each in listed]


@pytest.fixture
def day(doorstep: dict[str, Any]) -> Iterator[Day]:
    with closing(Day(doorstep)) as made:
        yield made


@pytest.fixture
def board(open_page: OpenPage, doorstep: dict[str, Any]) -> OpenBoard:
    def open_board(day: Day, **context: Any) -> Page:
        key = doorstep["keys"]["dispatcher"]
        page = open_page(
            f"{doorstep['base_url']}/console/planning",
            **({"viewport": DESK} | context),
            extra_http_headers={"Authorization": f"Bearer {key}"},
            allowed_status=(422,),
        )
        page.fill("#day", str(day.day))
        return page

    return open_board


def order(page: Page) -> list[str]:
    return page.locator(".van .stop .name").all_inner_texts()


def test_by_keyboard_shipments_are_chosen_put_on_a_van_and_saved(
    day: Day, board: OpenBoard
) -> None:
    far, near = day.ship(4.0), day.ship(1.0)
    page = board(day)
    expect(page.locator("#waiting-title")).to_have_text("2 without a route")

    page.locator("#add-van").press("Enter")
    expect(page.locator("select[id^=driver-]")).to_be_focused()
    for reference in (far, near):
        page.get_by_role("checkbox", name=reference).press("Space")
    page.get_by_role("button", name="Put 2 on this van").press("Enter")
    expect(page.locator(".stop time")).to_have_count(2)
    first = order(page)[0]
    page.get_by_role("button", name=f"Move {first} down").press("Enter")
    assert order(page)[1] == first
    expect(page.locator(".stop time")).to_have_count(2)
    assert day.routes() == []  # the effect is shown, and nothing is written
    shown = order(page)
    page.get_by_role("button", name="Save 1 route").press("Enter")

    expect(page.locator("#waiting-title")).to_have_text("0 without a route")
    expect(page.locator(".van .state")).to_have_text("planned")
    (route,) = day.routes()
    references = [
        day.shop.get(f"/v1/shipments/{stop['shipment_ids'][0]}")["reference"]
        for stop in route["stops"]
    ]
    assert references == shown


def test_by_mouse_a_shipment_is_dragged_onto_a_van_and_back(day: Day, board: OpenBoard) -> None:
    reference = day.ship(2.0)
    page = board(day)
    page.click("#add-van")
    row = page.locator(".job", has_text=reference)

    row.drag_to(page.locator(".van"))
    expect(page.locator(".stop", has_text=reference)).to_be_visible()
    page.locator(".stop", has_text=reference).drag_to(page.locator("#waiting-panel"))

    expect(row).to_be_visible()
    expect(page.locator(".stop")).to_have_count(0)


def test_all_are_put_on_vans_with_windows_kept_and_what_cannot_be_is_named(
    day: Day, board: OpenBoard, pictures: Path | None
) -> None:
    kept = day.ship(2.0, ("10:00", "12:00"))
    unreachable = day.ship(9.0, ("06:00", "06:30"))
    others = [day.ship(km) for km in (1.0, 3.0, -1.0, -2.0)]
    page = board(day)
    page.click("#add-van")
    page.click("#fill")

    expect(page.locator(".stop")).to_have_count(5)
    left = page.locator(".job", has_text=unreachable)
    expect(left).to_contain_text("no van can be there in its window")
    assert sorted(order(page)) == sorted([kept, *others])
    expect(page.locator("#totals")).to_contain_text("0 of 5")
    expect(page.locator(".stop", has_text=kept)).to_contain_text("10:00–12:00")
    assert violations(page) == []
    if pictures:
        page.screenshot(path=pictures / "planning.png")
    page.click("#undo")
    expect(page.locator(".stop")).to_have_count(0)


def test_a_window_that_breaks_is_marked_before_anything_is_saved(
    day: Day, board: OpenBoard
) -> None:
    late = day.ship(6.0, ("08:00", "08:05"))
    page = board(day)
    page.click("#add-van")
    page.get_by_role("checkbox", name=late).check()
    page.get_by_role("button", name="Put 1 on this van").click()

    expect(page.locator(".stop", has_text=late)).to_contain_text("misses 08:05")
    expect(page.locator("#totals")).to_contain_text("1 of 1")


def test_a_planned_route_gets_a_shipment_and_a_better_order(day: Day, board: OpenBoard) -> None:
    first, second = day.ship(5.0), day.ship(1.0)
    page = board(day)
    page.click("#add-van")
    for reference in (first, second):
        page.get_by_role("checkbox", name=reference).check()
    page.get_by_role("button", name="Put 2 on this van").click()
    page.get_by_role("button", name="Save 1 route").click()
    expect(page.locator(".van .state")).to_have_text("planned")
    between = day.ship(3.0)
    page.click("#reload")

    page.locator(".job", has_text=between).drag_to(page.locator(".van"))
    expect(page.locator(".stop time")).to_have_count(3)
    page.click("#order")
    expect(page.locator("#toast")).to_contain_text("Nothing is saved yet")
    page.get_by_role("button", name="Save 1 route").click()

    expect(page.locator(".van .state")).to_have_text("planned")
    (route,) = day.routes()
    ways = [stop["lat_deg"] for stop in route["stops"]]
    assert ways in (sorted(ways), sorted(ways, reverse=True))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_an_empty_day_says_so_and_has_no_fault(
    day: Day, board: OpenBoard, scheme: str, width: int
) -> None:
    page = board(day, color_scheme=scheme, viewport={"width": width, "height": 860})

    expect(page.locator("#waiting-empty")).to_contain_text("Nothing waits")
    expect(page.locator("#vans-empty")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_whoever_plans_nothing_does_not_see_the_board(
    open_page: OpenPage, doorstep: dict[str, Any]
) -> None:
    key = doorstep["keys"]["shipper"]
    page = open_page(
        f"{doorstep['base_url']}/console/planning",
        viewport=DESK,
        extra_http_headers={"Authorization": f"Bearer {key}"},
        allowed_status=(403,),
    )

    expect(page.locator("h1")).to_contain_text("Not for your role")
