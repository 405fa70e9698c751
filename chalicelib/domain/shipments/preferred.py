"""Preferred shipments: what a change of a recipient's preferences makes of one, and its event."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Outdated, StoppedByRecipient
from chalicelib.domain.ids import EventId
from chalicelib.domain.preferences.preferences import Preferences
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment

Wanted = Callable[[Preferences], Preferences]
"""Makes the wanted preferences of the present ones."""


def preferred(
    shipment: Shipment,
    wanted: Wanted,
    *,
    actor: Actor,
    event_id: EventId,
    now: datetime,
    seen: int | None = None,
) -> tuple[Shipment, Event] | None:
    """The shipment with these preferences, and the event; None where they are the present ones.

    The event names the parts that were changed and says whether messages are stopped; what was
    chosen is not in it. Raises StoppedByRecipient where anybody else would start again what the
    recipient has stopped, and Outdated where the page of number ``seen`` was read before another
    change.
    """
    before = shipment.preferences
    after = wanted(before)
    changed = after.differs_from(before)
    if not changed:
        return None
    if seen is not None and seen != before.number:
        raise Outdated
    is_of_recipient = before.is_stopped and not before.is_stopped_by_office
    if actor.role is not Role.RECIPIENT and is_of_recipient and after.stopped_at is None:
        raise StoppedByRecipient
    changed_shipment, event = append(
        replace(shipment, preferences=replace(after, number=before.number + 1)),
        EventType.PREFERENCES_CHANGED,
        actor=actor,
        event_id=event_id,
        occurred_at=now,
        now=now,
        data={"changed": [part.value for part in changed], "is_stopped": after.is_stopped},
    )
    return replace(changed_shipment, details_version=changed_shipment.version), event
