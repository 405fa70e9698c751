"""A shipment and its lifecycle: one table says every step there is and who may take it.

Nothing else changes a status. Each step bumps ``version``, appends exactly one event with the next
``seq``, and never edits what was written before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.addresses import Address, Recipient
from chalicelib.domain.errors import IllegalTransition
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.ids import DriverId, EventId, RouteId, ShipmentId, ShipperId, StopId
from chalicelib.domain.instants import Range
from chalicelib.domain.proofs import Proof, ProofRequirements
from chalicelib.domain.statuses import FailureReason, Status


@dataclass(frozen=True, slots=True)
class Parcel:
    """One piece with a barcode (an SSCC or any string)."""

    barcode: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    """Which stop of which route delivers it. ``stop_index`` counts from 0 in plan order."""

    route_id: RouteId
    stop_id: StopId
    stop_index: int
    driver_id: DriverId


@dataclass(frozen=True, slots=True)
class Attempt:
    """One visit's outcome.

    ``action_id`` is the driver's own name for the action: a repeat is recognised by it.
    """

    number: int
    action_id: str
    status: Status
    occurred_at: datetime
    driver_id: DriverId
    reason: FailureReason | None = None
    note: str | None = None
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a shipper asks to have delivered to one recipient at one address.

    ``first_promise`` was told when the van left, ``promise`` is the range told last.
    ``link_generation`` is part of the tracking link's signature: raising it revokes every link
    given out before.
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

    @property
    def is_fully_scanned(self) -> bool:
        """Whether every parcel has been scanned onto the vehicle."""
        return {parcel.barcode for parcel in self.parcels} <= self.scanned_barcodes

    def is_on(self, route_id: RouteId) -> bool:
        """Whether this route delivers it; a plan may still list what another has taken over."""
        return self.assignment is not None and self.assignment.route_id == route_id


class Step(StrEnum):
    """What can be done to a shipment."""

    ACCEPT = "accept"
    LOAD = "load"
    DEPART = "depart"
    APPROACH = "approach"
    ARRIVE = "arrive"
    DELIVER = "deliver"
    FAIL = "fail"
    RETRY = "retry"
    RETURN = "return"
    CLOSE_RETURN = "close_return"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a step leads where, who may take it, and the event it leaves."""

    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]
    event: EventType


def transitions() -> Mapping[Step, Transition]:
    """The whole lifecycle. Anything that is not in here is a conflict and changes nothing."""
    field_staff = frozenset({Role.DRIVER, Role.DISPATCHER, Role.ADMIN})
    office = frozenset({Role.DISPATCHER, Role.ADMIN})
    system = frozenset({Role.SYSTEM})
    owners = office | {Role.SHIPPER}
    underway = frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING})
    at_large = underway | {Status.ARRIVED}
    before_departure = frozenset({Status.CREATED, Status.ACCEPTED, Status.LOADED})
    row = Transition
    return {
        Step.ACCEPT: row(
            frozenset({Status.CREATED}), Status.ACCEPTED, field_staff, EventType.ACCEPTED
        ),
        Step.LOAD: row(frozenset({Status.ACCEPTED}), Status.LOADED, field_staff, EventType.LOADED),
        Step.DEPART: row(
            frozenset({Status.LOADED}),
            Status.OUT_FOR_DELIVERY,
            field_staff,
            EventType.OUT_FOR_DELIVERY,
        ),
        Step.APPROACH: row(
            frozenset({Status.OUT_FOR_DELIVERY}), Status.ARRIVING, system, EventType.ARRIVING
        ),
        Step.ARRIVE: row(underway, Status.ARRIVED, field_staff | system, EventType.ARRIVED),
        Step.DELIVER: row(at_large, Status.DELIVERED, field_staff, EventType.DELIVERED),
        Step.FAIL: row(at_large, Status.ATTEMPT_FAILED, field_staff, EventType.ATTEMPT_FAILED),
        Step.RETRY: row(
            frozenset({Status.ATTEMPT_FAILED, Status.LOADED}),
            Status.ACCEPTED,
            office,
            EventType.ACCEPTED,
        ),
        Step.RETURN: row(
            frozenset({Status.ATTEMPT_FAILED}), Status.RETURNING, office, EventType.RETURNING
        ),
        Step.CLOSE_RETURN: row(
            frozenset({Status.RETURNING}), Status.RETURNED, office, EventType.RETURNED
        ),
        Step.CANCEL: row(before_departure, Status.CANCELLED, owners, EventType.CANCELLED),
    }


def may_take(shipment: Shipment, step: Step, actor: Actor) -> bool:
    """Whether the table allows this step from the present status to this actor's role."""
    row = transitions()[step]
    return shipment.status in row.sources and actor.role in row.roles


def take(
    shipment: Shipment,
    step: Step,
    *,
    actor: Actor,
    event_id: EventId,
    occurred_at: datetime,
    now: datetime,
    data: Mapping[str, object] | None = None,
) -> tuple[Shipment, Event]:
    """The shipment one step on, and the event that says so.

    Raises IllegalTransition when the table has no such step.
    """
    if not may_take(shipment, step, actor):
        raise IllegalTransition(shipment_id=shipment.id, current=shipment.status, wanted=step)
    row = transitions()[step]
    moved = replace(shipment, status=row.target)
    return append(
        moved,
        row.event,
        actor=actor,
        event_id=event_id,
        occurred_at=occurred_at,
        now=now,
        data=data,
    )


def append(
    shipment: Shipment,
    event_type: EventType,
    *,
    actor: Actor,
    event_id: EventId,
    occurred_at: datetime,
    now: datetime,
    data: Mapping[str, object] | None = None,
) -> tuple[Shipment, Event]:
    """The shipment with one more event in its history; the status stays as it is."""
    after = replace(shipment, version=shipment.version + 1, seq=shipment.seq + 1, updated_at=now)
    event = Event(
        id=event_id,
        shipment_id=shipment.id,
        shipper_id=shipment.shipper_id,
        seq=after.seq,
        type=event_type,
        occurred_at=occurred_at,
        recorded_at=now,
        actor_role=actor.role,
        actor_id=actor.id,
        data={"status": after.status.value, **(data or {})},
    )
    return after, event
