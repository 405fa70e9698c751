"""The values that every page of a recipient needs."""

from typing import Any

from chalice.app import Response

from chalicelib.catalogues import shipped
from chalicelib.domain.errors import DomainError, Unavailable
from chalicelib.domain.phrases.locales import Locale
from chalicelib.edge import replies
from chalicelib.edge.problems import as_seen_by_a_link, headers_of, status_of
from chalicelib.pages.contacts import OperatorContact
from chalicelib.pages.rendering import asset_names, render


def framed(locale: Locale, base_path: str) -> dict[str, Any]:
    """Language, phrases, style sheets, and the prefix of addresses."""
    return {
        "locale": locale,
        "say": locale.say,
        "languages": shipped(),
        "base": base_path,
        "assets": asset_names(),
    }


def refusal(
    error: DomainError, locale: Locale, base_path: str, carrier: tuple[str | None, str | None]
) -> Response:
    """A whole page in the reader's language; nothing in it depends on the link.

    It says whom to ask: without a delivery that is the ``carrier`` (name and contact).
    """
    seen = as_seen_by_a_link(error)
    key = "unavailable" if isinstance(seen, Unavailable) else "not_found"
    body = render(
        "refusal.html", **framed(locale, base_path), key=key, operator=OperatorContact(*carrier)
    )
    reply = replies.html(body, policy=replies.content_security_policy(), status=status_of(seen))
    reply.headers.update(headers_of(seen))
    return reply
