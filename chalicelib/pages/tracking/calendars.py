"""The delivery as a calendar file. It has the times that the page has, its sender and its link.

Each answer has the same UID and, after each change, a higher SEQUENCE: a calendar that subscribes
to the address moves its entry, and one that imports the file again does not make a second one.
"""

from datetime import date, datetime, timedelta
from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.instants import Range
from chalicelib.domain.links import bare_token
from chalicelib.domain.phrases.locales import Locale, without_isolates
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.icalendar import day, document, moment, text
from chalicelib.pages.tracking.frames import Frames

calendars: Final = Endpoints(__name__)
frames: Final = Frames(calendars, "/t/")

ASK_AGAIN: Final = "PT30M"
"""How often a calendar that subscribes should look."""
CALLED_OFF: Final = frozenset({Status.CANCELLED, Status.RETURNING, Status.RETURNED})


@calendars.endpoint(
    "/t/{token}/calendar.ics",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.CALENDAR,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def tracking_calendar(_: Actor, token: str) -> Response:
    """The time of the delivery for a calendar, as long as one is known."""
    token = bare_token(token)
    view = container().follow_shipment(token)
    url = f"{container().settings.public_base_url}/t/{token}"
    found = calendar_of(view, frames.locale(view.locale), url)
    if found is None:
        raise NotFound
    return replies.calendar(found, file_name="delivery.ics")


def has_time(view: TrackingView) -> bool:
    """Whether there is a time to enter that is still to come."""
    is_over = view.status in CALLED_OFF or view.status is Status.DELIVERED
    return not is_over and _time(view) is not None


def calendar_of(view: TrackingView, locale: Locale, url: str) -> str | None:
    """The file; None where no time is known that could be entered, or called off."""
    time = _time(view)
    if time is None:
        return None
    status = "CANCELLED" if view.status in CALLED_OFF else "CONFIRMED"
    sender = text(without_isolates(locale.say("page.from", sender=view.sender.name)))
    return document(
        [
            ("BEGIN", "VCALENDAR"),
            ("VERSION", "2.0"),
            ("PRODID", "-//Doorstep//Tracking//EN"),
            ("REFRESH-INTERVAL;VALUE=DURATION", ASK_AGAIN),
            ("X-PUBLISHED-TTL", ASK_AGAIN),
            ("BEGIN", "VEVENT"),
            ("UID", f"{view.uid}@doorstep"),
            ("SEQUENCE", str(view.version)),
            ("DTSTAMP", moment(view.server_now)),
            *time,
            ("SUMMARY", sender),
            ("DESCRIPTION", text(f"{locale.say('page.reference')} {view.reference}\n{url}")),
            ("URL", url),
            ("STATUS", status),
            ("TRANSP", "TRANSPARENT"),
            ("CLASS", "PRIVATE"),
            ("END", "VEVENT"),
            ("END", "VCALENDAR"),
        ]
    )


def _time(view: TrackingView) -> list[tuple[str, str]] | None:
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
