"""Lets moto forget what nobody will read again: it keeps everything, and a demo runs for days.

AWS keeps a stream for a day, and deletes items that have expired. Here the readers are seconds
behind, so all but the newest records go; items go by the stack's own clock.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION
from local.cloud.aws import at_rest

KEPT_RECORDS: Final = 5_000
"""Enough for a reader that repeats a failing batch for minutes."""
EVERY: Final = 50
"""Batches between two times of forgetting."""
KEPT_ITERATORS: Final = 50
"""Places in streams. Our readers open a new one for each read."""
EXPIRY_EVERY: Final = timedelta(minutes=30)
"""On the stack's clock. AWS promises a few days at most."""


def forgetter(
    now: Callable[[], datetime], kept_records: int = KEPT_RECORDS, every: int = EVERY
) -> Callable[[], None]:
    """A function to call after each batch."""
    calls, expired_at = 0, now()

    def forget() -> None:
        nonlocal calls, expired_at
        calls += 1
        if calls % every:
            return
        with at_rest:
            _trim_streams(kept_records)
            _forget_messages()
            _forget_iterators()
            if now() >= expired_at + EXPIRY_EVERY:
                expired_at = now()
                _delete_expired(expired_at)

    return forget


def _tables() -> list[Any]:
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415 (half a second)

    return list(dynamodb_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].tables.values())


def _trim_streams(kept_records: int) -> None:
    """moto finds a record by its distance from the first one, whose number therefore grows."""
    for table in _tables():
        shard = table.stream_shard
        trimmed = max(0, len(shard.items) - kept_records) if shard else 0
        if trimmed:
            del shard.items[:trimmed]
            shard.starting_sequence_number += trimmed


def _delete_expired(now: datetime) -> None:
    """Delete as DynamoDB does: the stream of the table gets a record of each removal."""
    for table in _tables():
        attribute = table.ttl.get("AttributeName")
        if attribute is None:
            continue
        for item in _items(table):
            expiry = item.attrs.get(attribute)
            if expiry is not None and float(expiry.value) < now.timestamp():
                table.delete_item(item.hash_key, item.range_key)
                if table.has_range_key and not table.items[item.hash_key]:
                    del table.items[item.hash_key]


def _items(table: Any) -> list[Any]:
    """In any order: moto's own list is sorted, which takes seconds after a day."""
    if not table.has_range_key:
        return list(table.items.values())
    return [item for partition in table.items.values() for item in partition.values()]


def _forget_messages() -> None:
    """What SNS has delivered, and the names of messages that are deleted from their queues."""
    from moto.sns.models import sns_backends  # noqa: PLC0415
    from moto.sqs.models import sqs_backends  # noqa: PLC0415

    for topic in sns_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].topics.values():
        topic.sent_notifications.clear()
    for queue in sqs_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].queues.values():
        queue.deleted_messages.clear()


def _forget_iterators() -> None:
    from moto.dynamodbstreams.models import dynamodbstreams_backends  # noqa: PLC0415

    iterators = dynamodbstreams_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].shard_iterators
    for arn in list(iterators)[:-KEPT_ITERATORS]:
        del iterators[arn]
