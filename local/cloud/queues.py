"""Queues of moto's SQS that do not list all their attributes for every message received.

moto asks for the retention period that way, and counts the messages of the queue four times to
answer it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def cheap_queues() -> Iterator[None]:
    """No message outlives its retention while a stack runs on a laptop, so none is asked for it."""
    from moto.sqs.models import SQSBackend  # noqa: PLC0415 (half a second)

    original = SQSBackend.is_message_valid_based_on_retention_period

    def is_valid(*_: Any) -> bool:
        return True

    SQSBackend.is_message_valid_based_on_retention_period = is_valid  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        SQSBackend.is_message_valid_based_on_retention_period = original  # type: ignore[method-assign]
