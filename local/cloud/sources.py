"""The event sources of the functions: a stream, a queue, a schedule, a bucket.

`poll` takes one batch, gives it to the function by Lambda's rules, and returns the number of its
records.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Protocol

from local.clock import VirtualClock
from local.cloud import shapes
from local.cloud.delivery import Handler, deliver, undelivered
from local.cloud.patterns import matches

logger = logging.getLogger(__name__)

_LARGEST_RECEIVE: Final = 10
_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


class Source(Protocol):
    """The event source of one function."""

    name: str
    follows_requests: ClassVar[bool]
    """Whether a request to the API may cause new events here at once."""

    def poll(self) -> int:
        """Deliver all present events. Returns how many records the function got."""
        ...


@dataclass
class StreamSource:
    """A DynamoDB stream: in order, one batch after the other; bad records are parked."""

    follows_requests: ClassVar[bool] = True

    name: str
    handler: Handler
    streams: Any
    stream_arn: str
    region: str
    park: Callable[[str], object]
    """Takes the JSON message for the on-failure destination."""
    pause: Callable[[int], None]
    now: Callable[[], datetime]
    batch_size: int = 100
    max_retries: int = 10
    bisect: bool = True
    patterns: Sequence[Mapping[str, Any]] = ()
    starting_position: str = "TRIM_HORIZON"
    passes: Callable[[shapes.Record], bool] = lambda _: True
    """A filter of records, for a test or a replay that watches only some of them."""
    length: Callable[[], int] | None = None
    """The number of records so far, if it can be found without a request."""
    _length: int = -1
    _checkpoints: dict[str, str | None] = field(default_factory=dict)
    """How far each shard has been read (None: not yet).

    Every read opens a new iterator. An iterator of moto points into a table object; a cancelled
    transaction replaces that object by a copy, and the iterator would never see another record.
    """

    def poll(self) -> int:
        length = self.length() if self.length else None
        if length is not None and length == self._length:
            return 0
        taken = self._poll_shards()
        if length is not None:
            self._length = length
        return taken

    def _poll_shards(self) -> int:
        if not self._checkpoints:
            self._open()
        return sum(self._poll_shard(shard_id) for shard_id in self._checkpoints)

    def _open(self) -> None:
        description = self.streams.describe_stream(StreamArn=self.stream_arn)["StreamDescription"]
        self._checkpoints = {shard["ShardId"]: None for shard in description["Shards"]}

    def _iterator(self, shard_id: str) -> str:
        checkpoint = self._checkpoints[shard_id]
        where = (
            {"ShardIteratorType": self.starting_position}
            if checkpoint is None
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": checkpoint}
        )
        answer = self.streams.get_shard_iterator(
            StreamArn=self.stream_arn, ShardId=shard_id, **where
        )
        iterator: str = answer["ShardIterator"]
        return iterator

    def _poll_shard(self, shard_id: str) -> int:
        delivered, is_full = 0, True
        while is_full:
            got, is_full = self._poll_batch(shard_id)
            delivered += got
        return delivered

    def _poll_batch(self, shard_id: str) -> tuple[int, bool]:
        """The number of records that the function got, and whether there may be more."""
        answer = self.streams.get_records(
            ShardIterator=self._iterator(shard_id), Limit=self.batch_size
        )
        records = [
            shapes.stream_record(record, stream_arn=self.stream_arn, region=self.region)
            for record in answer["Records"]
            if not shapes.is_ghost(record)
        ]
        wanted = [record for record in records if self._is_wanted(record)]
        deliver(
            wanted,
            self.handler,
            max_retries=self.max_retries,
            bisect=self.bisect,
            park=lambda batch: self._park(batch, shard_id),
            pause=self.pause,
        )
        if answer["Records"]:  # after the delivery: if we stop before, the batch comes again
            last = answer["Records"][-1]["dynamodb"]["SequenceNumber"]
            self._checkpoints[shard_id] = last
        return len(wanted), len(answer["Records"]) >= self.batch_size

    def _is_wanted(self, record: shapes.Record) -> bool:
        if self.patterns and not any(matches(pattern, record) for pattern in self.patterns):
            return False
        return self.passes(record)

    def _park(self, batch: list[shapes.Record], shard_id: str) -> None:
        parked = shapes.parked_batch(
            batch, stream_arn=self.stream_arn, shard_id=shard_id, now=self.now()
        )
        self.park(json.dumps(parked))


@dataclass
class QueueSource:
    """An SQS queue: failed messages come again after their time-out; all others are deleted."""

    follows_requests: ClassVar[bool] = False

    name: str
    handler: Handler
    sqs: Any
    queue_url: str
    queue_arn: str
    region: str
    batch_size: int = _LARGEST_RECEIVE
    has_some: Callable[[], bool] = lambda: True
    """Whether a request is worthwhile."""

    def poll(self) -> int:
        if not self.has_some():
            return 0
        messages = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=min(self.batch_size, _LARGEST_RECEIVE),
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return 0
        records = [
            shapes.queue_record(message, queue_arn=self.queue_arn, region=self.region)
            for message in messages
        ]
        again = undelivered(records, self.handler)
        done = [record for record in records if record["messageId"] not in again]
        if done:
            self.sqs.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": record["receiptHandle"]}
                    for index, record in enumerate(done)
                ],
            )
        return len(records)


@dataclass
class ScheduleSource:
    """`rate(…)` of EventBridge in the clock's time. A slow machine skips some events."""

    follows_requests: ClassVar[bool] = False

    name: str
    handler: Handler
    every: timedelta
    clock: VirtualClock
    account_id: str
    region: str
    _due_at: datetime | None = None

    def poll(self) -> int:
        now = self.clock.now()
        if self._due_at is None:
            self._due_at = now + self.every
        if now < self._due_at:
            return 0
        self._due_at = now + self.every
        self.handler(
            shapes.scheduled_event(
                self.name, now=now, account_id=self.account_id, region=self.region
            )
        )
        return 1


@dataclass
class BucketSource:
    """S3's "Object Created" by a rule of EventBridge into a queue: one event per new version."""

    follows_requests: ClassVar[bool] = False

    name: str
    send: Callable[[str], object]
    s3: Any
    bucket: str
    pattern: Mapping[str, Any]
    now: Callable[[], datetime]
    account_id: str
    region: str
    prefix: str = ""
    has_some: Callable[[], bool] = lambda: True
    """Whether anything lies there, if that can be found without a request."""
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def poll(self) -> int:
        if not self.has_some():
            return 0
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        return sum(self._notice(stored) for page in pages for stored in page.get("Contents", ()))

    def _notice(self, stored: Mapping[str, Any]) -> int:
        version = (stored["Key"], f"{stored['ETag']} {stored['LastModified']}")
        if version in self._seen:
            return 0
        event = shapes.object_created(
            stored,
            bucket=self.bucket,
            now=self.now(),
            account_id=self.account_id,
            region=self.region,
        )
        if not matches(self.pattern, event):
            return 0
        self.send(json.dumps(event))
        self._seen.add(version)
        return 1


def interval(expression: str) -> timedelta:
    """The interval of a `rate(…)` schedule. Raises ValueError for any other kind, as `cron(…)`.

    >>> interval("rate(5 minutes)")
    datetime.timedelta(seconds=300)
    """
    match = _RATE.fullmatch(expression)
    if match is None:
        msg = f"the laptop stack knows rate(…) schedules only, not {expression}"
        raise ValueError(msg)
    return int(match[1]) * timedelta(**{f"{match[2]}s": 1})
