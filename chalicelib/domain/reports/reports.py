"""Reports: a recipient says that something is wrong. The words are in the thread."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.ids import MessageId


class ReportReason(StrEnum):
    """What is wrong. The names are part of the public API."""

    NOT_RECEIVED = "not_received"
    DAMAGED = "damaged"
    MISSING_PARTS = "missing_parts"
    WRONG_PARCEL = "wrong_parcel"
    WRONG_PLACE = "wrong_place"
    CONDUCT = "conduct"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Report:
    """The newest report of a shipment. ``message_id`` is the message with the recipient's words.

    ``closed_at`` is when the office had answered, or had dealt with it.
    """

    reason: ReportReason
    message_id: MessageId
    reported_at: datetime
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has dealt with it."""
        return self.closed_at is None

    def closed(self, now: datetime) -> "Report":
        """The report when somebody has dealt with it; the first time stays."""
        return replace(self, closed_at=now) if self.is_open else self
