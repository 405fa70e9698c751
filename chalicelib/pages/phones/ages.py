"""Ages in plain English."""

from datetime import timedelta
from typing import Final

UNITS: Final = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def age_phrase(age: timedelta) -> str:
    """How long ago, in the largest unit that fits.

    >>> age_phrase(timedelta(seconds=20)), age_phrase(timedelta(minutes=125))
    ('just now', '2 hours ago')
    """
    for unit, name in UNITS:
        count = age // unit
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"
