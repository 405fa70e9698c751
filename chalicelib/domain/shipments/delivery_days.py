"""Whether the time that a shipper asks for can be met: not over yet, and at most a day long."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import Invalid
from chalicelib.domain.instants import Range

LONGEST_WINDOW: Final = timedelta(days=1)
"""By the clocks at the address: a day on which they change has an hour more or less."""


def require_possible_time(
    window: Range | None, service_day: date | None, time_zone: str, now: datetime
) -> None:
    """Raises Invalid, in a sentence with the times at the address."""
    zone = ZoneInfo(time_zone)
    if window is not None:
        _require_window(window, zone, now)
    elif service_day is not None and service_day < now.astimezone(zone).date():
        text = f"The day {service_day.isoformat()} is over at the address. Write a later one."
        raise Invalid(text, pointer="/service_day", code="day_is_over")


def _require_window(window: Range, zone: ZoneInfo, now: datetime) -> None:
    first, last = window.earliest.astimezone(zone), window.latest.astimezone(zone)
    if window.latest <= now:
        text = f"The window ended at {last:%Y-%m-%d %H:%M} at the address. Write one to come."
        raise Invalid(text, pointer="/window", code="window_is_over")
    if last.replace(tzinfo=None) - first.replace(tzinfo=None) > LONGEST_WINDOW:
        text = (
            f"The window is from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} at the address. "
            "A window is at most a day long."
        )
        raise Invalid(text, pointer="/window", code="window_too_long")
