"""Looks into moto's memory, in this process, for anything new for an event source.

This costs nothing, while a request that finds nothing costs as much as any other.
"""

from typing import Any

from infra.template import LOCAL_ACCOUNT_ID, LOCAL_REGION


def has_messages(queue_arn: str) -> bool:
    """Whether a queue has a message that we can receive now."""
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 (half a second: not for --help)

    queue: Any = sqs_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].queues[queue_arn.rpartition(":")[2]]
    return any(message.visible and not message.delayed for message in queue._messages)  # noqa: SLF001


def has_objects(bucket: str, prefix: str) -> bool:
    """Whether a bucket has an object whose key begins so."""
    from moto.s3.models import s3_backends  # noqa: PLC0415

    found: Any = s3_backends[LOCAL_ACCOUNT_ID]["aws"].buckets[bucket].keys
    return any(key.startswith(prefix) for key in found)


def stream_length(stream_arn: str) -> int:
    """A number that grows with each record of a table's stream, also after old ones are trimmed."""
    from moto.dynamodb.models import dynamodb_backends  # noqa: PLC0415

    table_name = stream_arn.split("/")[1]
    shard = dynamodb_backends[LOCAL_ACCOUNT_ID][LOCAL_REGION].get_table(table_name).stream_shard
    return 0 if shard is None else int(shard.starting_sequence_number) + len(shard.items)
