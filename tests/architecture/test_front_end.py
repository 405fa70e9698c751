"""The front end's checks notice what is planted; `make lint` runs them over all of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
WEB: Final = ROOT / "web"
NODE: Final = Path(sys.executable).parent / "node"
TOOLS: Final = WEB / "node_modules"

BROKEN: Final = {
    "no-unused-vars": "const forgotten = 1;\n",
    "eqeqeq": "export const isOne = (value) => value == 1;\n",
    "no-restricted-properties": "export const show = (it, state) => { it.innerHTML = state; };\n",
    "consistent-return": "export const half = (n) => { if (n) return n / 2; };\n",
}

MAKES_MARKUP: Final = (
    *("it.outerHTML = text", "it.insertAdjacentHTML('beforeend', text)", "it.setHTMLUnsafe(text)"),
    *("it.createContextualFragment(text)", "new DOMParser().parseFromString(text, 'text/html')"),
    *(
        "it.srcdoc = text",
        "document.write(text)",
        "window.document.writeln(text)",
        "it['innerHTML'] = text",
    ),
)


def run(*command: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in (NODE, *command)],
        cwd=ROOT,
        input=given,
        capture_output=True,
        check=False,
        text=True,
    )


def test_eslint_finds_each_planted_mistake() -> None:
    found = run(
        TOOLS / "eslint/bin/eslint.js",
        *("--stdin", "--stdin-filename", "web/src/shared/planted.js", "--format", "json"),
        given="".join(BROKEN.values()),
    )

    messages = json.loads(found.stdout)[0]["messages"]
    assert {each["ruleId"] for each in messages} == BROKEN.keys()
    assert {each["severity"] for each in messages} == {2}


def test_no_script_may_turn_text_into_markup() -> None:
    planted = [
        f"export const f{i} = (it, text) => {{ {code}; return it; }};\n"
        for i, code in enumerate(MAKES_MARKUP)
    ]
    found = run(
        TOOLS / "eslint/bin/eslint.js",
        *("--stdin", "--stdin-filename", "web/src/shared/planted.js", "--format", "json"),
        given="".join(planted),
    )

    messages = json.loads(found.stdout)[0]["messages"]
    refused = [each["line"] for each in messages if each["ruleId"] == "no-restricted-properties"]
    assert refused == list(range(1, len(MAKES_MARKUP) + 1))


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("/** @type {number} */\nexport const half = 'one';\n", "TS2322"),
        ("export const half = (n) => n / 2;\n", "TS7006"),
        ("export const text = document.querySelector('p').textContent;\n", "TS2531"),
    ],
    ids=["wrong type", "no type", "perhaps null"],
)
def test_the_compiler_finds_a_planted_type_error(tmp_path: Path, code: str, error: str) -> None:
    (tmp_path / "planted.js").write_text(code, "utf-8")
    config = {
        "extends": str(WEB / "tsconfig.json"),
        "compilerOptions": {"types": []},
        "include": ["planted.js"],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps(config), "utf-8")

    found = run(TOOLS / "typescript/bin/tsc", "--project", tmp_path)

    assert found.returncode != 0
    assert error in found.stdout


def test_every_script_is_typed_and_none_is_excused() -> None:
    config = json.loads((WEB / "tsconfig.json").read_text("utf-8"))
    listed = run(TOOLS / "typescript/bin/tsc", "--project", WEB, "--listFilesOnly").stdout

    scripts = {*WEB.glob("*.js"), *WEB.glob("*.mjs"), *(WEB / "src").rglob("*.js")}
    assert config["compilerOptions"]["strict"] is True
    assert scripts <= {Path(line) for line in listed.splitlines()}
    assert [path for path in scripts if "@ts-" in path.read_text("utf-8")] == []
