"""Pictures of the page at the moments that are easy to get wrong, each with what it must say.

``--pictures=/folder`` keeps them there to be looked at.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import TrackingView
from tests.browser.axe import violations
from tests.browser.conftest import PHONE, OpenPage
from tests.support.builders import NOON, minutes, north_of
from tests.support.stage import Stage
from tests.support.tracking_views import DOOR, make_position, make_stale, make_view, make_waiting

HALF_PAST_ELEVEN: Final = NOON + timedelta(hours=9, minutes=30)
AFTER_MIDNIGHT: Final = HALF_PAST_ELEVEN + minutes(35)
DECEMBER: Final = Range(
    NOON + timedelta(days=8, hours=-5), NOON + timedelta(days=10, hours=3)
)  # Tuesday 9:00 to Thursday 17:00


def coming(now_min: float, earliest_min: float, latest_min: float) -> TrackingView:
    """A van on its way; minutes count from half past eleven in the evening."""
    point = HALF_PAST_ELEVEN + minutes((earliest_min + latest_min) / 2)
    ends = (HALF_PAST_ELEVEN + minutes(each) for each in (earliest_min, latest_min))
    return make_view(
        server_now=HALF_PAST_ELEVEN + minutes(now_min), eta=Eta(point, *ends), promise=None
    )


MOMENTS: Final[Mapping[str, tuple[TrackingView, Mapping[str, str]]]] = {
    "half-past-eleven": (
        coming(0, 20, 40),
        {
            "en": "Arriving tonight 23:50–00:10",
            "en-US": "Arriving tonight 11:50 pm–12:10 am",
            "fi": "Saapuu tänä yönä klo 23.50–00.10",
            "sv": "Kommer i natt 23:50–00:10",
            "de": "Ankunft heute Nacht 23:50–00:10 Uhr",
        },
    ),
    "before-midnight": (coming(25, 20, 40), {"en": "Arriving tonight by 00:10"}),
    "after-midnight": (
        coming(35, 20, 40),
        {"en": "Arriving today by 00:10", "fi": "Saapuu tänään viimeistään klo 00.10"},
    ),
    "open-at-night": (
        make_waiting(
            Status.LOADED,
            server_now=AFTER_MIDNIGHT,
            window=Range(HALF_PAST_ELEVEN - minutes(90), HALF_PAST_ELEVEN + minutes(150)),
        ),
        {"en": "Planned for tonight 22:00–02:00"},
    ),
    "three-days": (
        make_waiting(window=DECEMBER),
        {
            "en": "Planned for Tuesday 1 December 09:00 – Thursday 3 December 17:00",
            "en-US": "Planned for Tuesday, December 1, 9:00 am – Thursday, December 3, 5:00 pm",
            "fi": (
                "Suunniteltu tiistaina 1. joulukuuta klo 09.00 – torstaina 3. joulukuuta klo 17.00"
            ),
            "sv": "Planerad tisdag 1 december 09:00 – torsdag 3 december 17:00",
            "de": (
                "Geplant für Dienstag, 1. Dezember, 09:00 Uhr – Donnerstag, 3. Dezember, 17:00 Uhr"
            ),
        },
    ),
    "at-three-metres": (
        make_view(
            Status.ARRIVING,
            position=make_position(north_of(DOOR, 3), accuracy_m=8),
            stops_before=0,
            eta=Eta(NOON + minutes(1), NOON, NOON + minutes(2)),
            expected=Range(NOON, NOON + minutes(2)),
        ),
        {"en": "Arriving any minute now", "de": "Ankunft jeden Moment"},
    ),
    "at-180-degrees": (
        make_view(
            position=make_position(Coordinates(-16.85, 179.9985)),
            destination=Coordinates(-16.85, -179.998),
            time_zone="Pacific/Fiji",
            city="Rabi",
            country="FJ",
        ),
        {"en": "Arriving today 00:10–00:40"},
    ),
    "rough-position": (
        make_view(position=make_position(north_of(DOOR, 430), accuracy_m=180)),
        {"en": "Arriving today 14:10–14:40"},
    ),
    "past-in-silence": (
        make_stale(server_now=NOON + minutes(130), last_seen_age_s=6_600, eta_age_s=6_600),
        {
            "en": "Later than we told you",
            "fi": "Myöhemmin kuin kerroimme",
            "sv": "Senare än vi sade",
            "de": "Später als angekündigt",
        },
    ),
    "clocks-set-back": (
        make_waiting(
            server_now=NOON - timedelta(days=30),
            window=Range(
                NOON - timedelta(days=29, hours=11, minutes=30),
                NOON - timedelta(days=29, hours=10, minutes=30),
            ),
        ),
        {"en": "Planned for tomorrow 03:30 EEST–03:30 EET"},
    ),
}


@pytest.mark.parametrize(
    ("name", "tag", "headline"),
    [(name, tag, text) for name, (_, said) in MOMENTS.items() for tag, text in said.items()],
)
def test_the_page_says_the_right_day(
    stage: Stage,
    open_page: OpenPage,
    pictures: Path | None,
    *,
    name: str,
    tag: str,
    headline: str,
) -> None:
    view, _ = MOMENTS[name]
    page = open_page(f"{stage.show(view)}?lang={tag}", viewport=PHONE, reduced_motion="reduce")
    if page.locator("#map").is_visible():
        expect(page.locator(".marker-home")).to_be_visible()

    expect(page.get_by_role("heading", level=1)).to_have_text(headline)
    assert tag != "en" or violations(page) == []
    if pictures is not None:
        page.screenshot(path=pictures / f"{name}.{tag}.png")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
