"""When a delivery comes or came, as a calendar enters it."""

from datetime import date, datetime, timedelta
from typing import Final

from chalicelib.domain.instants import Range
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.pages.icalendar import day, moment

CALLED_OFF: Final = frozenset({Status.CANCELLED, Status.RETURNING, Status.RETURNED})


def has_time(view: TrackingView) -> bool:
    """Whether there is a time to enter that is still to come."""
    is_over = view.status in CALLED_OFF or view.status is Status.DELIVERED
    return not is_over and time_of(view) is not None


def time_of(view: TrackingView) -> list[tuple[str, str]] | None:
    """When it comes or came: as told last, as agreed, or a whole day at the address."""
    if view.status is Status.DELIVERED and view.outcome is not None:
        return _between(view.outcome.at, view.outcome.at)
    told = (view.expected or view.promise) if view.status in ON_THE_WAY else None
    found = told or view.window
    if found is not None and not _is_missed(view, found):
        return _between(found.earliest, found.latest)
    on = view.service_day or view.wanted_day
    return None if on is None else _whole(on)


def _is_missed(view: TrackingView, agreed: Range) -> bool:
    """Whether the visit of this window has failed: it is no time to come."""
    return view.status is Status.ATTEMPT_FAILED and agreed.earliest <= view.server_now


def _between(start: datetime, end: datetime) -> list[tuple[str, str]]:
    return [("DTSTART", moment(start)), ("DTEND", moment(max(end, start + timedelta(minutes=1))))]


def _whole(on: date) -> list[tuple[str, str]]:
    following = on + timedelta(days=1)
    return [("DTSTART;VALUE=DATE", day(on)), ("DTEND;VALUE=DATE", day(following))]
