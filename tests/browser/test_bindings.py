"""A page that the script brought up to date is the page that the server would have rendered.

The templates alone know markup (chalicelib/pages/bindings.py); the script writes later values into
it (web/src/shared/bindings.js). These tests walk a page through states and compare its elements,
attributes and texts with those of a fresh answer.
"""

from dataclasses import replace
from typing import Final

import pytest
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import (
    Outcome,
    Sender,
    ShownCompanion,
    ShownProof,
    TrackingView,
)
from tests.browser.conftest import OpenPage
from tests.support.stage import Stage
from tests.support.tracking_views import (
    make_delayed,
    make_delivered,
    make_failed,
    make_stale,
    make_view,
    make_waiting,
)

# Left out: what only a script makes (the map's inside, spoken news, the map's style sheet, which
# buttons work), what only a page without scripts has, and the data that the page started from.
AS_TEXT: Final = """
  const leftOut =
    "noscript, #page-data, #map-canvas > *, head > link[rel=stylesheet]:not([href*=tracking])";
  const asText = (root) => {
    const lines = [];
    const walk = (node, depth) => {
      if (node.nodeType === Node.TEXT_NODE) {
        if (node.data.trim()) lines.push(" ".repeat(depth) + JSON.stringify(node.data));
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || node.matches(leftOut)) return;
      const attributes = [...node.attributes]
        .filter(({ name }) => !(name === "disabled" && node.matches("#map-bar *")))
        .filter(({ name }) => !(node.id === "map-canvas" && ["class", "style"].includes(name)))
        .map(({ name, value }) => `${name}=${JSON.stringify(value)}`)
        .sort();
      lines.push(" ".repeat(depth) + [node.localName, ...attributes].join(" "));
      if (node.id === "announcement") return;
      const inside = node.localName === "template" ? node.content : node;
      for (const child of inside.childNodes) walk(child, depth + 1);
    };
    walk(root, 0);
    return lines.join("\\n");
  };
"""
FRESH: Final = f"""async () => {{
  {AS_TEXT}
  const answer = await fetch(location.href, {{ cache: "no-store" }});
  return asText(new DOMParser().parseFromString(await answer.text(), "text/html").documentElement);
}}"""
SHOWN: Final = f"() => {{ {AS_TEXT} return asText(document.documentElement); }}"
IS_SHOWN: Final = f"(wanted) => {{ {AS_TEXT} return asText(document.documentElement) === wanted; }}"


def ended(status: Status, *, note: str | None, proofs: int) -> TrackingView:
    made = make_delivered if status is Status.DELIVERED else make_failed
    view = made(poll_after_s=10)
    assert view.outcome is not None
    shown = tuple(ShownProof(f"prf_{n:026}", "photo") for n in range(proofs))
    outcome: Outcome = replace(view.outcome, note=note, proofs=shown)
    return replace(view, outcome=outcome)


VIEWS: Final = {
    "created": make_waiting(poll_after_s=10),
    "loaded": make_waiting(Status.LOADED, poll_after_s=10),
    "moving": make_view(),
    "far": make_view(position=None, position_hidden_because="not_yet_near", last_seen_age_s=None),
    "late": make_delayed(),
    "long story": make_delayed(earlier_before=5),
    "in company": make_view(companions=(ShownCompanion("Kirja & Kuu", 1, Status.ARRIVING),)),
    "stale": make_stale(),
    "arriving": make_view(Status.ARRIVING, stops_before=0),
    "arrived": make_view(Status.ARRIVED, stops_before=0),
    "failed": make_failed(poll_after_s=10),
    "delivered": make_delivered(poll_after_s=10, outcome=None),
}
# A page loads itself again for its first proof (its policy must let pictures through), so these
# follow one another on a page that has one.
ENDINGS: Final = {
    "one": ended(Status.DELIVERED, note="With the concierge", proofs=1),
    "none": ended(Status.DELIVERED, note=None, proofs=0),
    "three": ended(Status.ATTEMPT_FAILED, note=None, proofs=3),
    "note": ended(Status.DELIVERED, note="<b>Behind</b> {words.tone} &amp;", proofs=2),
    "only a note": ended(Status.ATTEMPT_FAILED, note="Nobody there", proofs=0),
}


def walk(page: Page, stage: Stage, views: list[TrackingView]) -> None:
    """Show one view after the other, and compare the page with a fresh answer each time."""
    for view in views:
        stage.show(view)
        with page.expect_response(lambda answer: "/state" in answer.url and answer.status == 200):
            page.clock.run_for(10_100)
        wanted: str = page.evaluate(FRESH)
        try:
            page.wait_for_function(IS_SHOWN, arg=wanted, timeout=5_000)
        except PlaywrightTimeoutError:
            shown: str = page.evaluate(SHOWN)
            assert shown.splitlines() == wanted.splitlines()
        # The stage forgets a view's proofs with the view: their pictures must have come by then.
        page.wait_for_function("() => [...document.images].every(({ complete }) => complete)")


@pytest.mark.parametrize("start", VIEWS)
def test_an_updated_page_is_a_fresh_page(stage: Stage, open_page: OpenPage, start: str) -> None:
    page = open_page(stage.show(VIEWS[start]), has_test_clock=True)
    others = [view for name, view in VIEWS.items() if name != start]

    walk(page, stage, [*others, VIEWS[start], *reversed(others)])


def test_names_stay_text_in_every_part(stage: Stage, open_page: OpenPage) -> None:
    sender = Sender("<img src=x onerror=alert(1)> {words.tone} &amp;", None)
    first, *others = (replace(view, sender=sender) for view in VIEWS.values())

    page = open_page(stage.show(first), has_test_clock=True)

    walk(page, stage, others)


@pytest.mark.parametrize("start", ["one", "three"])
def test_endings_with_notes_and_pictures_are_fresh_too(
    stage: Stage, open_page: OpenPage, start: str
) -> None:
    page = open_page(stage.show(ENDINGS[start]), has_test_clock=True)
    others = [view for name, view in ENDINGS.items() if name != start]

    walk(page, stage, [*others, VIEWS["late"], ENDINGS[start], *reversed(others)])


def test_the_comparison_sees_a_difference(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()))
    stage.show(replace(make_view(), stops_before=2))

    fresh, shown = page.evaluate(FRESH), page.evaluate(SHOWN)

    assert fresh != shown
    assert "2 stops before you" in fresh
    assert "3 stops before you" in shown


def test_what_is_right_already_is_left_alone(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.show(make_view()), has_test_clock=True)
    page.evaluate(
        """() => {
          window.changed = [];
          new MutationObserver((records) => {
            for (const { target } of records) changed.push((target.id || target.className));
          }).observe(document.querySelector(".story"), {
            subtree: true, childList: true, characterData: true, attributes: true,
          });
        }"""
    )

    stage.show(replace(make_view(), stops_before=2))
    with page.expect_response(lambda answer: "/state" in answer.url and answer.status == 200):
        page.clock.run_for(10_100)
    page.wait_for_function("document.querySelector('#facts').textContent.includes('2 stops')")

    assert page.evaluate("window.changed") == []
