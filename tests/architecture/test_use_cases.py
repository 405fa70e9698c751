"""What serves HTTP asks the container for use cases and for settings, never for a port."""

import ast
from pathlib import Path
from typing import Final

from chalicelib.bootstrap.container import Container, _UseCase

ROOT: Final = Path(__file__).parents[2] / "chalicelib"
SETTINGS: Final = "settings"


def asked_for(path: Path) -> set[str]:
    """The names that a file reads from the container."""
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "container"
    }


def is_a_use_case(name: str) -> bool:
    """Whether the container has a line for a use case of that name."""
    return isinstance(vars(Container).get(name), _UseCase)


def test_http_reaches_use_cases_only() -> None:
    names = {
        name
        for folder in ("api", "edge", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for name in asked_for(path)
    }

    assert {"authenticate", "create_shipment", "cursors", "show_accounts"} <= names
    assert {name for name in names - {SETTINGS} if not is_a_use_case(name)} == set()


def test_a_port_is_noticed() -> None:
    assert not is_a_use_case("signer")
    assert not is_a_use_case("drivers")
