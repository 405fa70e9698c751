"""Imports that earlier releases have written are read as long as they are kept."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from chalicelib.domain.ids import ImportId
from chalicelib.domain.imports.imports import Import
from tests.contract.conftest import Stores, on_moto
from tests.contract.imports.test_imports import FULL, SHOP, an_import
from tests.support.aws import SESSION, STAGE, stack_of, table_names
from tests.support.builders import NOON
from tests.support.golden import golden_item, golden_names

WRITTEN: Final = {
    "waiting": an_import(1),
    "full": replace(FULL, id=ImportId("imp_0002")),
}


@pytest.fixture(scope="module")
def written() -> Iterator[Stores]:
    with on_moto() as stores:
        stores.clock.at = NOON
        client, table = SESSION.client("dynamodb"), table_names(stack_of(STAGE))["shipments"]
        for name in WRITTEN:
            item = golden_item("v3", "imports", name) | {"added_later": {"S": "unknown"}}
            client.put_item(TableName=table, Item=item)
        yield stores


def test_all_are_read_here() -> None:
    assert set(golden_names("v3", "imports")) == set(WRITTEN)


@pytest.mark.parametrize("found", WRITTEN.values(), ids=WRITTEN)
def test_an_import_is_read(written: Stores, found: Import) -> None:
    assert written.imports.get(SHOP, found.id) == found
