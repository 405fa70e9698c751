"""What changes hands with an edit of a plan, and who hears of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import SHIPMENTS_PER_TRANSACTION, ShipmentChange
from chalicelib.domain.shipments.events import EventType
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.driving.telling import NOTED
from chalicelib.services.routes.claims import Claims
from chalicelib.services.routes.new_promises import Draft, waiting

MOST_SHIPMENTS: Final = SHIPMENTS_PER_TRANSACTION
"""The most shipments that change hands in one edit."""


@dataclass(frozen=True, slots=True)
class Told:
    """Someone who hears of an edit: the shipment, the event, and the promise that holds then."""

    shipment_id: ShipmentId
    event: EventType
    promise: Range | None


def handed_over(
    draft: Draft,
    concerned: Mapping[ShipmentId, Shipment],
    claims: Claims,
    actor: Actor,
    now: datetime,
) -> list[ShipmentChange]:
    """What changes hands: taken off the route, or put on it."""
    route = draft.after.route
    removed = [concerned[key] for key in draft.edited.removed if key in concerned]
    removed = [shipment for shipment in removed if shipment.is_on(route.id)]
    for shipment in removed:
        require_undecided(shipment)
    added = {key: number for key, number in draft.edited.added.items() if key in concerned}
    if len(removed) + len(added) > MOST_SHIPMENTS:
        text = f"At most {MOST_SHIPMENTS} shipments change hands in one request."
        raise Invalid(text, pointer="/operations", code="too_many")
    claims.require_free([concerned[key] for key in added], route)
    changes = [claims.freed(shipment, actor=actor, now=now) for shipment in removed]
    places = route.indexes_by_number
    for key, number in added.items():
        stop = route.stops[places[number]]
        changes.append(claims.claimed(concerned[key], stop, route, actor=actor, now=now))
    return changes


def told_of(
    draft: Draft,
    changes: Sequence[ShipmentChange],
    concerned: Mapping[ShipmentId, Shipment],
) -> tuple[Told, ...]:
    """All who are told of the edit: first what changes hands, then the new promises."""
    handed = [Told(c.after.id, event.type, None) for c in changes for event in c.events]
    promised = [
        Told(shipment.id, NOTED[alert.kind], alert.promise)
        for alert in draft.promises
        for shipment in waiting(draft.after.route, alert, concerned)
    ]
    return (*handed, *promised)


def require_undecided(shipment: Shipment) -> None:
    if shipment.status in {Status.DELIVERED, Status.ATTEMPT_FAILED}:
        text = "The visit of a shipment of this stop is over. Take only the others off the plan."
        raise Invalid(text, pointer="/operations", code="visit_over")
