"""What the page's scripts decide without a page, asked through Node."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalogues import locale_of
from chalicelib.pages import times
from tests.support import binding_examples as examples

ROOT = Path(__file__).parents[3]
NODE = Path(sys.executable).parent / "node"


def evaluate(name: str, module: str, expression: str, given: Any = None) -> Any:
    """The value of a JavaScript expression that uses what `module` exports as `name`."""
    script = f"""
        import {{ {name} }} from "./web/src/{module}";
        const given = JSON.parse(process.argv[1]);
        console.log(JSON.stringify({expression}));
    """
    command = [str(NODE), "--input-type=module", "--eval", script, json.dumps(given)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return json.loads(answer.stdout)


def test_the_script_tells_ages_exactly_as_the_server_does() -> None:
    locale = locale_of("fi")
    ages_s = [*range(130), 3_599, 3_600, 7_199, 7_200, 90_000]
    forms = {unit: locale.say(f"seen.{unit}", n="{n}") for unit in ("s", "min", "h")}
    given = {"forms": forms | {"now": locale.say("seen.now")}, "ages": ages_s}

    expression = "given.ages.map((age) => ageInWords(given.forms, age))"
    told = evaluate("ageInWords", "shared/ages.js", expression, given)

    assert told == [times.age("seen", age_s, locale) for age_s in ages_s]


def test_a_lost_connection_is_tried_less_and_less_often() -> None:
    waits_s = evaluate(
        "backOff", "shared/polling.js", "[1, 2, 3, 4, 5, 9].map((n) => backOff(10, n, 0, 0.5))"
    )

    assert waits_s == [10, 20, 40, 80, 120, 120]


def test_many_pages_do_not_come_back_in_one_moment() -> None:
    waits_s = evaluate(
        "backOff", "shared/polling.js", "[0, 1].map((chance) => backOff(10, 1, 0, chance))"
    )

    assert waits_s == pytest.approx([8, 12])


def test_the_server_may_ask_for_more_patience() -> None:
    assert evaluate("backOff", "shared/polling.js", "backOff(10, 1, 45, 0.5)") == 45


def test_longitudes_go_on_beyond_180_degrees() -> None:
    found = evaluate(
        "longitudeNear",
        "tracking/longitudes.js",
        "given.map(([lon, near]) => longitudeNear(lon, near))",
        [[179.9985, -179.998], [-179.998, 179.9985], [24.9, 25.0], [-180, 180], [10, -160]],
    )

    assert found == pytest.approx([-180.0015, 180.002, 24.9, 180, 10], abs=1e-9)


@pytest.mark.parametrize(
    ("tags", "is_allowed"), [(examples.TEXT_ALLOWED, True), (examples.TEXT_REFUSED, False)]
)
def test_the_script_sets_the_text_of_the_same_elements_as_the_server(
    tags: tuple[str, ...],
    is_allowed: bool,  # noqa: FBT001
) -> None:
    allowed = evaluate("maySetText", "shared/bindings.js", "given.map(maySetText)", tags)

    assert dict(zip(tags, allowed, strict=True)) == dict.fromkeys(tags, is_allowed)


@pytest.mark.parametrize(
    ("pairs", "is_allowed"),
    [(examples.ATTRIBUTES_ALLOWED, True), (examples.ATTRIBUTES_REFUSED, False)],
)
def test_the_script_sets_the_same_attributes_as_the_server(
    pairs: tuple[str, ...],
    is_allowed: bool,  # noqa: FBT001
) -> None:
    split = [pair.partition("=")[::2] for pair in pairs]
    expression = "given.map(([name, format]) => maySetAttribute(name, format))"
    allowed = evaluate("maySetAttribute", "shared/bindings.js", expression, split)

    assert dict(zip(pairs, allowed, strict=True)) == dict.fromkeys(pairs, is_allowed)


def ask(answers: list[dict[str, Any]], *, page: str = "") -> list[Any]:
    """What a page is told while the server gives these answers; ``page`` runs with each state."""
    script = f"""
        import {{ startPolling }} from "./web/src/shared/polling.js";
        const answers = JSON.parse(process.argv[1]);
        const told = [];
        const setTimer = globalThis.setTimeout;  // a time limit keeps nobody waiting
        globalThis.setTimeout = (f, ms) => (ms ? setTimer(f, ms).unref() : setTimer(f, ms));
        globalThis.document = {{ hidden: false, addEventListener() {{}} }};
        globalThis.window = {{ addEventListener() {{}} }};
        globalThis.fetch = async (url, {{ headers }}) => {{
          told.push(["asked", headers["If-None-Match"]]);
          const {{ status, state, etag }} = answers.shift();
          if (!status) throw new TypeError("no network");
          return new Response(status === 200 ? JSON.stringify(state) : null, {{ status, headers: {{ ETag: etag }} }});
        }};
        startPolling({{
          url: "/state", etag: "v0", pollAfterS: 0,
          onState(state) {{ told.push(["state", state.n]); {page} }},
          onAnswer(_, failures) {{ told.push(["answer", failures]); }},
          onTrouble(failures) {{ told.push(["trouble", failures]); }},
          onFault(error) {{ told.push(["fault", error.message]); }},
          onGone() {{ told.push(["gone"]); }},
        }});
        process.on("beforeExit", () => console.log(JSON.stringify(told)) || process.exit());
    """  # noqa: E501
    command = [str(NODE), "--input-type=module", "--eval", script, json.dumps(answers)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    told: list[Any] = json.loads(answer.stdout)
    return told


def answer(n: int, poll_after_s: int | None = 0) -> dict[str, Any]:
    return {"status": 200, "etag": f"v{n}", "state": {"n": n, "poll_after_s": poll_after_s}}


def test_a_page_that_cannot_show_a_state_says_so_and_asks_for_it_again() -> None:
    told = ask(
        [answer(1), answer(2), answer(3, poll_after_s=None)],
        page='if (state.n === 2) throw new Error("no place for 2");',
    )

    assert told == [
        *(["asked", "v0"], ["state", 1], ["answer", 0]),
        *(["asked", "v1"], ["state", 2], ["fault", "no place for 2"]),
        *(["asked", "v1"], ["state", 3], ["answer", 0]),
    ]


def test_an_answer_that_never_came_is_trouble_and_no_fault_of_the_page() -> None:
    told = ask([{"status": 0}, {"status": 503}, answer(1, poll_after_s=None)])

    assert told == [
        *(["asked", "v0"], ["trouble", 1], ["asked", "v0"], ["trouble", 2]),
        *(["asked", "v0"], ["state", 1], ["answer", 2]),
    ]


def test_an_answer_that_is_no_state_is_trouble_too() -> None:
    broken = {"status": 200, "etag": "v1", "state": None}

    told = ask([broken, answer(1, poll_after_s=None)])

    assert told == [
        *(["asked", "v0"], ["trouble", 1]),
        *(["asked", "v0"], ["state", 1], ["answer", 1]),
    ]
