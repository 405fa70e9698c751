"""The page about a recipient's data: why it is here, what is kept for how long, and forgetting it.

All figures are those of the deployment, from its settings and its policy.
"""

from datetime import timedelta
from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound, TooEarlyToForget, Unavailable
from chalicelib.domain.links import bare_token
from chalicelib.domain.phrases.locales import Locale
from chalicelib.domain.policy import LEDGER_KEEP_S, RUN_SHEET_RETENTION
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import RECIPIENTS
from chalicelib.pages.contacts import OperatorContact, contact_link
from chalicelib.pages.tracking.forms import Field64, PageForm
from chalicelib.pages.tracking.frames import Frames

privacy: Final = Endpoints(__name__)
frames: Final = Frames(privacy, "/t/")


class ForgetForm(PageForm):
    """``sure`` is ticked by whoever has read what goes."""

    sure: Field64 = ""


@privacy.endpoint(
    "/t/{token}/data",
    method="GET",
    principals=RECIPIENTS,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def data_page(_: Actor, token: str) -> Response:
    """Why the recipient sees this, what is kept, and for how long."""
    return _page(bare_token(token), "")


@privacy.endpoint(
    "/t/{token}/data/forget",
    method="POST",
    principals=RECIPIENTS,
    takes=ForgetForm,
    is_form=True,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def post_forget(_: Actor, body: ForgetForm, token: str) -> Response:
    """Forget the recipient. The link leads nowhere afterwards, so the answer is a page."""
    token = bare_token(token)
    if not body.sure:
        return _page(token, "forget_unsure", lang=body.lang)
    kept = container().forget_recipient.kept(token)
    try:
        container().forget_recipient(token)
    except TooEarlyToForget:
        return _page(token, "forget_early", lang=body.lang)
    except Unavailable:
        return _page(token, "forget_wait", lang=body.lang)
    locale = frames.locale(kept.shipment.locale, asked=body.lang)
    return frames.page("forgotten.html", locale, sender=kept.sender)


def _page(token: str, said: str, *, lang: str = "") -> Response:
    kept = container().forget_recipient.kept(token)
    locale = frames.locale(kept.shipment.locale, asked=lang)
    operator = OperatorContact(*container().settings.operator)
    link = f"{frames.base}/t/{token}"
    return frames.page(
        "data.html",
        locale,
        sender=kept.sender,
        sender_link=contact_link(kept.support_contact),
        reference=kept.shipment.reference,
        operator=operator,
        kept=kept_in_words(locale),
        may_forget=kept.may_forget,
        notice=locale.say(f"said.{said}") if said else "",
        settings_url=f"{link}/settings?lang={locale.tag}",
        forget_url=f"{link}/data/forget",
        tracking_url=f"{link}?lang={locale.tag}",
    )


def kept_in_words(locale: Locale) -> tuple[tuple[str, str], ...]:
    """What is kept, and for how long after the end of the delivery."""
    settings, policy = container().settings, container().forget_recipient.policy
    spans = {
        "delivery": policy.shipment_retention,
        "photos": timedelta(days=int(settings.proof_retention_days)),
        "link": policy.link_retention,
        "positions": policy.track_retention,
        "sheet": RUN_SHEET_RETENTION,
        "notices": timedelta(seconds=LEDGER_KEEP_S),
    }
    return tuple(
        (locale.say(f"data.kept.{what}"), locale.count("data.days", span.days))
        for what, span in spans.items()
    )
