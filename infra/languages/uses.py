"""The sentences that the code asks for, by their names.

Most names stand in the code whole: `say("stops.next")`. Others are put together:
`say(f"reason.{x}")`. Then the part with the dot stands in the code, and so does what comes instead
of x: as a word of the domain, or in a list. A name that cannot be made of such parts is not asked
for.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.vendor import ROOT

SAYING: Final = frozenset({"say", "count", "form"})
APP: Final = "driver."
"""The driver's app leaves the first part of its names out."""
PYTHON: Final = (*sorted((ROOT / "chalicelib").rglob("*.py")), Path(__file__).with_name("build.py"))
TEMPLATES: Final = tuple(sorted((ROOT / "chalicelib" / "pages" / "templates").glob("*.html")))
SCRIPTS: Final = tuple(sorted((ROOT / "web" / "src" / "driver").glob("*.js")))

_SAID_IN_TEMPLATES: Final = re.compile(r"\b(?:say|count|form)\('([a-z0-9_.]+)'\s*[,)]")
_SAID_IN_SCRIPTS: Final = re.compile(r"\bsay\(\s*\"([a-z0-9_.]+)\"\s*[,)]")
_EITHER_IN_SCRIPTS: Final = re.compile(
    r"\bsay\([^()\"]*\?\s*\"([a-z0-9_.]+)\"\s*:\s*\"([a-z0-9_.]+)\""
)
_STRING: Final = re.compile(r"'([A-Za-z0-9_.]+)'|\"([A-Za-z0-9_.]+)\"|[`}]([A-Za-z0-9_.]+)(?=\$|`)")
_KEY: Final = re.compile(r"\b([a-z_]+):")


@dataclass(frozen=True, slots=True)
class Uses:
    """Names that stand in the code whole in a call, and all pieces that names are made of.

    Those of the driver's app are apart, without their first part.
    """

    said: frozenset[str]
    said_in_app: frozenset[str]
    pieces: frozenset[str]
    pieces_in_app: frozenset[str]

    def missing(self, names: set[str]) -> set[str]:
        """The names that are asked for and have no sentence."""
        in_app = {name if name in names else f"{APP}{name}" for name in self.said_in_app}
        return in_app.union(self.said) - names

    def unused(self, names: set[str]) -> set[str]:
        """The names that nothing asks for."""
        return {name for name in names if not self._is_used(name)}

    def _is_used(self, name: str) -> bool:
        if name.startswith(APP):
            own, pieces = name.removeprefix(APP), self.pieces_in_app | self.pieces
            return _is_made_of(own, pieces, self.pieces_in_app) or name in self.pieces
        return _is_made_of(name, self.pieces, self.pieces)


def uses() -> Uses:
    """All that the code says."""
    said: set[str] = set()
    pieces: set[str] = set()
    for path in PYTHON:
        tree = ast.parse(path.read_text("utf-8"))
        pieces.update(_constants(tree))
        said.update(_said(tree))
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        said.update(_SAID_IN_TEMPLATES.findall(text))
        pieces.update(_strings(text))
    shell = next(path for path in TEMPLATES if path.name == "driver.html")
    scripts = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    either = {name for pair in _EITHER_IN_SCRIPTS.findall(scripts) for name in pair}
    return Uses(
        said=frozenset(said),
        said_in_app=frozenset({*_SAID_IN_SCRIPTS.findall(scripts), *either}),
        pieces=frozenset(pieces),
        pieces_in_app=frozenset(
            {*_strings(scripts), *_KEY.findall(scripts), *_strings(shell.read_text("utf-8"))}
        ),
    )


def _is_made_of(name: str, pieces: frozenset[str], with_dots: frozenset[str]) -> bool:
    """Whether the name stands in the code whole, or in parts of which one at least has its dot."""
    if name in with_dots:
        return True
    words = name.split(".")
    for cut in range(1, len(words)):
        first, rest = ".".join(words[:cut]), ".".join(words[cut:])
        dotted = f"{first}." in with_dots or f".{rest}" in with_dots
        if dotted and _is_known(first, pieces) and _is_known(rest, pieces):
            return True
    return False


def _is_known(part: str, pieces: frozenset[str]) -> bool:
    if {part, f"{part}.", f".{part}", f".{part}."} & pieces:
        return True
    first, dot, rest = part.partition(".")
    return bool(dot) and _is_known(first, pieces) and _is_known(rest, pieces)


def _constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in SAYING:
            yield from _names(node.args[0])


def _names(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(name)) if "." in name or name.isidentifier():
            yield name
        case ast.IfExp(body=one, orelse=other):
            yield from _names(one)
            yield from _names(other)
        case _:
            return


def _strings(text: str) -> Iterator[str]:
    for groups in _STRING.findall(text):
        yield from filter(None, groups)
