"""The history of a shipment on the wire: the type of an event says which facts it tells.

A fact that an event does not have is absent. A stored fact that is not declared here stays with us:
an event written by an older or a newer release can always be read.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.api.schemas.values import Instant
from chalicelib.domain.actors import Role
from chalicelib.domain.instants import TimeSource
from chalicelib.domain.messages.threads import Author
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import Flaw, ProofKind
from chalicelib.domain.ratings.ratings import RatingReason
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.domain.shipments.concerns import About
from chalicelib.domain.shipments.corrections import TrueOutcome
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.domain.wishes.wishes import SafePlace
from chalicelib.edge.queries import QueryId
from chalicelib.edge.schemas import ListingQuery, Out, Time


def _is_absent(value: object) -> bool:
    return value is None


class Fact(Out):
    """Base of what an event tells."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_serialization_defaults_required=False,
        json_schema_extra={"additionalProperties": False},
    )


class RangeFact(Fact):
    """From earliest to latest."""

    earliest: Time
    latest: Time


class EtaFact(Fact):
    """A point and a range."""

    point: Time
    earliest: Time
    latest: Time


class ProofFact(Fact):
    """A proof and the fingerprint of its bytes; without that while its file is on its way.

    ``flaw`` says why a file was rejected.
    """

    id: str
    kind: ProofKind
    etag: str | None = Field(None, exclude_if=_is_absent)
    sha256: str | None = Field(None, exclude_if=_is_absent)
    flaw: Flaw | None = Field(None, exclude_if=_is_absent)


class PartsFact(Fact):
    """How many parcels are where after the event; ``later`` are on no van and come later."""

    total: int
    aboard: int
    delivered: int
    later: int


class StatusFacts(Fact):
    """The status after the event.

    An event that is not about all parcels of the shipment names its ``barcodes``, and says how many
    ``parcels`` are where.
    """

    status: Status | None = Field(None, exclude_if=_is_absent)
    parcels: PartsFact | None = Field(None, exclude_if=_is_absent)
    barcodes: tuple[str, ...] | None = Field(None, exclude_if=_is_absent)


class ForecastFacts(StatusFacts):
    """An ETA, how many stops are before it, and the promise that stands."""

    eta: EtaFact | None = Field(None, exclude_if=_is_absent)
    stops_before: int | None = Field(None, exclude_if=_is_absent)
    promise: RangeFact | None = Field(None, exclude_if=_is_absent)


class ChangedForecastFacts(ForecastFacts):
    """The same, and the promise before; null if there was none."""

    previous_promise: RangeFact | None = None


class SilenceFacts(ChangedForecastFacts):
    """The same, and when a silent van was last heard of; absent while it is heard."""

    heard_at: Time | None = Field(None, exclude_if=_is_absent)


class ArrivalFacts(ForecastFacts):
    """``action_id`` is the driver's own name for the report; absent if the fixes told it."""

    action_id: str | None = Field(None, exclude_if=_is_absent)
    time_source: TimeSource | None = Field(None, exclude_if=_is_absent)


class AttemptFacts(StatusFacts):
    """The driver's report of a visit.

    ``time_source`` says whose time ``occurred_at`` is: as the device said it, corrected, or ours.
    ``pin`` says what the recipient's PIN proves.
    """

    action_id: str | None = Field(None, exclude_if=_is_absent)
    time_source: TimeSource | None = Field(None, exclude_if=_is_absent)
    reason: FailureReason | None = Field(None, exclude_if=_is_absent)
    proofs: tuple[ProofFact, ...] | None = Field(None, exclude_if=_is_absent)
    pin: PinCheck | None = Field(None, exclude_if=_is_absent)


class AcceptedFacts(StatusFacts):
    """The hub whose scan accepted it; absent where a driver or a decision did."""

    hub_id: str | None = Field(None, exclude_if=_is_absent)


class UpdateFacts(StatusFacts):
    """The names of the details that were changed, or in which a newer order differs."""

    changed: tuple[str, ...] | None = Field(None, exclude_if=_is_absent)


class ScheduleFacts(StatusFacts):
    """The window that is agreed, and the one before; null where there is none."""

    window: RangeFact | None = None
    previous_window: RangeFact | None = None
    service_day: date | None = Field(None, exclude_if=_is_absent)


class CorrectionFacts(StatusFacts):
    """How an attempt ended in truth, and what was reported; ``reason`` is that of a failed one.

    ``proofs`` are those that the driver brought who took the own report back.
    """

    outcome: TrueOutcome | None = Field(None, exclude_if=_is_absent)
    previous_outcome: Status | None = Field(None, exclude_if=_is_absent)
    reason: FailureReason | None = Field(None, exclude_if=_is_absent)
    proofs: tuple[ProofFact, ...] | None = Field(None, exclude_if=_is_absent)


class HistoryLine(Out):
    """One line of history; of the actor only the role is told."""

    id: str
    shipment_id: str
    sequence: int = Field(validation_alias="seq")
    type: EventType
    occurred_at: Time
    recorded_at: Time
    actor: Role = Field(validation_alias="actor_role")
    data: StatusFacts


class StatusEventOut(HistoryLine):
    """The shipment has another status."""

    type: Literal[
        EventType.CREATED,
        EventType.LOADED,
        EventType.CANCELLED,
        EventType.RETURNING,
        EventType.RETURNED,
        EventType.SUPERSEDED,
        EventType.FORGOTTEN,
    ]


class AcceptedEventOut(HistoryLine):
    """It is at a hub: taken in, unloaded from a van, or to be tried again."""

    type: Literal[EventType.ACCEPTED]
    data: AcceptedFacts


class UnassignedFacts(StatusFacts):
    """What had been promised to the recipient, and holds no longer."""

    previous_promise: RangeFact | None = None


class UnassignedEventOut(HistoryLine):
    """It was taken off the plan of its van: it comes later, with another one."""

    type: Literal[EventType.UNASSIGNED]
    data: UnassignedFacts


class ForecastEventOut(HistoryLine):
    """The van has left, comes near or drove on after all."""

    type: Literal[
        EventType.OUT_FOR_DELIVERY,
        EventType.ARRIVING,
        EventType.ARRIVAL_WITHDRAWN,
    ]
    data: ForecastFacts


class ChangedForecastEventOut(HistoryLine):
    """It will be later than promised, or on time after all, or another time was promised."""

    type: Literal[EventType.DELAYED, EventType.BACK_ON_TIME, EventType.PROMISED]
    data: SilenceFacts


class DriverEventOut(HistoryLine):
    """Nothing is heard of the van, or it is heard again."""

    type: Literal[EventType.DRIVER_SILENT, EventType.DRIVER_BACK]
    data: SilenceFacts


class ArrivalEventOut(HistoryLine):
    """The van is at the stop."""

    type: Literal[EventType.ARRIVED]
    data: ArrivalFacts


class UpdateEventOut(HistoryLine):
    """Details were changed."""

    type: Literal[EventType.UPDATED]
    data: UpdateFacts


class TownFact(Fact):
    """As much of an address as leaves the carrier."""

    city: str


class RedirectFacts(UpdateFacts):
    """The address was changed, as it was ``before`` and is ``after``; these facts are absent where
    the shipper or a dispatcher has changed it.
    """

    before: TownFact | None = Field(None, exclude_if=_is_absent)
    after: TownFact | None = Field(None, exclude_if=_is_absent)
    moved_m: int | None = Field(None, exclude_if=_is_absent)


class RedirectEventOut(HistoryLine):
    """It goes to another address."""

    type: Literal[EventType.REDIRECTED]
    data: RedirectFacts


class WishesFact(Fact):
    """What the recipient wanted at the door, without words and names."""

    has_instructions: bool
    safe_place: SafePlace | None
    has_neighbour: bool
    is_contact_free: bool


class InstructionsFacts(UpdateFacts):
    """What was changed by a recipient, as it was ``before`` and is ``after``; both are absent where
    the shipper or a dispatcher has changed the instructions of the address.
    """

    before: WishesFact | None = Field(None, exclude_if=_is_absent)
    after: WishesFact | None = Field(None, exclude_if=_is_absent)


class InstructionsEventOut(HistoryLine):
    """The driver is to do something else at the door."""

    type: Literal[EventType.INSTRUCTIONS_CHANGED]
    data: InstructionsFacts


class ScheduleEventOut(HistoryLine):
    """Another window was agreed."""

    type: Literal[EventType.RESCHEDULED]
    data: ScheduleFacts


class CorrectionEventOut(HistoryLine):
    """A mistaken outcome was put right."""

    type: Literal[EventType.CORRECTED]
    data: CorrectionFacts


class ProofFacts(StatusFacts):
    """Proofs whose files were accepted or rejected, or never came."""

    proofs: tuple[ProofFact, ...] | None = Field(None, exclude_if=_is_absent)


class ProofEventOut(HistoryLine):
    """What has become of the files of proofs, after their attempt."""

    type: Literal[EventType.PROOF_ADDED, EventType.PROOF_REJECTED, EventType.PROOF_MISSING]
    data: ProofFacts


class AttemptEventOut(HistoryLine):
    """A visit has ended."""

    type: Literal[EventType.DELIVERED, EventType.ATTEMPT_FAILED]
    data: AttemptFacts


class MessageFacts(StatusFacts):
    """Which message, and who wrote it; ``notice`` says that the recipient is told of it."""

    message_id: str | None = Field(None, exclude_if=_is_absent)
    author: Author | None = Field(None, exclude_if=_is_absent)
    notice: bool | None = Field(None, exclude_if=_is_absent)


class MessageEventOut(HistoryLine):
    """Somebody wrote into the thread of the shipment. The words are in the thread alone."""

    type: Literal[EventType.MESSAGE_SENT]
    data: MessageFacts


class RatingFacts(StatusFacts):
    """Stars and reasons, and the stars before where a rating was changed."""

    stars: int | None = Field(None, exclude_if=_is_absent)
    is_low: bool | None = Field(None, exclude_if=_is_absent)
    reasons: tuple[RatingReason, ...] | None = Field(
        None, exclude_if=_is_absent, examples=[["punctuality", "driver"]]
    )
    attempt_number: int | None = Field(None, exclude_if=_is_absent)
    previous_stars: int | None = None


class RatingEventOut(HistoryLine):
    """The recipient has rated the outcome of an attempt. The comment is in the shipment alone."""

    type: Literal[EventType.RATED]
    data: RatingFacts


class ReportFacts(StatusFacts):
    """What is wrong, and the message of the thread that says it in words."""

    report_reason: ReportReason | None = Field(None, exclude_if=_is_absent)
    message_id: str | None = Field(None, exclude_if=_is_absent)


class ReportEventOut(HistoryLine):
    """The recipient has reported that something is wrong."""

    type: Literal[EventType.REPORTED]
    data: ReportFacts


class PreferencesFacts(UpdateFacts):
    """The parts of the recipient's preferences that were changed, and whether messages are stopped.

    What was chosen is not in it.
    """

    is_stopped: bool | None = Field(None, exclude_if=_is_absent)


class PreferencesEventOut(HistoryLine):
    """The recipient wants to be told other things, or in another way, or nothing any more."""

    type: Literal[EventType.PREFERENCES_CHANGED]
    data: PreferencesFacts


class ConcernFacts(StatusFacts):
    """What was dealt with."""

    concern: About | None = Field(None, exclude_if=_is_absent)


class ConcernEventOut(HistoryLine):
    """Somebody of the office has dealt with what the recipient complained of."""

    type: Literal[EventType.CONCERN_CLOSED]
    data: ConcernFacts


EventOut = Annotated[
    StatusEventOut
    | AcceptedEventOut
    | UnassignedEventOut
    | ForecastEventOut
    | ChangedForecastEventOut
    | DriverEventOut
    | ArrivalEventOut
    | AttemptEventOut
    | ProofEventOut
    | UpdateEventOut
    | RedirectEventOut
    | InstructionsEventOut
    | ScheduleEventOut
    | CorrectionEventOut
    | MessageEventOut
    | RatingEventOut
    | ReportEventOut
    | PreferencesEventOut
    | ConcernEventOut,
    Field(discriminator="type"),
]


class EventsOut(Out):
    """A page of events."""

    data: tuple[EventOut, ...]
    next_cursor: str | None


class FeedQuery(ListingQuery):
    """The query of the feed. Staff name the shipper; ``since`` is where a first page begins."""

    shipper_id: QueryId | None = None
    since: Instant | None = None


class FeedOut(Out):
    """A page of the feed. There is always a cursor, after the last event for what comes later."""

    data: tuple[EventOut, ...]
    next_cursor: str
