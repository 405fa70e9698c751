"""Inbound texts: what a phone has sent to the operator's number, as AWS hands it over.

AWS End User Messaging publishes it to a topic as JSON with ``originationNumber`` and
``messageBody``, among other fields. Only the keyword of the text is kept.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.preferences.keywords import Keyword, keyword_of

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
MOST_CHARS: Final = 1_600
"""More than a text of ten parts; what is longer is no keyword."""


@dataclass(frozen=True, slots=True)
class InboundText:
    """A phone and what it wants; ``keyword`` is None for any other text."""

    phone: str
    keyword: Keyword | None
    sent_at: datetime


def is_inbound(text: str) -> bool:
    """Whether a message is a text of a phone."""
    try:
        message = json.loads(text)
    except (RecursionError, ValueError):
        return False
    return isinstance(message, dict) and "originationNumber" in message


def from_text(text: str, sent_at: datetime) -> InboundText | None:
    """The text; None for one of no phone, such as a short code."""
    message = json.loads(text)
    phone, body = str(message["originationNumber"]), str(message.get("messageBody") or "")
    phone = phone if phone.startswith("+") else f"+{phone}"
    if not _E164.fullmatch(phone):
        return None
    return InboundText(phone, keyword_of(body[:MOST_CHARS]), sent_at)
