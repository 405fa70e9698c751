"""Golden files: items as a release wrote them, in DynamoDB's JSON. They are never written again.

`tests/golden/<version>/<table>/<name>.json` is one item. Code of today must read them all.
"""

import base64
import json
from pathlib import Path
from typing import Any, Final

from tests.support.aws import SESSION, STAGE, stack_of, table_names

FOLDER: Final = Path(__file__).parents[1] / "golden"

Raw = dict[str, dict[str, Any]]


def versions(table: str) -> list[str]:
    """The versions that have files of this table."""
    return sorted(folder.name for folder in FOLDER.iterdir() if (folder / table).is_dir())


def golden_items(version: str, table: str) -> dict[str, Raw]:
    """The raw items of a table by the names of their files, binary as bytes."""
    paths = sorted((FOLDER / version / table).glob("*.json"))
    return {path.stem: _raw(json.loads(path.read_text("utf-8"))) for path in paths}


def put_golden_items(version: str, table: str) -> None:
    """Put them into the table, past our own code. Call it inside `aws()`."""
    client = SESSION.client("dynamodb")
    name = table_names(stack_of(STAGE))[table]
    for item in golden_items(version, table).values():
        client.put_item(TableName=name, Item=item)


def _raw(item: Raw) -> Raw:
    return {name: _value(value) for name, value in item.items()}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64decode(value["B"])} if "B" in value else value
