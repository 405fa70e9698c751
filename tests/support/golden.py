"""Golden items: what each version of the code has written, kept for ever and still read.

A file holds one raw item as DynamoDB has it in JSON (binary in base64), below
``tests/golden/<version>/<table>/``. Files are added when a format changes, never edited.
"""

import base64
import json
from pathlib import Path
from typing import Any, Final

from tests.support.aws import SESSION, STAGE, stack_of, table_names

GOLDEN: Final = Path(__file__).parents[1] / "golden"


def golden_item(version: str, table: str, name: str) -> dict[str, Any]:
    """One raw item, binary values as bytes."""
    path = GOLDEN / version / table / f"{name}.json"
    item: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return {attribute: _with_bytes(value) for attribute, value in item.items()}


def golden_names(version: str, table: str) -> list[str]:
    """The names of all golden items of a table."""
    return sorted(path.stem for path in (GOLDEN / version / table).glob("*.json"))


def golden_versions(table: str) -> list[str]:
    """The versions that have golden items of a table."""
    return sorted(folder.name for folder in GOLDEN.iterdir() if (folder / table).is_dir())


def golden_items(version: str, table: str) -> dict[str, dict[str, Any]]:
    """All raw items of a table by their names."""
    return {name: golden_item(version, table, name) for name in golden_names(version, table)}


def put_golden_items(version: str, table: str) -> None:
    """Put them into the table, past our own code. Call it inside `aws()`.

    Each gets an attribute more, as only a later release would write it: that is to be ignored.
    """
    client = SESSION.client("dynamodb")
    name = table_names(stack_of(STAGE))[table]
    for item in golden_items(version, table).values():
        client.put_item(TableName=name, Item=item | {"added_later": {"S": "unknown"}})


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {kind: base64.b64decode(v) if kind == "B" else v for kind, v in value.items()}
