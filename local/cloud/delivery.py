"""Delivery as Lambda does it: feed a batch to a function, repeat failures, and finally give up.

For streams the order matters, so a failure delays the records after it. For queues each message is
independent. In both cases an unknown identifier in the answer fails the whole batch.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from local.cloud.shapes import Record

Handler = Callable[[dict[str, Any]], Any]

logger = logging.getLogger(__name__)


def deliver(
    records: Sequence[Record],
    handler: Handler,
    *,
    max_retries: int,
    bisect: bool,
    park: Callable[[list[Record]], None],
    pause: Callable[[int], None],
) -> int:
    """Feed stream records in order until each is taken or parked. Returns how many were parked.

    The checkpoint is the lowest failed sequence number. When the function names the failed record,
    that record is repeated and then parked alone. When the function raises, the batch is first
    halved (which uses no retry), so a bad record is parked alone as well. Without `bisect` the
    whole batch is parked. `pause` gets the number of the attempt.
    """
    batches = deque([list(records)])
    parked = 0
    while batches:
        batch, attempts = batches.popleft(), 0
        while batch:
            failed, is_named = _first_failure(batch, handler)
            if failed is None:
                break
            if failed > 0:
                batch, attempts = batch[failed:], 0
            elif not is_named and bisect and len(batch) > 1:
                middle = len(batch) // 2
                batches.appendleft(batch[middle:])
                batch, attempts = batch[:middle], 0
                continue
            attempts += 1
            if attempts > max_retries:
                given_up = batch[:1] if bisect else batch
                park(given_up)
                parked += len(given_up)
                batch, attempts = batch[len(given_up) :], 0
            else:
                pause(attempts)
    return parked


def undelivered(records: Sequence[Record], handler: Handler) -> set[str]:
    """Feed one batch of queue messages. Returns the ids of those that must come again."""
    ids = {record["messageId"] for record in records}
    try:
        failed = _reported(handler({"Records": list(records)}))
    except Exception:
        logger.exception("queue handler failed")
        return ids
    is_known = failed <= ids
    return failed if is_known else ids


def _first_failure(batch: list[Record], handler: Handler) -> tuple[int | None, bool]:
    """The index of the first failed record (None: none), and whether the function named it."""
    try:
        failed = _reported(handler({"Records": batch}))
    except Exception:
        logger.exception("stream handler failed")
        return 0, False
    if not failed:
        return None, True
    sequence_numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    if not failed <= set(sequence_numbers):
        return 0, False
    return min(map(sequence_numbers.index, failed)), True


def _reported(answer: Any) -> set[str]:
    failures: Iterable[Any] = (answer or {}).get("batchItemFailures") or ()
    return {failure["itemIdentifier"] for failure in failures}
