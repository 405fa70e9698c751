"""Golden items: what each version of the code has written, kept for ever and still read.

A file holds one raw item as DynamoDB has it in JSON (binary in base64), below
``tests/golden/<version>/<table>/``. Files are added when a format changes, never edited.
"""

import base64
import json
from pathlib import Path
from typing import Any, Final

GOLDEN: Final = Path(__file__).parents[1] / "golden"


def golden_item(version: str, table: str, name: str) -> dict[str, Any]:
    """One raw item, binary values as bytes."""
    path = GOLDEN / version / table / f"{name}.json"
    item: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {attribute: _with_bytes(value) for attribute, value in item.items()}


def golden_names(version: str, table: str) -> list[str]:
    """The names of all golden items of a table."""
    return sorted(path.stem for path in (GOLDEN / version / table).glob("*.json"))


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {kind: base64.b64decode(v) if kind == "B" else v for kind, v in value.items()}
