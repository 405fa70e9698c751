"""The page of a share link, its state, and the form that ends such a link.

The page knows nothing that the link may not show: it is made of ``domain.tracking.sharing``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import DomainError, NotFound, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.shipments.statuses import Status
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.edge.schemas import Out
from chalicelib.pages.languages import negotiate
from chalicelib.pages.rendering import asset_names, render
from chalicelib.pages.tracking.basemaps import Basemap, basemap
from chalicelib.pages.tracking.documents import digest_of, dumps, state_document
from chalicelib.pages.tracking.forms import PageForm, back
from chalicelib.pages.tracking.framing import framed, refusal
from chalicelib.pages.tracking.presentation import present
from chalicelib.pages.tracking.wishes import Number
from chalicelib.pages.tracking.words import Headline, MapWords, Words

sharing: Final = Endpoints(__name__)

SHOWN: Final = (
    "status",
    "server_now",
    "eta_age_s",
    "expected",
    "stops_before",
    "position",
    "position_hidden_because",
    "last_seen_age_s",
    "poll_after_s",
)
"""The parts of the state; ``words`` are those of the page."""


def _refused_page(error: DomainError) -> Response:
    return refusal(error, _locale(), _base_path(), container().settings.operator)


def _state_model() -> type[Out]:
    from chalicelib.pages.tracking.schemas import SharedStateOut  # noqa: PLC0415 - documentation

    return SharedStateOut


@sharing.endpoint(
    "/s/{token}",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=_refused_page,
)
def shared_page(_: Actor, token: str) -> Response:
    """What a recipient shares with others: when it comes, and about where the van is."""
    token = bare_token(token)
    view = container().share_delivery(token)
    locale, ground = _locale(view.locale), _basemap()
    document = shared_document(view, locale)
    data = {
        "state": document,
        "etag": _etag(view, document),
        "state_url": f"{_base_path()}/s/{token}/state?lang={locale.tag}",
        "map_css": f"{_base_path()}/static/{asset_names()['map.css']}",
        "ground": asdict(ground),
        "has_proofs": False,
    }
    body = render(
        "shared.html",
        **framed(locale, _base_path()),
        state=document,
        view=view,
        ground=ground,
        page_data=data,
    )
    policy = replies.content_security_policy(
        image_sources=(ground.image_source,), connect_sources=(ground.connect_source,)
    )
    return replies.html(body, policy=policy)


@sharing.endpoint(
    "/s/{token}/state",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.JSON,),
    written=_state_model,
    also={304: "Nothing has changed since the ETag in If-None-Match."},
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def shared_state(_: Actor, token: str) -> Response:
    """The same as data, with a weak ETag and the time to ask again."""
    view = container().share_delivery(bare_token(token))
    document = shared_document(view, _locale(view.locale))
    tag = _etag(view, document)
    known = sharing.current_request.headers.get("if-none-match", "")
    return replies.json_state(
        dumps(document),
        tag=tag,
        server_now=document["server_now"],
        is_unchanged=known == "*" or tag in known,
    )


class RevokeForm(PageForm):
    """``seen`` is the number of the share link on the page: a form sent twice ends one link."""

    seen: Number


@sharing.endpoint(
    "/t/{token}/share",
    method="POST",
    principals=RECIPIENTS,
    takes=RevokeForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_share(_: Actor, body: RevokeForm, token: str) -> Response:
    """End the link that was shared, and go back to the page, which has a new one."""
    token, said = bare_token(token), "share_revoked"
    try:
        if not container().share_delivery.revoke(token, seen=int(body.seen)):
            said = "share_full"
    except Unavailable:
        said = "share_wait"
    return back(sharing, token, said, body.lang, part="share")


def shared_document(view: TrackingView, locale: Locale) -> dict[str, Any]:
    """The state as others may see it."""
    whole = state_document(view, _words(view, locale))
    return {name: whole[name] for name in (*SHOWN, "words")} | {"destination": None, "messages": 0}


def _words(view: TrackingView, locale: Locale) -> Words:
    """Those of the page, where they say nothing of the address, the sender or the outcome."""
    nowhere = replace(view, position=None)
    words = present(nowhere, locale)
    headline = words.headline
    if view.status is Status.DELIVERED:
        headline = Headline("", locale.say("shared.over"), "words")
    is_shown = view.position is not None
    return replace(
        words,
        headline=headline,
        title=f"{headline.text} · {locale.say('shared.title')}",
        status=locale.say("shared.title"),
        tone="waiting" if view.status is Status.DELIVERED else words.tone,
        has_road=False,
        has_time=False,
        details=(),
        change=None,
        seen=present(view, locale).seen,
        map=MapWords(is_shown=is_shown, text=locale.say("shared.map") if is_shown else ""),
        announcement=f"{headline.text}.",
    )


def _etag(view: TrackingView, document: Mapping[str, Any]) -> str:
    digest = digest_of(view, {**document, "eta": None})
    return f'W/"{hashlib.sha256(digest.encode()).hexdigest()[:24]}"'


def _basemap() -> Basemap:
    settings = container().settings
    return basemap(settings.tile_url, settings.tile_attribution, base_path=_base_path())


def _base_path() -> str:
    path: str = sharing.current_request.context["path"]
    return path.partition("/s/")[0]


def _locale(recipient_locale: str | None = None) -> Locale:
    request = sharing.current_request
    query: Mapping[str, str] = request.query_params or {}
    return negotiate(query.get("lang"), request.headers.get("accept-language"), recipient_locale)
