"""The phrases of notices, with the same fields in every language. Each language is a module here.

``{when}`` is a range of local times with its day or days, promised or agreed; ``{near}`` is the
distance of the van, ``{heard}`` is the local time of its last news with the words around it
(klo 14.10, 14:10 Uhr). ``{reason}`` and ``{next}`` belong to failed attempts. Sentences run from
the fullest to the shortest; we send the first that fits. All of them stay within the alphabet of
an SMS (``gsm7``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.shipments.statuses import FailureReason


class Kind(StrEnum):
    """The kinds of notices."""

    OUT_FOR_DELIVERY = "out_for_delivery"
    ARRIVING = "arriving"
    DELAYED = "delayed"
    BACK_ON_TIME = "back_on_time"
    SILENT = "silent"
    HEARD_AGAIN = "heard_again"
    NEW_TIME = "new_time"
    EARLIER = "earlier"
    PUT_OFF = "put_off"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESCHEDULED = "rescheduled"
    RETURNING = "returning"
    CORRECTED = "corrected"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Wording:
    """One kind of notice in one language: the e-mail subject, and the sentences, fullest first."""

    subject: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """All phrases of one language, but for those of time (``domain/phrases``)."""

    next_stop: str
    one_stop: str
    stops: str
    minutes: str
    soon: str
    link: str
    rate: str
    settings: str
    try_again: str
    ask_sender: str
    wordings: Mapping[Kind, Wording]
    reasons: Mapping[FailureReason, str]
