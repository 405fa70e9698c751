"""Faster transactions of moto's DynamoDB: without copies of whole tables.

moto copies every table of a transaction, all items and the whole stream, to restore it if the
transaction fails. After an hour of the demo this takes tens of milliseconds, and it grows. Here we
only copy the items of the transaction. The caller must let one request at a time into moto.
"""

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@contextmanager
def cheap_transactions() -> Iterator[None]:
    """Replace moto's way to undo a failed transaction, until the block ends."""
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415 (half a second)
    from moto.dynamodb.models.table import Table  # noqa: PLC0415

    original, copied = DynamoDBBackend.transact_write_items, vars(Table).get("__deepcopy__")

    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:
        remembered = _remember(backend.tables, transact_items)
        try:
            original(backend, transact_items)
        except BaseException:
            for before in reversed(remembered):
                before.restore()
            raise

    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[method-assign, assignment]
    Table.__deepcopy__ = lambda table, _memo: table  # type: ignore[attr-defined]
    try:
        yield
    finally:
        DynamoDBBackend.transact_write_items = original  # type: ignore[method-assign]
        if copied is None:
            del Table.__deepcopy__  # type: ignore[attr-defined]
        else:  # inside another such block
            Table.__deepcopy__ = copied  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Before:
    """One item before a transaction (None: it did not exist), and its stream's length then."""

    table: Any
    hash_key: Any
    range_key: Any
    item: Any
    stream_length: int

    def restore(self) -> None:
        if self.table.stream_shard is not None:
            del self.table.stream_shard.items[self.stream_length :]
        place, key = self.table.items, self.hash_key
        if self.table.has_range_key:
            place, key = place[self.hash_key], self.range_key
        if self.item is None:
            place.pop(key, None)
        else:
            place[key] = self.item


def _remember(tables: Mapping[str, Any], transact_items: list[dict[str, Any]]) -> list[_Before]:
    operations = [operation for item in transact_items for operation in item.values()]
    remembered = [
        _before(tables[operation["TableName"]], operation)
        for operation in operations
        if operation.get("TableName") in tables
    ]
    return [before for before in remembered if before is not None]


def _before(table: Any, operation: Mapping[str, Any]) -> _Before | None:
    """The item of an operation; None when its key is incomplete, because moto will refuse that."""
    from moto.dynamodb.models.dynamo_type import DynamoType  # noqa: PLC0415

    named = operation.get("Key") or operation.get("Item") or {}
    hash_key, range_key = (
        DynamoType(named[attribute]) if attribute in named else None
        for attribute in (table.hash_key_attr, table.range_key_attr)
    )
    if hash_key is None or (table.has_range_key and range_key is None):
        return None
    item = copy.deepcopy(table.get_item(hash_key, range_key))  # updates are made in place
    length = len(table.stream_shard.items) if table.stream_shard is not None else 0
    return _Before(table, hash_key, range_key, item, length)
