"""The recipient's routes: the page of a tracking link, its state, its history, the way to a proof.

Unknown, foreign and expired links get the same answer, to the byte. Mail scanners and link previews
open every address they see, so a GET does nothing that a person should decide. All that it may do
is to note that a photo has come which was still owed.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import DomainError, NotFound
from chalicelib.domain.instants import written
from chalicelib.domain.links import bare_token
from chalicelib.domain.messages.threads import Message
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.ratings.ratings import RatingReason
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.domain.shipments.wished import Open
from chalicelib.domain.tracking.tracking import TrackingView
from chalicelib.domain.tracking.versions import Unchanged, Versions
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.edge.schemas import Out
from chalicelib.pages.contacts import contact_link
from chalicelib.pages.languages import negotiate
from chalicelib.pages.rendering import asset_names, render
from chalicelib.pages.tracking.basemaps import Basemap, basemap
from chalicelib.pages.tracking.checks import proof_key
from chalicelib.pages.tracking.days import choices_in_words
from chalicelib.pages.tracking.documents import digest_of, dumps, state_document
from chalicelib.pages.tracking.framing import framed, refusal
from chalicelib.pages.tracking.presentation import present, story
from chalicelib.pages.tracking.rating import STARS
from chalicelib.pages.tracking.tags import Tag, known_tags, wishes_of
from chalicelib.pages.tracking.talk import Talk, talk_of
from chalicelib.pages.tracking.wishes import absence_of, changed_in_words

tracking: Final = Endpoints(__name__)

_SEQ: Final = re.compile(r"[1-9][0-9]{0,7}", re.ASCII)


def _refused_page(error: DomainError) -> Response:
    return refusal(error, _locale(), _base_path(), container().settings.operator)


def _state_model() -> type[Out]:
    from chalicelib.pages.tracking.schemas import StateOut  # noqa: PLC0415 - only documentation asks

    return StateOut


@tracking.endpoint(
    "/t/{token}",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    also={HTTPStatus.FOUND: "The address without what stands behind the token."},
    refusals=(NotFound,),
    refuse=_refused_page,
)
def tracking_page(_: Actor, token: str) -> Response:
    """The page of one shipment, complete without any script.

    An address with something behind the token leads to the address without it.
    """
    bare = bare_token(token)
    view = container().follow_shipment(bare, proof_key=proof_key(tracking.current_request))
    if bare != token:
        return replies.found(f"{_base_path()}/t/{bare}{_query_string()}")
    locale = _locale(view.locale)
    ground = _basemap()
    page = _page(token, view, locale, ground)
    policy = replies.content_security_policy(
        image_sources=(ground.image_source, *_proof_sources(view)),
        connect_sources=(ground.connect_source,),
    )
    body = render("tracking.html", **_frame(locale), **page)
    return replies.html(body, policy=policy)


@tracking.endpoint(
    "/t/{token}/state",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.JSON,),
    written=_state_model,
    also={HTTPStatus.NOT_MODIFIED: "Nothing has changed since the ETag in If-None-Match."},
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def tracking_state(_: Actor, token: str) -> Response:
    """The same as data, with a weak ETag and the time to ask again."""
    token = bare_token(token)
    header = tracking.current_request.headers.get("if-none-match")
    wishes = _wishes()
    known = list(known_tags(header))
    like_ours = next((tag for tag in known if tag.wishes == wishes), None)
    follow = container().follow_shipment
    key = proof_key(tracking.current_request)
    if like_ours is None:
        view: TrackingView | Unchanged = follow(token, proof_key=key)
    else:
        view = follow.unless_known(token, like_ours.versions, proof_key=key)
    if isinstance(view, Unchanged):
        return replies.json_state(
            "", tag=str(like_ours), server_now=written(view.server_now), is_unchanged=True
        )
    document = state_document(view, present(view, _locale(view.locale)))
    tag = _tag(view, document, wishes)
    return replies.json_state(
        dumps(document),
        tag=str(tag),
        server_now=document["server_now"],
        is_unchanged=header == "*" or tag.digest in {each.digest for each in known},
    )


@tracking.endpoint(
    "/t/{token}/proof/{proof_id}",
    method="GET",
    principals=RECIPIENTS,
    status=HTTPStatus.SEE_OTHER,
    refusals=(NotFound,),
    refuse=_refused_page,
)
def tracking_proof(_: Actor, token: str, proof_id: str) -> Response:
    """On to the picture itself, by an address that works for minutes."""
    key = proof_key(tracking.current_request)
    follow = container().follow_shipment
    return replies.see_other(follow.proof_link(bare_token(token), proof_id, proof_key=key))


@tracking.endpoint(
    "/t/{token}/history",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=_refused_page,
)
def tracking_history(_: Actor, token: str) -> Response:
    """The whole history, newest first, a part at a time; ``?before=`` names the next part."""
    token = bare_token(token)
    view = container().follow_shipment.history(token, before=_before())
    locale = _locale(view.locale)
    body = render(
        "history.html",
        **_frame(locale),
        view=view,
        story=story(view, locale),
        tracking_url=f"{_base_path()}/t/{token}?lang={locale.tag}",
    )
    return replies.html(body, policy=replies.content_security_policy())


def _page(token: str, view: TrackingView, locale: Locale, ground: Basemap) -> dict[str, Any]:
    """The values for the template, and the same as data for the script that updates the page."""
    words = present(view, locale)
    document = state_document(view, words)
    link = f"{_base_path()}/t/{token}"
    data = {
        "state": document,
        "etag": str(_tag(view, document, _wishes(locale.tag))),
        "state_url": f"{link}/state?lang={locale.tag}",
        "map_css": f"{_base_path()}/static/{asset_names()['map.css']}",
        "ground": asdict(ground),
        "has_proofs": bool(words.ending and words.ending.pictures),
    }
    return {
        "state": document,
        "view": view,
        "ground": ground,
        "proof_base": f"{link}/proof/",
        "history_url": f"{link}/history?lang={locale.tag}",
        "messages_url": f"{link}/messages",
        "calendar_url": f"{link}/calendar.ics?lang={locale.tag}",
        "data_url": f"{link}/data?lang={locale.tag}",
        "settings_url": f"{link}/settings?lang={locale.tag}",
        "talk": _talk(token, view, locale),
        "action_id": secrets.token_urlsafe(12),
        "said": _said(),
        "notice": _notice(locale),
        "may_wish": view.wishes is not None and view.wishes.may_change is Open.YES,
        "wishes_url": f"{link}/wishes",
        "absence": absence_of(view.wishes),
        "day_url": f"{link}/day",
        "check_url": f"{link}/check",
        "address_url": f"{link}/address",
        "may_redirect": _may_redirect(view, ground),
        "has_search": container().settings.geocoder != "none",
        "share_url": _share_url(view),
        "revoke_url": f"{link}/share",
        "choices": choices_in_words(view, locale),
        "report_url": f"{link}/reports",
        "report_reasons": tuple(reason.value for reason in ReportReason),
        "rating_url": f"{link}/rating",
        "stars": tuple(STARS.values()),
        "stars_tapped": STARS.get(_query().get("stars", "")),
        "rating_reasons": tuple(reason.value for reason in RatingReason),
        "page_data": data,
        "contact_link": contact_link(view.sender.support_contact),
    }


def _talk(token: str, view: TrackingView, locale: Locale) -> Talk | None:
    """The thread; None where there is none and nobody may begin one. An empty one is not read."""
    if not view.messages and not view.may_write:
        return None
    thread, messages = None, tuple[Message, ...]()
    if view.messages:
        found = container().read_messages.behind(token)
        thread, messages = found.thread, found.messages
    return talk_of(view, thread, messages, locale, said=_said())


def _tag(view: TrackingView, document: Mapping[str, Any], wishes: str) -> Tag:
    made_of = Versions.at(view.server_now, shipment=view.version, live=view.live_version)
    return Tag(digest_of(view, document), made_of, wishes)


def _wishes(asked: str | None = None) -> str:
    """Of this request, or of one for the language ``asked``, as the page's own polls are."""
    request = tracking.current_request
    query: Mapping[str, str] = request.query_params or {}
    return wishes_of(asked or query.get("lang"), request.headers.get("accept-language"))


def _proof_sources(view: TrackingView) -> tuple[str, ...]:
    """Where this page's proofs come from: a redirect's target must pass the policy, too.

    Only a page that shows a proof asks: making a client for files takes longer than all the rest.
    """
    if view.outcome is None or not view.outcome.proofs:
        return ()
    return (container().follow_shipment.proofs_origin,)


def _may_redirect(view: TrackingView, ground: Basemap) -> bool:
    """Where shipper and rule of change allow another address, and it can be looked up, or there is
    a map to put a point on.
    """
    can_be_placed = container().settings.geocoder != "none" or ground.kind != "none"
    return view.may_redirect is Open.YES and can_be_placed


def _share_url(view: TrackingView) -> str:
    """The whole address, as people pass it on; empty where there is nothing to share."""
    base = container().settings.public_base_url
    return f"{base}/s/{view.share_token}" if view.share_token else ""


def _frame(locale: Locale) -> dict[str, Any]:
    return framed(locale, _base_path())


def _basemap() -> Basemap:
    settings = container().settings
    return basemap(settings.tile_url, settings.tile_attribution, base_path=_base_path())


def _base_path() -> str:
    """The stage prefix: '/api' on API Gateway, '' on a laptop or a custom domain."""
    path: str = tracking.current_request.context["path"]
    return path.partition("/t/")[0]


def _query() -> Mapping[str, str]:
    return tracking.current_request.query_params or {}


def _said() -> str:
    """What became of a form that was just sent: a word in the address."""
    return _query().get("said", "")


def _notice(locale: Locale) -> str:
    """The same as a sentence; empty where there is none for it."""
    key = f"said.{_said()}"
    if key not in locale.phrases:
        return ""
    return locale.say(key, what=changed_in_words(_query().get("what", ""), locale))


def _query_string() -> str:
    query = _query()
    return f"?{urlencode(dict(query))}" if query else ""


def _before() -> int | None:
    """The event before which a part of the history ends; anything but a number is no wish."""
    query = _query()
    found = _SEQ.fullmatch(query.get("before", ""))
    return None if found is None else int(found[0])


def _locale(recipient_locale: str | None = None) -> Locale:
    request = tracking.current_request
    query: Mapping[str, str] = request.query_params or {}
    asked = query.get("lang")
    return negotiate(asked, request.headers.get("accept-language"), recipient_locale)
