"""What the page's scripts decide without a page, asked through Node."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.pages import times
from chalicelib.pages.languages import locale_of

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
