"""When a webhook is tried again: soon at first, then longer and longer, ten tries over three days.

A receiver that is away for a moment hears of it in seconds. One that is away for a weekend gets
everything afterwards, and meanwhile hardly costs anything.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The waits after the first, the second, … try: 75.6 hours in all."""
MOST_TRIES: Final = len(WAITS) + 1
JITTER: Final = 0.1
"""Waits are up to a tenth longer, so that what failed together is not tried again together."""
LONGEST_WAIT: Final = WAITS[-1]
"""A receiver cannot put us off for longer."""


def next_try_at(
    tries: int, failed_at: datetime, *, chance: float, put_off: timedelta | None = None
) -> datetime | None:
    """When to try again after so many tries, the last of which failed; None: no more.

    ``chance`` from 0 to below 1 spreads the tries. ``put_off`` is the wait that the receiver asked
    for (``Retry-After``). We never come before that, nor before our own schedule.
    """
    if tries >= MOST_TRIES:
        return None
    wait = WAITS[tries - 1] * (1 + JITTER * chance)
    asked_for = min(put_off or timedelta(0), LONGEST_WAIT)
    return failed_at + max(wait, asked_for)


def put_off_by(retry_after: str | None, now: datetime) -> timedelta | None:
    """The wait in a ``Retry-After`` header: seconds, or a date (RFC 9110, 10.2.3).

    None where there is none, or none that can be read. It is never negative.

    >>> put_off_by("120", datetime(2026, 11, 23, tzinfo=UTC))
    datetime.timedelta(seconds=120)
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        longest_s = int(LONGEST_WAIT.total_seconds())
        return timedelta(seconds=min(int(text[:9]), longest_s))
    try:
        at = parsedate_to_datetime(text)
    except (IndexError, OverflowError, TypeError, ValueError):
        return None
    if at.tzinfo is None:  # "-0000" says: UTC, of an unknown zone
        at = at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST_WAIT)
