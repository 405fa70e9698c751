"""What a recipient writes to the driver: a form of the tracking page, with or without a script.

Every answer leads back to the page, which says what became of the message.
"""

from typing import Annotated, Final
from urllib.parse import quote

from chalice.app import Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import (
    DomainError,
    NotFound,
    ThreadClosed,
    ThreadFull,
    TooManyMessages,
    Unavailable,
)
from chalicelib.domain.ids import MessageId
from chalicelib.domain.links import bare_token
from chalicelib.domain.messages.quick_replies import OF_RECIPIENT, QuickReply
from chalicelib.domain.messages.threads import MAX_TEXT, Draft
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.cleaning import cleaned, is_blank
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.edge.schemas import Schema

recipients: Final = Endpoints(__name__)

SAID: Final[dict[type[DomainError], str]] = {
    ThreadClosed: "closed",
    ThreadFull: "full",
    TooManyMessages: "too_many",
    Unavailable: "wait",
}
Field64 = Annotated[str, Field(max_length=64)]


class MessageForm(Schema):
    """Own words, or the name of a quick reply. ``action_id`` is the page's own, so that a form that
    is sent twice is one message; ``lang`` is the language of the page.
    """

    action_id: Annotated[str, Field(min_length=1, max_length=64)]
    text: Annotated[str, Field(max_length=4 * MAX_TEXT)] = ""
    quick_reply: Field64 = ""
    lang: Field64 = ""


class SeenForm(Schema):
    """The newest message that the page has shown."""

    message_id: Field64


@recipients.endpoint(
    "/t/{token}/messages",
    method="POST",
    principals=RECIPIENTS,
    takes=MessageForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_recipient_message(_: Actor, body: MessageForm, token: str) -> Response:
    """Write to the driver, and go back to the page."""
    token, draft = bare_token(token), _draft(body)
    if draft is None:
        return _back(token, "unfit", body.lang)
    try:
        container().write_message.of_recipient(token, draft, action_id=body.action_id)
    except (ThreadClosed, ThreadFull, TooManyMessages, Unavailable) as exc:
        return _back(token, next(SAID[each] for each in SAID if isinstance(exc, each)), body.lang)
    return _back(token, "sent", body.lang)


@recipients.endpoint(
    "/t/{token}/messages/seen",
    method="POST",
    principals=RECIPIENTS,
    takes=SeenForm,
    is_form=True,
    status=204,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_recipient_seen(_: Actor, body: SeenForm, token: str) -> None:
    """Say how far the recipient has read."""
    container().read_messages.seen_by_recipient(bare_token(token), MessageId(body.message_id))


def _draft(form: MessageForm) -> Draft | None:
    """What the form says; None when there is nothing in it that can be sent."""
    if form.quick_reply in set(OF_RECIPIENT):
        return Draft(quick_reply=QuickReply(form.quick_reply))
    try:
        text = cleaned(form.text)
    except ValueError:
        return None
    if form.quick_reply or is_blank(text) or len(text) > MAX_TEXT:
        return None
    return Draft(text=text)


def _back(token: str, said: str, lang: str) -> Response:
    """To the thread on the page, by a GET: loading the page again sends nothing again."""
    path: str = recipients.current_request.context["path"]
    base = path.partition("/t/")[0]
    language = f"&lang={quote(lang)}" if lang else ""
    return replies.see_other(f"{base}/t/{token}?said={said}{language}#thread")
