"""The form for "something is wrong": a reason and words, which become a message to the office."""

from typing import Annotated, Final

from chalice.app import Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import (
    NotFound,
    ReportClosed,
    ThreadFull,
    TooManyMessages,
    Unavailable,
)
from chalicelib.domain.links import bare_token
from chalicelib.domain.messages.threads import MAX_TEXT
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.forms import Field64, PageForm, back, own_words

reports: Final = Endpoints(__name__)


class ReportForm(PageForm):
    """What is wrong. ``seen`` names the report before, so that a form that is sent twice is one
    report, and the same words after an answer are another one.
    """

    seen: Field64 = ""
    reason: Field64 = ""
    text: Annotated[str, Field(max_length=4 * MAX_TEXT)] = ""


@reports.endpoint(
    "/t/{token}/reports",
    method="POST",
    principals=RECIPIENTS,
    takes=ReportForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_report(_: Actor, body: ReportForm, token: str) -> Response:
    """Report that something is wrong, and go back to the page."""
    token = bare_token(token)
    try:
        text = own_words(body.text, MAX_TEXT)
    except ValueError:
        text = ""
    if not text or body.reason not in set(ReportReason):
        return _back(token, "report_unfit", body.lang, part="report")
    action_id = f"{body.seen} {body.reason} {text}"
    try:
        container().write_message.of_report(
            token, ReportReason(body.reason), text, action_id=action_id
        )
    except ReportClosed:
        return _back(token, "report_closed", body.lang, part="report")
    except (ThreadFull, TooManyMessages):
        return _back(token, "report_too_many", body.lang, part="report")
    except Unavailable:
        return _back(token, "report_wait", body.lang, part="report")
    return _back(token, "reported", body.lang, part="thread")


def _back(token: str, said: str, lang: str, *, part: str) -> Response:
    return back(reports, token, said, lang, part=part)
