"""A DynamoDB that answers at once from a dictionary, so we measure only our own CPU."""

import io
import json
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient


class _Raw(io.BytesIO):
    def stream(self, amount: int = 65_536) -> Any:
        while chunk := self.read(amount):
            yield chunk


class Stub:
    """Stores items by table and key. Every condition holds. ``calls`` counts by operation."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, ...], dict[str, Any]] = {}
        self.calls: dict[str, int] = {}

    def install(self, client: BaseClient) -> None:
        """Answer this client instead of the network."""
        client.meta.events.register_first("before-send.dynamodb", self._answer)  # type: ignore[arg-type]  # botocore takes the answer, its stubs do not know

    def _answer(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        operation = event_name.rsplit(".", 1)[1]
        self.calls[operation] = self.calls.get(operation, 0) + 1
        body = request.body
        asked = json.loads(body if isinstance(body, bytes | str) else b"{}")
        answer: dict[str, Any] = getattr(self, f"_{operation.lower()}", lambda _: {})(asked)
        data = json.dumps(answer).encode()
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, _Raw(data))

    def _getitem(self, asked: dict[str, Any]) -> dict[str, Any]:
        item = self.items.get(_key(asked["TableName"], asked["Key"]))
        return {"Item": item} if item else {}

    def _batchgetitem(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "Responses": {
                table: [
                    item
                    for key in wanted["Keys"]
                    if (item := self.items.get((table, *(part["S"] for part in key.values()))))
                ]
                for table, wanted in asked["RequestItems"].items()
            },
            "UnprocessedKeys": {},
        }

    def _putitem(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.items[_key(asked["TableName"], asked["Item"])] = asked["Item"]
        return {}

    def _transactwriteitems(self, asked: dict[str, Any]) -> dict[str, Any]:
        for each in asked["TransactItems"]:
            if "Put" in each:
                self._putitem(each["Put"])
        return {}

    def _describetable(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"Table": {"TableName": asked["TableName"], "TableStatus": "ACTIVE"}}


_KEYS = {"routes": ("route_id", "item"), "fleet": ("driver_id", "item")}


def _key(table: str, item: dict[str, dict[str, str]]) -> tuple[str, ...]:
    return (table, *(item[name]["S"] for name in _KEYS[table]))
