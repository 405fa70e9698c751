"""What a notice can say, in one shape for every language; each language is a module beside this.

``{when}`` is a range of the clock, ``{near}`` how far the van is, ``{reason}`` and ``{next}`` are
of failed attempts. Sentences run from the fullest to the shortest: the first that fits is sent.
All of them stay inside the alphabet of an SMS (``gsm7``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.shipments.statuses import FailureReason


class Kind(StrEnum):
    """What a recipient is told."""

    OUT_FOR_DELIVERY = "out_for_delivery"
    ARRIVING = "arriving"
    DELAYED = "delayed"
    BACK_ON_TIME = "back_on_time"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wording:
    """One kind in one language: the subject of the e-mail, and the sentences, fullest first."""

    subject: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """All we say in one language. ``clock`` is for strftime, ``range_end`` follows a range."""

    today: str
    weekdays: tuple[str, ...]
    day: str
    clock: str
    range_end: str
    next_stop: str
    one_stop: str
    stops: str
    minutes: str
    soon: str
    link: str
    try_again: str
    ask_sender: str
    wordings: Mapping[Kind, Wording]
    reasons: Mapping[FailureReason, str]
