"""Items and changes that are only found when they are needed are all there."""

from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest

from chalicelib.adapters import dynamodb
from chalicelib.adapters.dynamodb import tables
from chalicelib.adapters.dynamodb.item import Item, Shared
from chalicelib.adapters.dynamodb.journal import PUTS, puts_of
from chalicelib.domain.journal.changes import Change

FOLDER = Path(dynamodb.__path__[0])
FOLDERS = sorted(path.parent.name for path in FOLDER.glob("*/items.py"))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shared, "names_by_folder", {})
    monkeypatch.setattr(Shared, "client", None)


def models(folder: str) -> list[type[Item]]:
    found = vars(import_module(f"chalicelib.adapters.dynamodb.{folder}.items")).values()
    items = [each for each in found if isinstance(each, type) and issubclass(each, Item)]
    return [each for each in items if each is not Item]


def table_of(model: type[Item]) -> Any:
    return model._get_connection().table_name


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_item_lies_in_the_table_of_its_folder(folder: str) -> None:
    assert models(folder) != []

    for name in ("first", "second"):
        tables.bind({each: f"{name}-{each}" for each in FOLDERS})

        assert {table_of(model) for model in models(folder)} == {f"{name}-{folder}"}


def test_every_change_has_writes() -> None:
    assert set(get_args(Change)) == PUTS.keys()
    assert all(callable(puts_of(kind)) for kind in PUTS)
