"""The door of the console: a link by e-mail, a button, a session; and the way out.

Mail scanners open every link, so a GET of a link shows a button and uses nothing up. The forms work
without a script. None says whether an address is a member's.
"""

import re
from collections.abc import Mapping
from typing import Final

from chalice.app import Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import CrossSite, DomainError, NotFound, TooManyRequests
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.cleaning import without_invisible
from chalicelib.edge.mailboxes import ascii_address
from chalicelib.edge.principals import PUBLIC
from chalicelib.edge.problems import headers_of, status_of
from chalicelib.edge.schemas import Schema
from chalicelib.edge.sessions import cookie_with, no_cookie, require_own_page, session_of
from chalicelib.pages.console.frames import ConsoleFrames

door: Final = Endpoints(__name__)
frames: Final = ConsoleFrames(door)

MOST_CHARS: Final = 320
HOME: Final = "/console"
_NEXT: Final = re.compile(r"/console(?:/[A-Za-z0-9_-]{1,60}){0,3}", re.ASCII)
_SAID: Final = {
    "out": "You are signed out.",
    "out-everywhere": "You are signed out in all browsers.",
}


class AskForm(Schema):
    """Who wants to sign in, and where to go then."""

    email: str = Field("", max_length=MOST_CHARS)
    next: str = Field("", max_length=MOST_CHARS)


class RedeemForm(Schema):
    """The button of a link."""

    next: str = Field("", max_length=MOST_CHARS)


class SignOutForm(Schema):
    """The way out: of one browser, or of all."""

    everywhere: str = Field("", max_length=1)


def _refused(error: DomainError) -> Response:
    """The door again, with a sentence."""
    if isinstance(error, NotFound):
        said = "This link does not work any more: it was used, or its ten minutes are over."
        return frames.door(status=status_of(error), flaw=said, next_path=HOME)
    if isinstance(error, TooManyRequests):
        said = "Too many links were asked for from your network. Wait a quarter of an hour."
        reply = frames.door(status=status_of(error), flaw=said, next_path=HOME)
        reply.headers.update(headers_of(error))
        return reply
    return frames.refused(error)


@door.endpoint(
    "/console/sign-in",
    method="GET",
    principals=PUBLIC,
    media_types=(replies.HTML,),
    refuse=_refused,
)
def sign_in_page(_: Actor) -> Response:
    """The form that asks for a link."""
    said = _SAID.get(_asked("said"), "")
    return frames.door(said=said, next_path=_next(_asked("next")))


@door.endpoint(
    "/console/sign-in",
    method="POST",
    principals=PUBLIC,
    takes=AskForm,
    media_types=(replies.HTML,),
    is_form=True,
    also={422: "The form again, with what is wrong."},
    refusals=(CrossSite, TooManyRequests),
    refuse=_refused,
)
def post_sign_in(_: Actor, body: AskForm) -> Response:
    """Ask for a link. The answer is the same whether or not the address is a member's."""
    _require_own_page()
    written = without_invisible(body.email).strip().removeprefix("mailto:")
    address = ascii_address(written)
    if address is None:
        said = "Enter an e-mail address, like name@example.com."
        given = {"flaw": said, "email": written, "next_path": _next(body.next)}
        return frames.door(status=422, **given)
    network = (door.current_request.context.get("identity") or {}).get("sourceIp", "")
    container().sign_in.ask(address, network=network, next_path=_next(body.next))
    return frames.door(step="sent", email=address)


@door.endpoint(
    "/console/sign-in/{code}",
    method="GET",
    principals=PUBLIC,
    media_types=(replies.HTML,),
    refuse=_refused,
)
def sign_in_link(_: Actor, code: str) -> Response:
    """The button of a link. Whether the link still works is asked only when it is pressed."""
    del code
    return frames.door(step="press", next_path=_next(_asked("next")))


@door.endpoint(
    "/console/sign-in/{code}",
    method="POST",
    principals=PUBLIC,
    takes=RedeemForm,
    status=303,
    is_form=True,
    knows_client=True,
    refusals=(CrossSite, NotFound),
    refuse=_refused,
)
def post_sign_in_link(_: Actor, body: RedeemForm, client: str, code: str) -> Response:
    """Sign this browser in, once; the same session again for a minute, if the answer was lost."""
    _require_own_page()
    begun = container().sign_in.redeem(code, client=client)
    reply = replies.see_other(f"{frames.base}{_next(body.next)}")
    reply.headers["Set-Cookie"] = cookie_with(begun.text)
    return reply


@door.endpoint(
    "/console/sign-out",
    method="POST",
    principals=PUBLIC,
    takes=SignOutForm,
    status=303,
    is_form=True,
    refusals=(CrossSite,),
    refuse=_refused,
)
def post_sign_out_here(_: Actor, body: SignOutForm) -> Response:
    """Sign this browser out, or all browsers of the member."""
    _require_own_page()
    session = session_of(door.current_request)
    if session is not None:
        recognise = container().recognise_session
        (recognise.end_all if body.everywhere else recognise.end)(session)
    said = "out-everywhere" if body.everywhere else "out"
    reply = replies.see_other(f"{frames.base}/console/sign-in?said={said}")
    reply.headers["Set-Cookie"] = no_cookie()
    return reply


def _require_own_page() -> None:
    base_url = container().settings.public_base_url
    require_own_page(door.current_request, base_url=base_url, is_form=True)


def _asked(name: str) -> str:
    query: Mapping[str, str] = door.current_request.query_params or {}
    return str(query.get(name) or "")


def _next(path: str) -> str:
    """Where to go after the sign-in: a page of the console, never another site."""
    is_door = path.startswith(("/console/sign-in", "/console/sign-out"))
    return path if _NEXT.fullmatch(path) and not is_door else HOME
