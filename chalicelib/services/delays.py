"""Messages to ourselves that are due later than a queue can hold one back."""

import math
from datetime import datetime

from chalicelib.services.ports.senders import LONGEST_DELAY_S, DelayedQueue


def put_until(queue: DelayedQueue, text: str, due_at: datetime, *, now: datetime) -> None:
    """Let a message wait until it is due. Who gets it before that puts it back, with this again.

    So a wait of more than a quarter of an hour is made of several. Raises Unavailable.
    """
    left_s = math.ceil((due_at - now).total_seconds())
    queue.put(text, delay_s=max(0, min(left_s, LONGEST_DELAY_S)))
