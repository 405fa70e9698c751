"""The kinds of notices, and the names of their sentences in the catalogue.

Each kind has the subject of an e-mail and sentences from the fullest to the shortest; we send the
first that fits. In them ``{when}`` is a range of local times with its day or days, promised or
agreed; ``{near}`` is the distance of the van, ``{heard}`` is the local time of its last news with
the words around it (klo 14.10, 14:10 Uhr). ``{reason}`` and ``{next}`` belong to failed attempts.
"""

from enum import StrEnum
from typing import Final


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


SUBJECT: Final = "subject"
SIZES: Final = ("full", "shorter", "short", "shortest")
"""The sentences of a kind, the fullest first. Each kind has the first, and as many more as help."""
