"""Lets moto forget what nobody will read again: it keeps everything, and a demo runs for days.

AWS keeps a stream for a day. Here the readers are seconds behind, so the images of all but the
newest records go. Their shells stay, since moto counts records by their place.

moto also lists every object that it has ever made, for a page of its own that nobody opens here:
each item, message and record, with all that they hold. That list is where most of the memory goes.
"""

from collections.abc import Callable
from typing import Any, Final

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION

KEPT_RECORDS: Final = 1_000
EVERY: Final = 50
"""Batches between two times of forgetting."""
KEPT_ITERATORS: Final = 50
"""Places in streams. Our readers open a new one for each read."""


def forgetter(kept_records: int = KEPT_RECORDS, every: int = EVERY) -> Callable[[], None]:
    """A function to call after each batch."""
    forgotten_by_table: dict[str, int] = {}
    calls = 0

    def forget() -> None:
        nonlocal calls
        calls += 1
        if calls % every == 0:
            _forget_images(forgotten_by_table, kept_records)
            _forget_messages()
            _forget_iterators()
            _forget_instances()

    return forget


def _forget_images(forgotten_by_table: dict[str, int], kept_records: int) -> None:
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415 (half a second)

    tables: dict[str, Any] = dynamodb_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].tables
    for name, table in tables.items():
        records = table.stream_shard.items if table.stream_shard else []
        upto = max(0, len(records) - kept_records)
        for record in records[forgotten_by_table.get(name, 0) : upto]:
            for image in ("NewImage", "OldImage"):
                record.record["dynamodb"].pop(image, None)
        forgotten_by_table[name] = upto


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


def _forget_instances() -> None:
    from moto.core.model_instances import model_data  # noqa: PLC0415

    for models in model_data.values():
        for model in models.values():
            model.instances_tracked.clear()  # type: ignore[attr-defined]
