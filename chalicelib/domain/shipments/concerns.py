"""What a recipient says that somebody of the office should deal with, and that somebody has."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.actors import Actor
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment


class About(StrEnum):
    """What can be closed by hand. The names are those of the attention list."""

    REPORTED = "reported"
    LOW_RATING = "low_rating"


def without_concern(shipment: Shipment, about: About, now: datetime) -> Shipment:
    """The shipment when this has been dealt with; the same where there is nothing to deal with."""
    match about:
        case About.LOW_RATING:
            rating = shipment.rating
            return shipment if rating is None else replace(shipment, rating=rating.closed(now))
        case About.REPORTED:
            report = shipment.report
            return shipment if report is None else replace(shipment, report=report.closed(now))


def closed(
    shipment: Shipment, about: About, *, actor: Actor, event_id: EventId, now: datetime
) -> tuple[Shipment, Event] | None:
    """The same with the event, for our record alone; None where there is nothing to close."""
    changed = without_concern(shipment, about, now)
    if changed == shipment:
        return None
    after, event = append(
        changed,
        EventType.CONCERN_CLOSED,
        actor=actor,
        event_id=event_id,
        occurred_at=now,
        now=now,
        data={"concern": about.value},
    )
    return replace(after, details_version=after.version), event
