"""A meter of DynamoDB's charges on a botocore client, because moto's own figures are not real.

The formulas are AWS's, checked against dynalite at the 1 kB boundaries. The size of an item is that
of its names and values. A write costs one unit for each started kilobyte of the larger of old and
new item, twice that in a transaction. Each index whose entry changes costs the same again, but
never twice: indexes follow after the transaction (dynoxide measured it on AWS, its pull request
188). A read costs one unit for each started 4 kB, half if eventually consistent, twice that in a
transaction.

The meter reads old and new items directly from moto's memory, which costs no units. A failed
condition costs as much as the write. Any other failed call costs nothing.
"""

import base64
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any, Final

import boto3
from botocore.client import BaseClient
from moto.dynamodb.models import dynamodb_backends

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION

WRITE_BYTES: Final = 1024
READ_BYTES: Final = 4096
CONTAINER_BYTES: Final = 3  # a list or map, and 1 more for each element
EXACT: Final = Context(prec=60)  # the default one rounds to 28 digits; DynamoDB keeps 38
TRANSACTION: Final = 2
CHARGED_ERRORS: Final = {"ConditionalCheckFailedException", "TransactionCanceledException"}
_BEFORE: Final = "doorstep-capacity"

Item = Mapping[str, Mapping[str, Any]]  # as on the wire: {"name": {"S": "value"}}


def item_bytes(item: Item | None) -> int:
    """The size of an item: its names and its values. None (no item) has size 0."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in (item or {}).items())


def value_bytes(value: Mapping[str, Any]) -> int:  # noqa: PLR0911 - one a type
    """The size of one typed value. Binary may be bytes or base64.

    >>> value_bytes({"S": "pää"}), value_bytes({"N": "-12.5"}), value_bytes({"L": [{"BOOL": True}]})
    (5, 4, 5)
    """
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content if isinstance(content, bytes) else base64.b64decode(content))
        case "N":
            return number_bytes(content)
        case "BOOL" | "NULL":
            return 1
        case "SS" | "NS" | "BS":
            return sum(value_bytes({kind[0]: element}) for element in content)
        case "L":
            return CONTAINER_BYTES + sum(1 + value_bytes(element) for element in content)
        case "M":
            return CONTAINER_BYTES + item_bytes(content) + len(content)
    raise ValueError(kind)


def number_bytes(text: str) -> int:
    """The size of a number: one byte, one per pair of digits from the point, one if negative."""
    number = Decimal(text).normalize(EXACT)
    if not number:
        return 1
    sign, digits, exponent = number.as_tuple()
    odd = (len(digits) + int(exponent)) % 2
    return 1 + math.ceil((len(digits) + odd) / 2) + sign


def write_units(old: Item | None, new: Item | None) -> int:
    """Units of one plain write. Writing or deleting nothing costs one unit, too."""
    return max(1, math.ceil(max(item_bytes(old), item_bytes(new)) / WRITE_BYTES))


def read_units(size_bytes: int, *, is_consistent: bool) -> float:
    """Units of one plain read of `size_bytes`. Finding nothing costs one unit (or half), too."""
    return max(1, math.ceil(size_bytes / READ_BYTES)) * (1.0 if is_consistent else 0.5)


@dataclass(frozen=True, slots=True)
class Charge:
    """The cost of one call."""

    operation: str
    write_units: float = 0.0
    read_units: float = 0.0


@dataclass
class CapacityMeter:
    """Counts calls and units of the clients that it watches."""

    charges: list[Charge] = field(default_factory=list)
    region: str = LOCAL_REGION

    @property
    def calls(self) -> Counter[str]:
        """The number of calls by operation. Retries of the SDK do not count."""
        return Counter(charge.operation for charge in self.charges)

    @property
    def call_count(self) -> int:
        return len(self.charges)

    @property
    def write_units(self) -> float:
        return sum(charge.write_units for charge in self.charges)

    @property
    def read_units(self) -> float:
        return sum(charge.read_units for charge in self.charges)

    def reset(self) -> None:
        self.charges.clear()

    @contextmanager
    def watching(self, *clients: BaseClient) -> Iterator["CapacityMeter"]:
        """Watch the clients while the block runs. A client that is given twice counts once."""
        own = {id(client): client for client in clients}.values()
        for client in own:
            client.meta.events.register_first("before-call.dynamodb", self._before)
            client.meta.events.register("after-call.dynamodb", self._after)
        try:
            yield self
        finally:
            for client in own:
                client.meta.events.unregister("before-call.dynamodb", self._before)
                client.meta.events.unregister("after-call.dynamodb", self._after)

    def _before(
        self, model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any
    ) -> None:
        request = json.loads(params["body"])
        places = _written(model.name, request)
        context[_BEFORE] = (request, places, [self._stored(*place) for place in places])

    def _after(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        request, places, old = context.pop(_BEFORE)
        code = parsed.get("Error", {}).get("Code")
        writes = 0.0
        if code is None or code in CHARGED_ERRORS:
            factor = TRANSACTION if model.name == "TransactWriteItems" else 1
            writes = sum(
                factor * write_units(before, self._stored(*place))
                + self._index_units(place, before)
                for place, before in zip(places, old, strict=True)
            )
        reads = 0.0 if code else self._read_units(model.name, request, parsed)
        self.charges.append(Charge(model.name, writes, reads))

    def _index_units(self, place: "tuple[str, Item]", old: Item | None) -> int:
        new = self._stored(*place)
        return sum(_index_units(index, old, new) for index in self._table(place[0]).all_indexes())

    def _read_units(
        self, operation: str, request: Mapping[str, Any], parsed: Mapping[str, Any]
    ) -> float:
        is_consistent = bool(request.get("ConsistentRead", False))
        match operation:
            case "GetItem":
                found = self._stored(request["TableName"], request["Key"])
                return read_units(item_bytes(found), is_consistent=is_consistent)
            case "BatchGetItem":
                return sum(
                    read_units(
                        item_bytes(self._stored(table, key)),
                        is_consistent=bool(wanted.get("ConsistentRead", False)),
                    )
                    for table, wanted in request["RequestItems"].items()
                    for key in wanted["Keys"]
                )
            case "TransactGetItems":
                gets = [entry["Get"] for entry in request["TransactItems"]]
                found_items = [self._stored(get["TableName"], get["Key"]) for get in gets]
                return sum(
                    TRANSACTION * read_units(item_bytes(item), is_consistent=True)
                    for item in found_items
                )
            case "Query":
                size_bytes = sum(map(item_bytes, self._evaluated(request, parsed)))
                return read_units(size_bytes, is_consistent=is_consistent)
        return 0.0

    def _evaluated(self, request: Mapping[str, Any], parsed: Mapping[str, Any]) -> Iterable[Item]:
        """All items that a query evaluated, whole, with those that a filter removed."""
        if not {"FilterExpression", "ProjectionExpression", "Select"} & request.keys():
            return list(parsed["Items"])
        again = boto3.client("dynamodb", region_name=self.region)  # a new one is not watched
        return list(again.query(**_unfiltered(request))["Items"])

    def stored_bytes(self, table: str, key: Item) -> int:
        """The present size of an item in a table. This costs no units."""
        return item_bytes(self._stored(table, key))

    def _stored(self, table: str, key: Item) -> Item | None:
        stored = self._table(table)
        names = [name for name in (stored.hash_key_attr, stored.range_key_attr) if name]
        place = {name: key[name] for name in names}
        found = self._backend().get_item(table, place)
        return None if found is None else found.to_json()["Attributes"]

    def _table(self, name: str) -> Any:
        return self._backend().get_table(name)

    def _backend(self) -> Any:
        return dynamodb_backends[LOCAL_ACCOUNT_ID][self.region]


def _written(operation: str, request: Mapping[str, Any]) -> list[tuple[str, Item]]:
    """The table and key (or whole item) of all items that a request writes or checks."""
    match operation:
        case "PutItem":
            return [(request["TableName"], request["Item"])]
        case "UpdateItem" | "DeleteItem":
            return [(request["TableName"], request["Key"])]
        case "TransactWriteItems":
            writes = [write for entry in request["TransactItems"] for write in entry.values()]
            return [(write["TableName"], write.get("Item") or write["Key"]) for write in writes]
        case "BatchWriteItem":
            return [
                (table, write.get("Item") or write["Key"])
                for table, entries in request["RequestItems"].items()
                for entry in entries
                for write in entry.values()
            ]
    return []


def _unfiltered(request: Mapping[str, Any]) -> dict[str, Any]:
    """The query without filter and projection, which only trim the answer, and their values."""
    trims = {"FilterExpression", "ProjectionExpression", "Select"}
    query = {key: value for key, value in request.items() if key not in trims}
    used = set(re.findall(r"[#:]\w+", query["KeyConditionExpression"]))
    for key in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if kept := {n: v for n, v in query.pop(key, {}).items() if n in used}:
            query[key] = kept
    return query


def _index_units(index: Any, old: Item | None, new: Item | None) -> int:
    before, after = _entry(index, old), _entry(index, new)
    if before == after:
        return 0
    names = [key["AttributeName"] for key in index.schema]
    moved = before and after and any(before[name] != after[name] for name in names)
    if moved:
        return write_units(before, None) + write_units(None, after)
    return write_units(before, after)


def _entry(index: Any, item: Item | None) -> Item | None:
    """The item as the index stores it; None when it lacks a key of the index."""
    keys = [key["AttributeName"] for key in index.schema]
    if item is None or any(name not in item for name in keys):
        return None
    if index.projection["ProjectionType"] == "ALL":
        return item
    kept = {*keys, *index.table_key_attrs, *index.projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in kept}
