"""The light check before the proof: postal code or house number, with or without a script.

A right answer puts a signed key into a cookie of this page alone. It says which link was opened,
never the answer, and ends with the link.
"""

from typing import Annotated, Final

from chalice.app import Request, Response
from pydantic import Field

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.shipments.proof_checks import answered
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.forms import PageForm, back

checks: Final = Endpoints(__name__)

COOKIE: Final = "proof"
KEPT_S: Final = 24 * 3_600
MAX_ANSWER: Final = 40


class CheckForm(PageForm):
    """The postal code or the number of the house."""

    answer: Annotated[str, Field(max_length=4 * MAX_ANSWER)] = ""


@checks.endpoint(
    "/t/{token}/check",
    method="POST",
    principals=RECIPIENTS,
    takes=CheckForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_check(_: Actor, body: CheckForm, token: str) -> Response:
    """Say the address, and go back to the page, which then shows the proof."""
    token = bare_token(token)
    if not answered(body.answer) or len(body.answer) > MAX_ANSWER:
        return _back(token, "check_none", body.lang)
    try:
        found = container().check_recipient(token, body.answer)
    except Unavailable:
        return _back(token, "check_wait", body.lang)
    if not found.key:
        return _back(token, "check_locked" if found.is_locked else "check_wrong", body.lang)
    reply = _back(token, "check_right", body.lang)
    reply.headers["Set-Cookie"] = _cookie(found.key, token)
    return reply


def proof_key(request: Request) -> str:
    """The key that this browser holds for the page; empty where it holds none."""
    held = (each.partition("=") for each in request.headers.get("cookie", "").split(";"))
    return next((value for name, _, value in held if name.strip() == COOKIE), "")


def _cookie(key: str, token: str) -> str:
    path: str = checks.current_request.context["path"]
    base = path.partition("/t/")[0]
    is_https = str(container().settings.public_base_url).startswith("https:")
    secure = "; Secure" if is_https else ""
    return (
        f"{COOKIE}={key}; Path={base}/t/{token}; Max-Age={KEPT_S}; HttpOnly; SameSite=Lax{secure}"
    )


def _back(token: str, said: str, lang: str) -> Response:
    return back(checks, token, said, lang, part="ending")
