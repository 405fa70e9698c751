"""The delivery as a calendar file. It has the times that the page has, its sender and its link.

Each answer has the same UID and, after each change, a higher SEQUENCE: a calendar that subscribes
to the address moves its entry, and one that imports the file again does not make a second one.
"""

from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.links import bare_token
from chalicelib.domain.phrases.locales import Locale, without_isolates
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.icalendar import document, moment, text
from chalicelib.pages.tracking.frames import Frames
from chalicelib.pages.tracking.visit_times import CALLED_OFF, time_of

calendars: Final = Endpoints(__name__)
frames: Final = Frames(calendars, "/t/")

ASK_AGAIN: Final = "PT30M"
"""How often a calendar that subscribes should look."""


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


def calendar_of(view: TrackingView, locale: Locale, url: str) -> str | None:
    """The file; None where no time is known that could be entered, or called off."""
    time = time_of(view)
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
