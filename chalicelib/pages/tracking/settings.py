"""The page on which a recipient chooses what to be told, and stops all of it in one tap.

All of it is forms that post, and each leads back to the page, which says what became of it. The
forms carry what was chosen before, so that a choice can be taken back in one more tap.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.catalogues import shipped
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, Outdated, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.preferences.preferences import Preferences, Subject, Way
from chalicelib.domain.shipments.addresses import Recipient
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.tracking.forms import Field64, PageForm
from chalicelib.pages.tracking.frames import Frames
from chalicelib.pages.tracking.wishes import Number

settings: Final = Endpoints(__name__)
frames: Final = Frames(settings, "/t/")

LETTERS: Final = {"b": Way.BEST, "s": Way.SMS, "e": Way.EMAIL, "n": Way.NONE}
_BEFORE: Final = re.compile(r"([bsen]{5})-([a-z]{0,3})", re.ASCII)


class SettingsForm(PageForm):
    """A way for each subject, and a language. ``seen`` is the number of the choices on the page,
    ``before`` is what they were.
    """

    seen: Number
    before: Field64 = ""
    departure: Field64 = Way.BEST.value
    nearness: Field64 = Way.BEST.value
    times: Field64 = Way.BEST.value
    outcome: Field64 = Way.BEST.value
    messages: Field64 = Way.BEST.value
    language: Field64 = ""


class TapForm(PageForm):
    """One button."""


@settings.endpoint(
    "/t/{token}/settings",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def settings_page(_: Actor, token: str) -> Response:
    """What the recipient is told, and in which way."""
    token = bare_token(token)
    shown = container().show_preferences.behind(token)
    shipment, locale = shown.shipment, frames.locale(shown.shipment.locale)
    chosen, link = shipment.preferences, f"{frames.base}/t/{token}"
    return frames.page(
        "settings.html",
        locale,
        sender=shown.sender,
        reference=shipment.reference,
        chosen=chosen,
        subjects=tuple(Subject),
        ways=_ways_for(shipment.recipient),
        can_be_told=bool(shipment.recipient.phone or shipment.recipient.email),
        muted=[
            *(["phone_muted"] if shown.is_phone_muted else []),
            *(["mailbox_muted"] if shown.is_mailbox_muted else []),
        ],
        before=_written(chosen),
        undo=_read(frames.asked("undo")),
        notice=frames.notice(locale),
        url=f"{link}/settings",
        tracking_url=f"{link}?lang={locale.tag}",
    )


@settings.endpoint(
    "/t/{token}/settings",
    method="POST",
    principals=RECIPIENTS,
    takes=SettingsForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_settings(_: Actor, body: SettingsForm, token: str) -> Response:
    """Choose what to be told, and go back to the page."""
    token, found = bare_token(token), _chosen(body)
    if found is None:
        return _back(token, "settings_unfit", body.lang)
    ways, language = found
    try:
        container().change_preferences.choose(token, ways, language, seen=int(body.seen))
    except Outdated:
        return _back(token, "settings_changed", body.lang)
    except Unavailable:
        return _back(token, "settings_wait", body.lang)
    undo = body.before if _BEFORE.fullmatch(body.before) else ""
    return _back(token, "settings_saved", body.lang, undo=undo)


@settings.endpoint(
    "/t/{token}/settings/stop",
    method="POST",
    principals=RECIPIENTS,
    takes=TapForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_stop_messages(_: Actor, body: TapForm, token: str) -> Response:
    """Stop all messages, and go back to the page."""
    token = bare_token(token)
    try:
        container().change_preferences.stop(token)
    except Unavailable:
        return _back(token, "settings_wait", body.lang)
    return _back(token, "settings_stopped", body.lang)


@settings.endpoint(
    "/t/{token}/settings/resume",
    method="POST",
    principals=RECIPIENTS,
    takes=TapForm,
    is_form=True,
    status=303,
    refusals=(NotFound,),
    refuse=replies.refused_link,
)
def post_resume_messages(_: Actor, body: TapForm, token: str) -> Response:
    """Get messages again, and go back to the page."""
    token = bare_token(token)
    try:
        container().change_preferences.resume(token)
    except Unavailable:
        return _back(token, "settings_wait", body.lang)
    return _back(token, "settings_resumed", body.lang)


def _ways_for(recipient: Recipient) -> tuple[Way, ...]:
    """Those for which there is an address."""
    has = {Way.SMS: bool(recipient.phone), Way.EMAIL: bool(recipient.email)}
    return tuple(way for way in Way if has.get(way, True))


def _chosen(form: SettingsForm) -> tuple[Mapping[Subject, Way], str | None] | None:
    """What the form says; None for what is in none of its lists."""
    try:
        ways = {subject: Way(getattr(form, subject.value)) for subject in Subject}
    except ValueError:
        return None
    if form.language and form.language not in shipped():
        return None
    return ways, form.language or None


def _written(chosen: Preferences) -> str:
    """All choices in a few letters, in the order of the subjects.

    >>> _written(Preferences({Subject.TIMES: Way.NONE}, "fi"))
    'bbnbb-fi'
    """
    letters = {way: letter for letter, way in LETTERS.items()}
    ways = "".join(letters[chosen.way_of(subject)] for subject in Subject)
    return f"{ways}-{chosen.language or ''}"


def _read(text: str) -> Preferences | None:
    """The choices again; None for anything else."""
    found = _BEFORE.fullmatch(text)
    if found is None:
        return None
    ways = {each: LETTERS[letter] for each, letter in zip(Subject, found[1], strict=True)}
    language = found[2] if found[2] in shipped() else None
    return Preferences(language=language).with_ways(ways)


def _back(token: str, said: str, lang: str, *, undo: str = "") -> Response:
    language = f"&lang={quote(lang)}" if lang else ""
    taken_back = f"&undo={quote(undo)}" if undo else ""
    return replies.see_other(f"{frames.base}/t/{token}/settings?said={said}{taken_back}{language}")
