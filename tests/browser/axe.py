"""axe-core, run in the page: what WCAG 2.2 AA and good practice find fault with."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page

SCRIPT: Final = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN: Final = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""


def violations(page: Page) -> list[str]:
    """Rule and element of each finding."""
    # Through the debugger, not as a tag: the page's policy forbids that, and so it should.
    page.evaluate(SCRIPT.read_text(encoding="utf-8") + ";undefined")
    found: list[str] = page.evaluate(_RUN, RULES)
    return found
