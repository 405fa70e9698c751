"""The form for another day or window, out of those that are offered."""

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from chalice.app import Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, NotFound, Outdated, TooLateToChange, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.phrases.days import Form, day_of_date
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.phrases.ranges import range_phrase
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.forms import Field64, PageForm, back

days: Final = Endpoints(__name__)


class DayForm(PageForm):
    """The name of a choice. ``seen`` is what was agreed when the page was made."""

    choice: Field64 = ""
    seen: Annotated[str, Field(max_length=80)] = ""


@days.endpoint(
    "/t/{token}/day",
    method="POST",
    principals=RECIPIENTS,
    takes=DayForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_day(_: Actor, body: DayForm, token: str) -> Response:
    """Choose another day or window, and go back to the page."""
    token, said = bare_token(token), "day_saved"
    try:
        container().choose_day(token, body.choice, seen=body.seen)
    except TooLateToChange:
        said = "day_late"
    except Outdated:
        said = "day_changed"
    except Invalid:
        said = "day_gone"
    except Unavailable:
        said = "day_wait"
    return back(days, token, said, body.lang, part="day")


def choices_in_words(view: TrackingView, locale: Locale) -> tuple[tuple[str, str], ...]:
    """The name and the words of each choice."""
    zone = ZoneInfo(view.time_zone)
    today = view.server_now.astimezone(zone).date()
    return tuple(
        (
            each.name,
            day_of_date(each.day, today, locale.style, Form.BARE)
            if each.window is None
            else range_phrase(each.window, view.server_now, zone, locale.style).text,
        )
        for each in view.choices
    )
