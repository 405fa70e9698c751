"""The first view on a slow network, in figures: `pytest tests/browser/test_first_view.py -s`."""

import gzip
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PHONE, OpenPage
from tests.support.stage import Stage
from tests.support.tracking_views import make_delivered, make_failed, make_view, make_waiting

SLOW_4G: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_638_400 / 8,
    "uploadThroughput": 675_000 / 8,
}
"""Lighthouse's slow 4G: 150 ms a round trip, 1.6 Mbit/s down."""
MOST_KB: Final = 14.0
LONGEST_S: Final = 1.0
MEASURED: Final = """() => new Promise((resolve) => {
  const found = { lcp_ms: 0, cls: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) found.lcp_ms = Math.max(found.lcp_ms, entry.startTime);
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) found.cls += value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(found), 500);
})"""
VIEWS: Final = {
    "waiting": make_waiting(may_write=True),
    "moving": make_view(may_write=True),
    "delivered": make_delivered(may_rate=True, may_report=True),
    "failed": make_failed(may_write=True),
}


def on_slow_4g(stage: Stage, open_page: OpenPage, name: str) -> tuple[Page, dict[str, Any]]:
    page = open_page("about:blank", viewport=PHONE)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW_4G)
    sizes: list[float] = []
    page.on("response", lambda answer: sizes.append(gzipped_kb(answer.url, answer)))
    page.goto(stage.show(VIEWS[name]), wait_until="load")
    found = page.evaluate(MEASURED)
    return page, found | {"kb": sum(sizes)}


def gzipped_kb(url: str, answer: Any) -> float:
    """Of what the first view needs; the map and the pictures come later."""
    is_later = any(
        part in url for part in ("/map-", "demo-streets", "/chunk-", "/proof/", "/photo")
    )
    is_ours = answer.ok and not is_later
    return len(gzip.compress(answer.body(), compresslevel=9)) / 1_000 if is_ours else 0.0


@pytest.mark.parametrize("name", VIEWS)
def test_the_answer_is_there_within_a_second_and_nothing_jumps(
    stage: Stage, open_page: OpenPage, name: str
) -> None:
    _, found = on_slow_4g(stage, open_page, name)

    print(  # noqa: T201 - the figures are what this is about
        f"\n{name}: LCP {found['lcp_ms'] / 1_000:.2f} s, CLS {found['cls']:.3f}, "
        f"{found['kb']:.1f} kB gzip"
    )
    assert 0 < found["lcp_ms"] <= 1_000 * LONGEST_S
    assert found["cls"] < 0.02
    assert 0 < found["kb"] <= MOST_KB
