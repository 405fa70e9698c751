"""The JSON of ``/t/{token}/state`` as a model, for documentation and tests.

The view writes its answer without it (documents.py): a function never imports this module.
"""

from datetime import date, datetime

from pydantic import ConfigDict

from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.instants import Range
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import ExternalStatus, FailureReason, Status
from chalicelib.domain.tracking.tracking import (
    Outcome,
    Position,
    Sender,
    ShownCompanion,
    ShownRating,
    ShownWishes,
)
from chalicelib.edge.schemas import Out
from chalicelib.pages.tracking.words import Words


class WindowOut(Out):
    """The window that sender and recipient agreed on."""

    start: datetime
    end: datetime


class MilestoneFactsOut(Out):
    """The facts of an event that a recipient may see; one that it does not have is absent."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    status: Status | None = None
    promise: Range | None = None
    reason: FailureReason | None = None
    window: Range | None = None
    service_day: date | None = None


class MilestoneOut(Out):
    """One public line of the history."""

    type: EventType
    at: datetime
    data: MilestoneFactsOut


class SharedStateOut(Out):
    """What a share link shows, as data and in ``words``: no address, no sender, no outcome.

    A delivery that is over is "delivered", however it ended.
    """

    status: Status
    server_now: datetime
    eta_age_s: int | None
    expected: Range | None
    stops_before: int | None
    position: Position | None
    position_hidden_because: str | None
    last_seen_age_s: int | None
    poll_after_s: int | None
    destination: None
    messages: int
    words: Words


class StateOut(Out):
    """All that a tracking link shows, as data and in ``words``. What is hidden is null."""

    status: Status
    external_status: ExternalStatus
    reference: str
    sender: Sender
    city: str
    time_zone: str
    server_now: datetime
    eta: Eta | None
    eta_age_s: int | None
    expected: Range | None
    promise: Range | None
    delayed: bool
    window: WindowOut | None
    stops_before: int | None
    position: Position | None
    position_hidden_because: str | None
    last_seen_age_s: int | None
    destination: Coordinates
    timeline: tuple[MilestoneOut, ...]
    outcome: Outcome | None
    poll_after_s: int | None
    parcels_total: int
    parcels_later: int
    service_day: date | None
    messages: int
    may_write: bool
    rating: ShownRating | None
    may_rate: bool
    rating_until: datetime | None
    wishes: ShownWishes | None
    may_report: bool
    reported: ReportReason | None
    pin: str | None
    companions: tuple[ShownCompanion, ...]
    words: Words
