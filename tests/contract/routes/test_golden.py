"""Plans of every version ever written, read by the adapter of today."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib.domain.ids import RouteId
from chalicelib.domain.journal.changes import RouteChange
from tests.contract.conftest import Stores
from tests.contract.routes.stored import (
    EDITED,
    HANDED_OVER,
    HANDLED,
    MANIFEST,
    ROUTES,
    STARTS_AT,
    WENT_ON,
    WISHED,
)
from tests.support.aws import SESSION, STAGE, stack_of, table_names

GOLDEN: Final = Path(__file__).parents[2] / "golden"
FILES: Final = sorted(GOLDEN.glob("v*/routes/*.json"))
MANIFEST_VERSIONS: Final = sorted(path.parts[-3] for path in GOLDEN.glob("v*/manifests/*.json"))


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_it_is_listed_and_driven_on(dynamo: Stores, path: Path) -> None:
    table, route = table_names(stack_of(STAGE))["routes"], ROUTES[path.stem]
    SESSION.client("dynamodb").put_item(TableName=table, Item=stored(path))

    listed = dynamo.routes.by_service_day(
        route.service_day, route.hub_id, limit=9, position=None
    ).data
    sheet = dynamo.routes.run_sheet(route.id, route.plan_version, STARTS_AT)
    next_version = replace(route, plan_version=route.plan_version + 1)
    dynamo.journal.commit(RouteChange(next_version, route.plan_version))

    assert listed == (route.summary,)
    assert (sheet.route, sheet.manifest) == (route, None)
    assert dynamo.routes.get(route.id) == next_version


def test_a_plan_that_went_on_after_its_end_is_read(dynamo: Stores) -> None:
    table = table_names(stack_of(STAGE))["routes"]
    item = stored(GOLDEN / "v3" / "pauses" / "went-on.json")
    SESSION.client("dynamodb").put_item(TableName=table, Item=item)

    assert dynamo.routes.get(WENT_ON.id) == WENT_ON


def test_a_plan_that_was_handed_over_is_read(dynamo: Stores) -> None:
    table = table_names(stack_of(STAGE))["routes"]
    item = stored(GOLDEN / "v3" / "stints" / "handed-over.json")
    SESSION.client("dynamodb").put_item(TableName=table, Item=item)

    assert dynamo.routes.get(HANDED_OVER.id) == HANDED_OVER


@pytest.mark.parametrize("version", MANIFEST_VERSIONS)
def test_a_manifest_and_what_was_handled_are_read_for_ever(dynamo: Stores, version: str) -> None:
    for kind in ("routes", "manifests", "handled"):
        SESSION.client("dynamodb").put_item(
            TableName=table_names(stack_of(STAGE))["routes"],
            Item=stored(GOLDEN / version / kind / "planned.json"),
        )

    found = dynamo.routes.run_sheet(MANIFEST.route_id, 1, STARTS_AT)

    assert (found.route, found.manifest, found.handled) == (ROUTES["planned"], MANIFEST, HANDLED)


def test_a_manifest_with_wishes_is_read_for_ever(dynamo: Stores) -> None:
    for path in ("v2/routes/planned", "v3/wishes/manifest"):
        SESSION.client("dynamodb").put_item(
            TableName=table_names(stack_of(STAGE))["routes"],
            Item=stored(GOLDEN / f"{path}.json"),
        )

    found = dynamo.routes.run_sheet(WISHED.route_id, 1, STARTS_AT)

    assert found.manifest == WISHED


def test_a_plan_that_was_edited_is_read_for_ever(dynamo: Stores) -> None:
    table = table_names(stack_of(STAGE))["routes"]
    item = stored(GOLDEN / "v3" / "edits" / "edited.json")
    SESSION.client("dynamodb").put_item(TableName=table, Item=item)

    assert dynamo.routes.get(EDITED.id) == EDITED
    assert EDITED.listed == tuple(EDITED.stops[i].shipment_ids[0] for i in (1, 3, 0, 2))


def test_every_version_has_every_file() -> None:
    names_by_version: dict[str, set[str]] = {}
    for path in FILES:
        names_by_version.setdefault(path.parts[-3], set()).add(path.stem)

    assert names_by_version
    assert all(names == set(ROUTES) for names in names_by_version.values())
