"""Plans of every version ever written, read by the adapter of today."""

import base64
import json
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.domain.ids import RouteId
from tests.contract.conftest import Stores
from tests.contract.routes.stored import ROUTES
from tests.support.aws import SESSION, STAGE, stack_of, table_names

GOLDEN: Final = Path(__file__).parents[2] / "golden"
FILES: Final = sorted(GOLDEN.glob("v*/routes/*.json"))


def stored(path: Path) -> dict[str, Any]:
    """A raw item as the wire has it: binary values as bytes."""
    written: dict[str, dict[str, Any]] = json.loads(path.read_text())
    return {
        name: {"B": base64.b64decode(value["B"])} if "B" in value else value
        for name, value in written.items()
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_plan_that_was_once_written_is_read_for_ever(dynamo: Stores, path: Path) -> None:
    item = stored(path)
    table = table_names(stack_of(STAGE))["routes"]
    SESSION.client("dynamodb").put_item(TableName=table, Item=item)

    found = dynamo.routes.get(RouteId(item["route_id"]["S"]))

    assert found == ROUTES[path.stem]


def test_every_version_has_every_file() -> None:
    names_by_version: dict[str, set[str]] = {}
    for path in FILES:
        names_by_version.setdefault(path.parts[-3], set()).add(path.stem)

    assert names_by_version
    assert all(names == set(ROUTES) for names in names_by_version.values())
