"""Sharing, the light check, the place of the photo, another address and the printed sheet."""

import re
from typing import Any, Literal

import pytest
from playwright.sync_api import ViewportSize, expect

from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.shipments.wished import Open
from chalicelib.domain.tracking.tracking import ProofCheck, ShownPlace, TrackingView
from tests.browser.axe import violations
from tests.browser.conftest import DESK, OpenPage
from tests.support.builders import NOON, minutes
from tests.support.stage import Stage
from tests.support.tracking_views import make_delivered, make_view, make_waiting

SMALL: ViewportSize = {"width": 320, "height": 700}
SIZES = [SMALL, ViewportSize(width=412, height=860), DESK]
PLACE = ShownPlace(60.16985, 24.94561, 8.0, NOON - minutes(4))
LONG = "Kahvila Kukkakorpi ja Kumppanit Osakeyhtiö, toinen kerros, sisäpihan puolelta"
BOTH: list[Any] = [
    pytest.param({}, id="script"),
    pytest.param({"java_script_enabled": False}, id="no-script"),
]


def sharing(view: TrackingView | None = None, **changes: Any) -> TrackingView:
    more = {"share_token": "wA1_-" * 8} | changes
    return make_view(**more) if view is None else view


def delivered(**changes: Any) -> TrackingView:
    view = make_delivered()
    assert view.outcome is not None
    outcome = {"place": PLACE, "received_by": "Aino Virtanen-Öberg", **changes}
    parts = {name: getattr(view.outcome, name) for name in ("status", "at", "reason", "note")}
    proofs = outcome.pop("proofs", view.outcome.proofs)
    note = outcome.pop("note", parts.pop("note"))
    return make_delivered(outcome=type(view.outcome)(**parts, note=note, proofs=proofs, **outcome))


def closed() -> TrackingView:
    hidden = {"proofs": (), "note": None, "place": None, "received_by": None}
    outcome = delivered(**hidden, has_hidden_proofs=True).outcome
    return make_delivered(outcome=outcome, proof_check=ProofCheck.ASKED)


VIEWS = {
    "shared": sharing(),
    "waiting": sharing(make_waiting(share_token="wA1_-" * 8)),
    "elsewhere": sharing(may_redirect=Open.YES),
    "with a place": delivered(),
    "closed": closed(),
}


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    stage: Stage, open_page: OpenPage, name: str, scheme: Literal["light", "dark"]
) -> None:
    page = open_page(stage.show(VIEWS[name]), color_scheme=scheme)
    for summary in page.locator("#share summary, #address summary").all():
        summary.click()
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        found += violations(page)
        assert fits(page), size

    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_what_others_see(
    stage: Stage, open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    stage.show(sharing())
    page = open_page(f"{stage.base_url}/s/t0ken", color_scheme=scheme)
    expect(page.locator(".marker-van")).to_be_attached()
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        found += violations(page)
        assert fits(page), size

    assert found == []
    assert page.locator(".marker-home").count() == 0


@pytest.mark.parametrize("context", BOTH)
def test_others_see_when_it_comes_and_no_more(
    stage: Stage, open_page: OpenPage, context: dict[str, Any]
) -> None:
    stage.show(sharing())
    page = open_page(f"{stage.base_url}/s/t0ken", **context)

    expect(page.get_by_role("heading", level=1)).to_have_text("Arriving today 14:10–14:40")
    expect(page.locator("#map-text")).to_contain_text("The van is about here")
    shown = page.content()
    assert "Kukka" not in shown
    assert "Helsinki" not in shown
    assert "60.16952" not in shown


def test_a_link_is_copied_with_one_tap(stage: Stage, open_page: OpenPage) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    page = open_page(stage.show(sharing()), permissions=allowed)

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator("#share-copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"https://track.example/s/{'wA1_-' * 8}"


def test_without_a_script_the_link_is_there_to_copy(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(sharing()), java_script_enabled=False)

    expect(page.get_by_label("Link to share")).to_have_value(re.compile(r"/s/wA1_"))
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()


def test_what_is_over_is_not_shared(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(delivered()))

    assert page.locator("#share").count() == 0


def test_the_place_of_the_photo_is_on_the_map_and_in_words(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.show(delivered()))

    expect(page.locator(".marker-photo")).to_be_attached()
    expect(page.locator(".marker-home")).to_be_attached()
    facts = page.locator(".proof-facts")
    expect(facts).to_contain_text("Received by Aino Virtanen-Öberg")
    expect(facts).to_contain_text("The photo was taken less than 100 m from your address.")
    expect(facts).to_contain_text("13:56")


@pytest.mark.parametrize("context", BOTH)
def test_a_closed_proof_asks_for_the_address(
    stage: Stage, open_page: OpenPage, context: dict[str, Any]
) -> None:
    page = open_page(stage.show(closed()), **context)

    expect(page.get_by_label("Postcode or house number")).to_be_visible()
    expect(page.get_by_role("button", name="Show the proof")).to_be_visible()
    assert page.locator(".ending img").count() == 0


@pytest.mark.parametrize("scale", [1, 2])
def test_long_names_and_large_text_fit(stage: Stage, open_page: OpenPage, scale: int) -> None:
    page = open_page(stage.show(delivered(received_by=LONG, note=LONG * 3)), viewport=SMALL)
    page.evaluate("size => (document.documentElement.style.fontSize = size)", f"{17 * scale}px")

    assert fits(page)


@pytest.mark.parametrize("name", ["with a place", "shared", "waiting"])
def test_a_printed_page_is_one_sheet(stage: Stage, open_page: OpenPage, name: str) -> None:
    page = open_page(stage.show(VIEWS[name]))

    sheets = re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4"))

    assert len(sheets) == 1
    page.emulate_media(media="print")
    for hidden in ("#share", "#map", "#thread", ".foot nav", "form"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()


def test_a_failed_attempt_shows_no_map_without_a_place(stage: Stage, open_page: OpenPage) -> None:
    view = make_view(Status.ARRIVED, stops_before=0, position=None, last_seen_age_s=None)
    page = open_page(stage.show(view))

    expect(page.locator("#map")).to_be_hidden()
