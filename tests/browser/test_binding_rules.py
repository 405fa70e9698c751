"""The server's and the script's half of bindings follow the same rules, for every kind of value."""

from itertools import permutations
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from playwright.sync_api import Browser

from chalicelib.pages.bindings import Bindings

SCRIPT: Final = Path(__file__).parents[2] / "web" / "src" / "shared" / "bindings.js"
ORIGIN: Final = "http://127.0.0.1:9"
"""Answered by the test itself; nothing listens there."""

TEMPLATE: Final = """
{{ bound.text("h1", "value", attrs="title={value} lang=x-{value}", class="fixed") }}
<section {{ bound.show("value") }}><p>Fixed <b>words</b></p>
<p {{ bound.attrs("data-one={value} href=/a/{value}/{deep.value}") }}>{{ bound.text("i", "deep.value") }}</p>
</section>
<div {{ bound.show("deep") }}>
{% call(row) bound.each("deep.rows") %}
<article {{ row.attrs("data-id={id}") }}>{{ row.text("b", "id") }}
<ul {{ row.show("facts") }}>
{% call(fact) row.each("facts") %}
{{ fact.text("li", ".") }}
{% endcall %}
</ul></article>
{% endcall %}
</div>
"""  # noqa: E501 - one element a line
VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    7,
    -1,
    "",
    "0",
    "words",
    "<b>&amp;</b> {value} \"'",
    " two  blanks ",
)
DEEP: Final[tuple[Any, ...]] = (
    None,
    {"value": None, "rows": None},
    {"value": "x", "rows": []},
    {"value": 1, "rows": [{"id": "a", "facts": ["one", "two"]}]},
    {
        "value": False,
        "rows": [
            {"id": None, "facts": []},
            {"id": "b", "facts": ["three", None, "<i>"]},
            {"id": "c", "facts": None},
        ],
    },
)
STATES: Final = [
    {"value": value, "deep": DEEP[index % len(DEEP)]} for index, value in enumerate(VALUES)
]
DIFFERING: Final = """async (walks) => {
  const { bind } = await import("/bindings.js");
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body;
  return walks.flatMap(([before, state, after]) => {
    const page = document.importNode(parsed(before), true);
    bind(page, state);
    return page.isEqualNode(parsed(after)) ? [] : [[page.innerHTML, parsed(after).innerHTML]];
  });
}"""


def test_a_page_of_any_state_becomes_the_page_of_any_other(browser: Browser) -> None:
    template = Environment(autoescape=True, trim_blocks=True).from_string(TEMPLATE)
    pages = [template.render(bound=Bindings(state)) for state in STATES]
    walks = [
        (pages[before], STATES[after], pages[after])
        for before, after in permutations(range(len(STATES)), 2)
    ]
    context = browser.new_context()
    page = context.new_page()
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(body="", content_type="text/html"))
    page.route(f"{ORIGIN}/bindings.js", lambda route: route.fulfill(path=SCRIPT))
    page.goto(f"{ORIGIN}/")

    differing = page.evaluate(DIFFERING, walks)
    context.close()

    assert len(walks) == 110
    assert differing == []
