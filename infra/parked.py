"""What lies in the dead-letter queue of the streams: pointers to items of the shipments table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from chalicelib.adapters.dynamodb.values.instants import to_text

PARKED_BEFORE: Final = timedelta(hours=24)
"""A stream keeps records for a day: what was given up on was written in the day before."""
HIDDEN_S: Final = 600
"""Nobody else takes the messages of the queue meanwhile."""
WAIT_S: Final = 2
"""With a wait SQS asks all of its servers, not just some."""
EMPTY_ANSWERS: Final = 2
"""After so many in a row the queue is taken to be empty."""
PUBLISHES: Final = "PublishEvents"
EXPIRES: Final = "ExpireShipments"
"""The functions that read the shipments' stream, by their logical ids: Lambda names them after it.
"""


@dataclass(frozen=True)
class Parked:
    """A message of the dead-letter queue: events, or a span of time in which they were written.

    ``function`` has given up on it.
    """

    receipt: str
    function: str = PUBLISHES
    keys: Mapping[str, str] = field(default_factory=dict)
    until: datetime | None = None

    def names(self, image: Mapping[str, Any]) -> bool:
        """Whether it is about this item."""
        if self.until is None:
            return bool(self.keys == keys_of(image))
        recorded_at = image.get("recorded_at", {}).get("S", "")
        return bool(to_text(self.until - PARKED_BEFORE) <= recorded_at <= to_text(self.until))


@dataclass(frozen=True)
class DeadLetters:
    """The queue. ``wait_s`` is how long SQS looks for messages."""

    sqs: Any
    url: str
    table: str
    wait_s: int = WAIT_S

    def messages(self) -> Iterator[Parked]:
        """What the queue says of the shipments' stream; other messages stay where they are."""
        seen: set[str] = set()
        empty = 0
        while empty < EMPTY_ANSWERS:
            messages = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                VisibilityTimeout=HIDDEN_S,
                WaitTimeSeconds=self.wait_s,
            ).get("Messages", [])
            empty = 0 if messages else empty + 1
            for message in messages:
                if message["MessageId"] not in seen:
                    seen.add(message["MessageId"])
                    yield from self._understood(message["ReceiptHandle"], message["Body"])

    def _understood(self, receipt: str, body: str) -> Iterator[Parked]:
        """Lambda's messages name the function; two functions read the same stream."""
        said = json.loads(body)
        if {"shipment_id", "item"} == set(said):
            yield Parked(receipt, keys=said)
            return
        stream = said.get("DDBStreamBatchInfo", {}).get("streamArn", "")
        function = said.get("requestContext", {}).get("functionArn", "")
        if f":table/{self.table}/" in stream:
            for logical_id in (PUBLISHES, EXPIRES):
                if f"-{logical_id}-" in function:
                    until = datetime.fromisoformat(said["timestamp"])
                    yield Parked(receipt, logical_id, until=until)


def keys_of(image: Mapping[str, Any]) -> dict[str, str]:
    """The key of an item as the queue has it."""
    return {name: image[name]["S"] for name in ("shipment_id", "item")}
