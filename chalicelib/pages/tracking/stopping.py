"""Unsubscribing by the link or the button of an e-mail (RFC 8058).

Mail programs post to the address without a cookie and follow no redirect, so the answer is a page.
A GET asks first and changes nothing: scanners of mail open every link. Any body is taken, since
programs send theirs as a form or in parts, and it says nothing that the address does not.
"""

from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.frames import Frames

stopping: Final = Endpoints(__name__)
frames: Final = Frames(stopping, "/stop/")


@stopping.endpoint(
    "/stop/{token}",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def stop_page(_: Actor, token: str) -> Response:
    """Ask whether to stop messages."""
    is_stopped = container().unsubscribe.is_stopped(token)
    return _page(token, "stopped" if is_stopped else "ask")


@stopping.endpoint(
    "/stop/{token}",
    method="POST",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    is_report=True,
    refusals=(NotFound,),
    refuse=frames.refused,
)
def post_stop(_: Actor, token: str) -> Response:
    """Stop the messages about a shipment, and the e-mails of its shipper to this mailbox."""
    container().unsubscribe.stop(token)
    return _page(token, "stopped")


@stopping.endpoint(
    "/stop/{token}/undo",
    method="POST",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    is_report=True,
    refusals=(NotFound,),
    refuse=frames.refused,
)
def post_undo_stop(_: Actor, token: str) -> Response:
    """Take it back."""
    container().unsubscribe.undo(token)
    return _page(token, "undone")


def _page(token: str, state: str) -> Response:
    locale = frames.locale(container().unsubscribe.locale(token))
    return frames.page("stopping.html", locale, step=state, url=f"{frames.base}/stop/{token}")
