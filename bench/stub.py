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
        body = request.body
        asked = json.loads(body if isinstance(body, bytes | str) else b"{}")
        data = json.dumps(self.answer(operation, asked)).encode()
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, _Raw(data))

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to one operation, both as on the wire."""
        self.calls[operation] = self.calls.get(operation, 0) + 1
        answer: dict[str, Any] = getattr(self, f"_{operation.lower()}", lambda _: {})(asked)
        return answer

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

    def _query(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The newest items of one partition in a span, as far as our own queries go."""
        values = [value["S"] for _, value in sorted(asked["ExpressionAttributeValues"].items())]
        table, (first, last) = (
            asked["TableName"],
            sorted(v for v in values if "#" in v or v.isupper()),
        )
        (partition,) = set(values) - {first, last}
        found = [
            item
            for key, item in sorted(self.items.items(), reverse=True)
            if key[:2] == (table, partition) and first <= key[2] <= last
        ]
        return {"Items": found[: asked.get("Limit", len(found))], "Count": len(found)}

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


_KEYS = {
    "accounts": ("account_id", "item"),
    "fleet": ("driver_id", "item"),
    "routes": ("route_id", "item"),
    "shipments": ("shipment_id", "item"),
}


def _key(table: str, item: dict[str, dict[str, str]]) -> tuple[str, ...]:
    return (table, *(item[name]["S"] for name in _KEYS[table]))
