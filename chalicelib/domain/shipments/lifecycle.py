"""The lifecycle of a shipment: one table lists every step, its statuses, and who may take it.

Nothing else changes a status. Each step raises ``version`` and appends exactly one event with the
next ``seq``. It never edits earlier events.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

from chalicelib.domain.actors import DISPATCH, Actor, Role
from chalicelib.domain.errors import IllegalTransition
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.custody import has_aboard, has_outstanding, has_undecided
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status

_IN_WORDS: Final = {
    Status.CREATED: "has not reached the carrier yet",
    Status.ACCEPTED: "is at the hub",
    Status.LOADED: "is on a van that has not left",
    Status.OUT_FOR_DELIVERY: "is out for delivery",
    Status.ARRIVING: "is almost at the door",
    Status.ARRIVED: "is at the door",
    Status.DELIVERED: "has been delivered",
    Status.ATTEMPT_FAILED: "could not be delivered at the last attempt",
    Status.RETURNING: "is on its way back to the sender",
    Status.RETURNED: "has been returned to the sender",
    Status.CANCELLED: "was cancelled",
}


class Step(StrEnum):
    """The steps that a shipment can take.

    The van that seemed to have arrived drives on and is still close, or drives off. What is taken
    off the plan of its van goes back to the hub, unless the driver hands it over after all. A
    mistaken outcome is corrected, or undone: the parcel is at the hub, or still aboard.
    """

    ACCEPT = "accept"
    LOAD = "load"
    DEPART = "depart"
    APPROACH = "approach"
    ARRIVE = "arrive"
    DRIVE_ON = "drive_on"
    DRIVE_OFF = "drive_off"
    DELIVER = "deliver"
    FAIL = "fail"
    TAKE_OFF = "take_off"
    DELIVER_AFTER_ALL = "deliver_after_all"
    RETRY = "retry"
    RETURN = "return"
    CLOSE_RETURN = "close_return"
    CANCEL = "cancel"
    UNLOAD = "unload"
    CORRECT_AS_DELIVERED = "correct_as_delivered"
    CORRECT_AS_FAILED = "correct_as_failed"
    UNDO_AT_HUB = "undo_at_hub"
    UNDO_ABOARD = "undo_aboard"


_BY_THE_OFFICE: Final = {
    Step.RETRY: "Another attempt is planned after one that failed.",
    Step.RETURN: "It can be returned after an attempt that failed.",
    Step.CLOSE_RETURN: "A return can be closed once it has begun.",
    Step.CANCEL: "It can be cancelled until it is out for delivery.",
    Step.CORRECT_AS_DELIVERED: "The outcome of the last attempt can be corrected while it stands.",
    Step.CORRECT_AS_FAILED: "The outcome of the last attempt can be corrected while it stands.",
    Step.UNDO_AT_HUB: "The outcome of the last attempt can be undone while it stands.",
    Step.UNDO_ABOARD: "The outcome of the last attempt can be undone while it stands.",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: the statuses before and after a step, who may take it, its event.

    From a status in ``again`` the step is possible only while ``while_`` holds: parcels of one
    shipment need not travel together, and a second attempt needs a parcel aboard.
    """

    sources: frozenset[Status]
    target: Status
    roles: frozenset[Role]
    event: EventType
    again: frozenset[Status] = frozenset()
    while_: Callable[[Shipment], bool] = has_aboard

    def is_open_to(self, shipment: Shipment) -> bool:
        """Whether the shipment may take this step now."""
        status = shipment.status
        return status in self.sources or (status in self.again and self.while_(shipment))


def transitions() -> Mapping[Step, Transition]:
    """The whole lifecycle. A step that is not in this table is a conflict and changes nothing."""
    field_staff = DISPATCH | {Role.DRIVER}
    office = DISPATCH
    system = frozenset({Role.SYSTEM})
    owners = office | {Role.SHIPPER}
    planners = office | {Role.RECIPIENT}  # who goes by the rule of change (wished)
    underway = frozenset({Status.OUT_FOR_DELIVERY, Status.ARRIVING})
    at_large = underway | {Status.ARRIVED}
    before_departure = frozenset({Status.CREATED, Status.ACCEPTED, Status.LOADED})
    after_a_visit = frozenset({Status.ATTEMPT_FAILED, Status.DELIVERED})
    correct = partial(Transition, after_a_visit, roles=office, event=EventType.CORRECTED)
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
            again=after_a_visit | {Status.ACCEPTED},
            while_=has_undecided,
        ),
        Step.APPROACH: row(
            frozenset({Status.OUT_FOR_DELIVERY}), Status.ARRIVING, system, EventType.ARRIVING
        ),
        Step.ARRIVE: row(underway, Status.ARRIVED, field_staff | system, EventType.ARRIVED),
        Step.DRIVE_ON: row(
            frozenset({Status.ARRIVED}), Status.ARRIVING, system, EventType.ARRIVAL_WITHDRAWN
        ),
        Step.DRIVE_OFF: row(
            frozenset({Status.ARRIVED}),
            Status.OUT_FOR_DELIVERY,
            system,
            EventType.ARRIVAL_WITHDRAWN,
        ),
        Step.DELIVER: row(
            at_large, Status.DELIVERED, field_staff, EventType.DELIVERED, again=after_a_visit
        ),
        Step.FAIL: row(
            at_large,
            Status.ATTEMPT_FAILED,
            field_staff,
            EventType.ATTEMPT_FAILED,
            again=after_a_visit,
        ),
        Step.TAKE_OFF: row(at_large, Status.ACCEPTED, planners, EventType.UNASSIGNED),
        Step.DELIVER_AFTER_ALL: row(
            before_departure | at_large | {Status.ATTEMPT_FAILED},
            Status.DELIVERED,
            field_staff,
            EventType.DELIVERED,
        ),
        Step.RETRY: row(
            frozenset({Status.ATTEMPT_FAILED, Status.LOADED}),
            Status.ACCEPTED,
            planners,
            EventType.ACCEPTED,
            again=frozenset({Status.DELIVERED}),
            while_=has_outstanding,
        ),
        Step.RETURN: row(
            frozenset({Status.ATTEMPT_FAILED}),
            Status.RETURNING,
            office,
            EventType.RETURNING,
            again=frozenset({Status.DELIVERED, Status.ACCEPTED}),
            while_=_was_tried,
        ),
        Step.CLOSE_RETURN: row(
            frozenset({Status.RETURNING}), Status.RETURNED, office, EventType.RETURNED
        ),
        Step.CANCEL: row(before_departure, Status.CANCELLED, owners, EventType.CANCELLED),
        Step.UNLOAD: row(
            frozenset({Status.LOADED, Status.ATTEMPT_FAILED}),
            Status.ACCEPTED,
            field_staff,
            EventType.ACCEPTED,
            again=frozenset({Status.DELIVERED}),
        ),
        Step.CORRECT_AS_DELIVERED: correct(Status.DELIVERED),
        Step.CORRECT_AS_FAILED: row(  # a driver only what was just reported by mistake
            after_a_visit, Status.ATTEMPT_FAILED, field_staff, EventType.CORRECTED
        ),
        Step.UNDO_AT_HUB: correct(Status.ACCEPTED),
        Step.UNDO_ABOARD: correct(Status.LOADED),
    }


def _was_tried(shipment: Shipment) -> bool:
    """Whether a parcel is left after a visit; what was never tried is cancelled, not returned."""
    is_after_visit = shipment.status is Status.DELIVERED or shipment.standing_attempts > 0
    return is_after_visit and has_outstanding(shipment)


def may_take(shipment: Shipment, step: Step, actor: Actor) -> bool:
    """Whether the table allows this step from the present status to this actor's role."""
    row = transitions()[step]
    return row.is_open_to(shipment) and actor.role in row.roles


def take(
    shipment: Shipment,
    step: Step,
    *,
    actor: Actor,
    event_id: EventId,
    occurred_at: datetime,
    now: datetime,
    data: Mapping[str, object] | None = None,
    is_partial: bool = False,
) -> tuple[Shipment, Event]:
    """The shipment after the step, and the event of the step.

    With ``is_partial`` the step is told and the status stays: other parcels are still on their way.
    Raises IllegalTransition when the table has no such step.
    """
    if not may_take(shipment, step, actor):
        text = refusal_of(shipment.status, step)
        raise IllegalTransition(text, shipment_id=shipment.id, current=shipment.status, wanted=step)
    row = transitions()[step]
    return append(
        shipment if is_partial else replace(shipment, status=row.target),
        row.event,
        actor=actor,
        event_id=event_id,
        occurred_at=occurred_at,
        now=now,
        data=data,
    )


def refusal_of(status: Status, step: Step) -> str | None:
    """Why the office cannot take this step, in a sentence; None for steps of others."""
    if step not in _BY_THE_OFFICE:
        return None
    return f"The shipment {_IN_WORDS[status]}. {_BY_THE_OFFICE[step]}"


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
