"""Amendments: which details of a shipment may be changed, until when, and which event tells it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import TooLateToChange
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.custody import has_outstanding
from chalicelib.domain.shipments.events import Event, EventType, range_data
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status


class Detail(StrEnum):
    """What can be changed. ``address`` is its text, ``place`` is where that lies on the map."""

    INSTRUCTIONS = "instructions"
    RECIPIENT = "recipient"
    SERVICE_TIME = "service_time_s"
    WINDOW = "window"
    ADDRESS = "address"
    PLACE = "place"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Rule:
    """When a detail may be changed, and how that is told.

    ``is_planned``: plans are made of it, so it stays as it is while an open route counts on it.
    ``is_of_the_driver``: whoever has the parcel on the road has read it, so it stays from then on.
    """

    statuses: frozenset[Status]
    event: EventType
    is_planned: bool = False
    is_of_the_driver: bool = False


_BEFORE_IT_LEAVES: Final = frozenset(
    {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.ATTEMPT_FAILED}
)
_BEFORE_IT_IS_THERE: Final = _BEFORE_IT_LEAVES | ON_THE_WAY

RULES: Final = {
    Detail.INSTRUCTIONS: Rule(_BEFORE_IT_IS_THERE, EventType.INSTRUCTIONS_CHANGED),
    Detail.RECIPIENT: Rule(_BEFORE_IT_IS_THERE, EventType.UPDATED),
    Detail.SERVICE_TIME: Rule(_BEFORE_IT_LEAVES, EventType.UPDATED, is_planned=True),
    Detail.WINDOW: Rule(_BEFORE_IT_LEAVES, EventType.RESCHEDULED, is_planned=True),
    Detail.ADDRESS: Rule(_BEFORE_IT_LEAVES, EventType.REDIRECTED, is_of_the_driver=True),
    Detail.PLACE: Rule(_BEFORE_IT_LEAVES, EventType.REDIRECTED, is_planned=True),
    Detail.METADATA: Rule(frozenset(Status), EventType.UPDATED),
}
"""Every detail. After a visit all of them wait for the next one, unless nothing is left for it."""

_IN_WORDS: Final = {
    Detail.INSTRUCTIONS: "instructions",
    Detail.RECIPIENT: "recipient",
    Detail.SERVICE_TIME: "service time",
    Detail.WINDOW: "window",
    Detail.ADDRESS: "address",
    Detail.PLACE: "address",
    Detail.METADATA: "metadata",
}


def changed_details(before: Shipment, after: Shipment) -> tuple[Detail, ...]:
    """The details in which two states of a shipment differ."""
    old, new = before.address, after.address
    differs = {
        Detail.INSTRUCTIONS: old.instructions != new.instructions,
        Detail.RECIPIENT: before.recipient != after.recipient,
        Detail.SERVICE_TIME: before.service_time_s != after.service_time_s,
        Detail.WINDOW: (before.window, before.service_day) != (after.window, after.service_day),
        Detail.ADDRESS: (old.lines, old.city, old.postal_code)
        != (new.lines, new.city, new.postal_code),
        Detail.PLACE: (old.coordinates, old.country, old.time_zone)
        != (new.coordinates, new.country, new.time_zone),
        Detail.METADATA: before.metadata != after.metadata,
    }
    return tuple(detail for detail in Detail if differs[detail])


def require_changeable(shipment: Shipment, details: Iterable[Detail]) -> None:
    """Raises TooLateToChange, in a sentence, for a detail that this status does not let change."""
    for detail in details:
        if shipment.status in RULES[detail].statuses:
            continue
        if shipment.status is Status.DELIVERED and has_outstanding(shipment):
            continue
        text = f"The {_IN_WORDS[detail]} can be changed {_until(RULES[detail])}."
        raise TooLateToChange(text, shipment_id=shipment.id, current=shipment.status.value)


def amended(
    before: Shipment,
    after: Shipment,
    *,
    actor: Actor,
    event_id: Callable[[], EventId],
    now: datetime,
) -> tuple[Shipment, tuple[Event, ...]]:
    """The shipment with the changed details, and the events that tell them: one of each type."""
    details = changed_details(before, after)
    if not details:
        return before, ()
    told: dict[EventType, list[Detail]] = {}
    for detail in details:
        told.setdefault(RULES[detail].event, []).append(detail)
    events = []
    for event_type, some in told.items():
        after, event = append(
            after,
            event_type,
            actor=actor,
            event_id=event_id(),
            occurred_at=now,
            now=now,
            data=_facts(event_type, some, before, after),
        )
        events.append(event)
    return replace(after, details_version=after.version), tuple(events)


def _facts(
    event_type: EventType, details: list[Detail], before: Shipment, after: Shipment
) -> dict[str, object]:
    """Names of details and times, no personal data."""
    if event_type is EventType.RESCHEDULED:
        return {
            "window": range_data(after.window),
            "previous_window": range_data(before.window),
            "service_day": after.wanted_day.isoformat() if after.wanted_day else None,
        }
    return {"changed": [detail.value for detail in details]}


def _until(rule: Rule) -> str:
    if rule.statuses & ON_THE_WAY:
        return "until the shipment has been delivered, cancelled or sent back"
    return "until the shipment is out for delivery"
