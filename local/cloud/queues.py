"""Faster queues of moto's SQS: they do not list all attributes for every message received.

moto does this to find the retention period, and it counts the queue's messages four times for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def cheap_queues() -> Iterator[None]:
    """Skip the check of the retention period. On a laptop no message gets that old."""
    from moto.sqs.models import SQSBackend  # noqa: PLC0415 (half a second)

    original = SQSBackend.is_message_valid_based_on_retention_period

    def is_valid(*_: Any) -> bool:
        return True

    SQSBackend.is_message_valid_based_on_retention_period = is_valid  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        SQSBackend.is_message_valid_based_on_retention_period = original  # type: ignore[method-assign]
