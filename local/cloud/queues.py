"""Queues of moto's SQS: faster, and with delays that follow the laptop's clock.

moto lists all attributes of a queue for every message received. It does this to find the retention
period, and it counts the queue's messages four times for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.clock import VirtualClock


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


@contextmanager
def delays_on(clock: VirtualClock) -> Iterator[None]:
    """Hold delayed messages back by this clock. Visibility time-outs stay in real time."""
    from moto.sqs.models import Message  # noqa: PLC0415 (half a second)

    original = Message.delay, Message.delayed

    def delay(message: Any, delay_seconds: int) -> None:
        message.delayed_until = clock.now().timestamp() + int(delay_seconds)

    def is_delayed(message: Any) -> bool:
        return bool(clock.now().timestamp() < message.delayed_until)

    Message.delay, Message.delayed = delay, property(is_delayed)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Message.delay, Message.delayed = original  # type: ignore[method-assign]
