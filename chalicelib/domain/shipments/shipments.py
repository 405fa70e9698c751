"""Shipments, their parcels and their delivery attempts. ``lifecycle`` changes their status."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.ids import DriverId, ProofId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.instants import Range, TimeSource
from chalicelib.domain.preferences.preferences import NO_PREFERENCES, Preferences
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import Proof, ProofRequirements
from chalicelib.domain.ratings.ratings import Rating
from chalicelib.domain.reports.reports import Report
from chalicelib.domain.shipments.addresses import Address, Placement, Recipient
from chalicelib.domain.shipments.statuses import (
    BEFORE_DEPARTURE,
    ON_THE_WAY,
    ExternalStatus,
    FailureReason,
    Status,
    external_status,
)
from chalicelib.domain.wishes.wishes import NO_WISHES, Wishes


@dataclass(frozen=True, slots=True)
class Parcel:
    """One piece with a barcode (an SSCC or any string)."""

    barcode: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Companion:
    """Another shipment for the same recipient at the same stop, with so many parcels aboard."""

    shipment_id: ShipmentId
    shipper_id: ShipperId
    parcel_count: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The stop that delivers a shipment. ``stop_number`` is the stop's own in its route.

    ``service_day`` is the day of the route; None for what an earlier release has planned.
    ``companions`` are those of the moment when the van left, with ``plan_version`` of its route.
    """

    route_id: RouteId
    stop_id: StopId
    stop_number: int
    driver_id: DriverId
    service_day: date | None = None
    companions: tuple[Companion, ...] = ()
    plan_version: int = 0


def driven_by(driver_id: DriverId, assignment: Assignment | None) -> Assignment | None:
    """The assignment with the driver who sets out: another one may have been planned."""
    return None if assignment is None else replace(assignment, driver_id=driver_id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery attempt: the outcome of a visit for one shipment.

    The driver's device makes ``action_id``. We recognise a repeated report by it. ``barcodes`` are
    the parcels that it was about; empty means all parcels of the shipment. ``time_source`` says how
    sure ``occurred_at`` is. ``pin`` is what the recipient's PIN proves, None where none was given.
    ``received_by`` is the name of the person who took the parcels, as the driver wrote it.
    """

    number: int
    action_id: str
    status: Status
    occurred_at: datetime
    driver_id: DriverId
    reason: FailureReason | None = None
    note: str | None = None
    proofs: tuple[Proof, ...] = ()
    barcodes: tuple[str, ...] = ()
    time_source: TimeSource = TimeSource.DEVICE
    pin: PinCheck | None = None
    received_by: str | None = None

    @property
    def proof_ids(self) -> tuple[ProofId, ...]:
        """The ids of its proofs, in their order."""
        return tuple(proof.id for proof in self.proofs)

    @property
    def owed_proof_ids(self) -> tuple[ProofId, ...]:
        """The ids of those whose files may still come."""
        return tuple(proof.id for proof in self.proofs if proof.is_owed)


@dataclass(frozen=True, slots=True)
class Correction:
    """How a mistaken outcome of an attempt was put right.

    ``action_id`` and ``driver_id`` are those of the report, so that a late repeat of it stays
    known. ``became`` is None where the attempt was undone. ``explanation`` is a person's text.
    """

    attempt_number: int
    action_id: str
    driver_id: DriverId
    corrected_at: datetime
    was: Status
    became: Status | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """As much of a shipment as tells whether a view of it is still right.

    ``driver_id`` is set only while it is on the way. A view with ``has_companions`` may change with
    them.
    """

    version: int
    link_generation: int
    completed_at: datetime | None
    driver_id: DriverId | None
    share_generation: int = 1
    has_companions: bool = False


@dataclass(frozen=True, slots=True)
class Shipment:
    """One or more parcels that a shipper sends to one recipient at one address.

    ``first_promise`` is the range told when the van left, ``promise`` the range told last.
    ``link_generation`` is part of the tracking link's signature; raising it revokes all earlier
    links. ``share_generation`` is the same of the link that recipients share.
    ``details_version`` is the ``version`` with which the details were last written: shipper,
    reference, recipient, address, parcels, window, service time, proof requirements, service day,
    metadata, rating, wishes, report, preferences, forgotten_at. A change of one of them must set
    it, or it is not stored. 0 means that details and state are one item, as in the first format.

    ``service_day`` is the day that the shipper asked for without a window; ``wanted_day`` says the
    day either way. ``metadata`` are the shipper's own words by their names; we only keep them.

    ``scanned_barcodes`` are the parcels scanned onto the van of the present assignment, and
    ``failed_barcodes`` those of them whose attempt failed. ``handed_over`` are the delivered
    parcels, of all routes. Both are empty where the status speaks for all parcels (``custody``).
    ``scan_marks`` recognise the scans that loaded a parcel (``scans``). ``earlier_attempts`` are
    the attempts before the last one, oldest first. ``corrections`` are the mistaken outcomes that
    were put right, oldest first: attempts show what is true. ``closing_reason`` is a person's
    text on why it was cancelled or is returned.

    ``messages`` counts those of its thread. ``unanswered_since`` is when the recipient wrote the
    first message that nobody has answered. ``rating`` is the newest one (``rated``). Since
    ``forgotten_at`` there is nobody behind its recipient any more (``forgetting``).
    """

    id: ShipmentId
    shipper_id: ShipperId
    reference: str
    recipient: Recipient
    address: Address
    parcels: tuple[Parcel, ...]
    created_at: datetime
    updated_at: datetime
    status: Status = Status.CREATED
    version: int = 0
    details_version: int = 0
    seq: int = 0
    window: Range | None = None
    service_time_s: float | None = None
    proof_requirements: ProofRequirements = field(default_factory=ProofRequirements)
    link_generation: int = 1
    assignment: Assignment | None = None
    scanned_barcodes: frozenset[str] = frozenset()
    first_promise: Range | None = None
    promise: Range | None = None
    is_delayed: bool = False
    attempts: int = 0
    last_attempt: Attempt | None = None
    completed_at: datetime | None = None
    handed_over: frozenset[str] = frozenset()
    failed_barcodes: frozenset[str] = frozenset()
    scan_marks: frozenset[str] = frozenset()
    earlier_attempts: tuple[Attempt, ...] = ()
    corrections: tuple[Correction, ...] = ()
    closing_reason: str | None = None
    service_day: date | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    messages: int = 0
    unanswered_since: datetime | None = None
    rating: Rating | None = None
    wishes: Wishes = NO_WISHES
    report: Report | None = None
    preferences: Preferences = NO_PREFERENCES
    forgotten_at: datetime | None = None
    share_generation: int = 1

    @property
    def locale(self) -> str:
        """The BCP 47 tag of the recipient's language: the chosen one, else that of the order."""
        return self.preferences.language or self.recipient.locale

    @property
    def wanted_day(self) -> date | None:
        """The day at the address on which it should be delivered, where somebody has said one."""
        if self.window is None:
            return self.service_day
        return self.window.earliest.astimezone(ZoneInfo(self.address.time_zone)).date()

    @property
    def planned_day(self) -> date | None:
        """The day of the route that has it, as long as no van has left with it."""
        if self.assignment is None or self.status not in BEFORE_DEPARTURE:
            return None
        return self.assignment.service_day

    @property
    def needs_placing(self) -> bool:
        """Whether a dispatcher has to say first where it is."""
        return self.address.placement is Placement.ROUGH

    @property
    def external_status(self) -> ExternalStatus:
        """Its status in AfterShip's words."""
        return external_status(self.status, self.last_attempt.reason if self.last_attempt else None)

    @property
    def barcodes(self) -> tuple[str, ...]:
        """The barcodes of its parcels, in their order."""
        return tuple(parcel.barcode for parcel in self.parcels)

    @property
    def glimpse(self) -> Glimpse:
        """The part that changes, for a reader who knows the shipment already."""
        assigned = self.assignment if self.status in ON_THE_WAY else None
        driver_id = None if assigned is None else assigned.driver_id
        return Glimpse(
            self.version,
            self.link_generation,
            self.completed_at,
            driver_id,
            self.share_generation,
            self.assignment is not None and bool(self.assignment.companions),
        )

    @property
    def is_fully_scanned(self) -> bool:
        """Whether every parcel that is to be delivered has been scanned onto the vehicle."""
        return (self.scanned_barcodes | self.handed_over).issuperset(self.barcodes)

    @property
    def standing_attempts(self) -> int:
        """How many attempts were made in truth. ``attempts`` counts those undone since, too."""
        return self.attempts - sum(each.became is None for each in self.corrections)

    @property
    def made_attempts(self) -> tuple[Attempt, ...]:
        """All attempts that are kept, oldest first."""
        return (*self.earlier_attempts, *filter(None, [self.last_attempt]))

    @property
    def owed_proofs(self) -> tuple[Proof, ...]:
        """The proofs of all attempts whose files may still come."""
        return tuple(p for attempt in self.made_attempts for p in attempt.proofs if p.is_owed)

    @property
    def proofs_without_file(self) -> tuple[Proof, ...]:
        """Those, and the ones that were given up."""
        return tuple(p for each in self.made_attempts for p in each.proofs if not p.is_there)

    @property
    def owed_proof_ids(self) -> tuple[ProofId, ...]:
        """The ids of the proofs whose files may still come."""
        return tuple(proof.id for proof in self.owed_proofs)

    def with_proofs(self, found: Mapping[ProofId, Proof]) -> "Shipment":
        """The shipment with these proofs in place of those with their ids that have no file."""
        attempts = [
            replace(
                each, proofs=tuple(p if p.is_there else found.get(p.id, p) for p in each.proofs)
            )
            for each in self.made_attempts
        ]
        return replace(
            self,
            last_attempt=attempts[-1] if self.last_attempt else None,
            earlier_attempts=tuple(attempts[: len(self.earlier_attempts)]),
        )

    def made_attempt(self, action_id: str, driver_id: DriverId | None) -> Attempt | None:
        """The attempt that this action of the driver made; None when it made none."""
        for attempt in reversed(self.made_attempts):
            if (attempt.action_id, attempt.driver_id) == (action_id, driver_id):
                return attempt
        return None

    def was_tried_by(self, driver_id: DriverId | None) -> bool:
        """Whether this driver has made one of the attempts that are kept."""
        return any(attempt.driver_id == driver_id for attempt in self.made_attempts)

    def was_corrected(self, action_id: str, driver_id: DriverId | None) -> bool:
        """Whether an outcome that this action of the driver reported has been put right since."""
        reported = {(each.action_id, each.driver_id) for each in self.corrections}
        return (action_id, driver_id) in reported

    def is_on(self, route_id: RouteId) -> bool:
        """Whether this route delivers the shipment.

        A plan may still list a shipment that another route has taken over.
        """
        return self.assignment is not None and self.assignment.route_id == route_id
