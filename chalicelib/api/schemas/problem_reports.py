"""Reports of recipients on the wire."""

from chalicelib.domain.reports.reports import ReportReason
from chalicelib.edge.schemas import Out, Time


class ReportOut(Out):
    """What a recipient has reported last. The words are in the message of the thread.

    ``closed_at`` is null while nobody has dealt with it.
    """

    reason: ReportReason
    message_id: str
    reported_at: Time
    closed_at: Time | None
