"""What a recipient writes to the driver: a form of the tracking page, with or without a script.

Every answer leads back to the page, which says what became of the message.
"""

from typing import Annotated, Final

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
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.edge.schemas import Schema
from chalicelib.pages.tracking.forms import Field64, PageForm, back, own_words

recipients: Final = Endpoints(__name__)

SAID: Final[dict[type[DomainError], str]] = {
    ThreadClosed: "closed",
    ThreadFull: "full",
    TooManyMessages: "too_many",
    Unavailable: "wait",
}


class MessageForm(PageForm):
    """Own words, or the name of a quick reply. ``action_id`` is the page's own, so that a form that
    is sent twice is one message.
    """

    action_id: Annotated[str, Field(min_length=1, max_length=64)]
    text: Annotated[str, Field(max_length=4 * MAX_TEXT)] = ""
    quick_reply: Field64 = ""


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
        text = own_words(form.text, MAX_TEXT)
    except ValueError:
        return None
    return Draft(text=text) if text and not form.quick_reply else None


def _back(token: str, said: str, lang: str) -> Response:
    return back(recipients, token, said, lang, part="thread")
