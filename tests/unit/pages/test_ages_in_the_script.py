import json
import subprocess
import sys
from pathlib import Path

from chalicelib.pages import times
from chalicelib.pages.languages import locale_of

ROOT = Path(__file__).parents[3]
NODE = Path(sys.executable).parent / "node"
SCRIPT = """
import { ageInWords } from "./web/src/ages.js";
const { forms, ages } = JSON.parse(process.argv[1]);
console.log(JSON.stringify(ages.map((age) => ageInWords(forms, age))));
"""


def test_the_script_tells_ages_exactly_as_the_server_does() -> None:
    locale = locale_of("fi")
    ages_s = [*range(130), 3_599, 3_600, 7_199, 7_200, 90_000]
    forms = {unit: locale.say(f"seen.{unit}", n="{n}") for unit in ("s", "min", "h")}
    question = json.dumps({"forms": forms | {"now": locale.say("seen.now")}, "ages": ages_s})

    answer = subprocess.run(
        [NODE, "--input-type=module", "--eval", SCRIPT, question],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    assert json.loads(answer.stdout) == [times.age("seen", age_s, locale) for age_s in ages_s]
