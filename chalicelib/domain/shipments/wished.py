"""The one rule of change: until when a recipient may change what, and the event that tells it.

The default is "until two stops before, and not once arrived"; a shipper may ask for more stops, or
fewer. Before the van leaves, and while a parcel waits for another attempt, everything may change.
"""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, Outdated, TooLateToChange
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_NO_VAN, Status
from chalicelib.domain.wishes.wishes import Absence, Part, SafePlace, Wishes, WishesOrder

BEFORE_IT_LEAVES: Final = frozenset(
    {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.ATTEMPT_FAILED}
)


class Open(StrEnum):
    """Whether a recipient may still change something, and if not, why."""

    YES = "yes"
    TOO_NEAR = "too_near"
    THERE = "there"
    OVER = "over"


def may_change(shipment: Shipment, shipper: Shipper, stops_before: int | None) -> Open:
    """The rule. ``stops_before`` counts the stops before this one, None for one not to be driven.

    It is asked of what is on its way only.
    """
    if shipment.status in BEFORE_IT_LEAVES:
        return Open.YES
    if shipment.status is Status.DELIVERED or shipment.status in ON_NO_VAN:
        return Open.OVER
    if shipment.status is Status.ARRIVED:
        return Open.THERE
    if stops_before is None or stops_before < shipper.changes_until_stops:
        return Open.TOO_NEAR
    return Open.YES


def require_may_change(shipment: Shipment, shipper: Shipper, stops_before: int | None) -> None:
    """Raise TooLateToChange, with the reason (``because``) and what is still possible."""
    found = may_change(shipment, shipper, stops_before)
    if found is Open.YES:
        return
    texts = {
        Open.TOO_NEAR: "The driver is almost there. A message still reaches them.",
        Open.THERE: "The driver is at the address. A message still reaches them.",
        Open.OVER: "The visit is over.",
    }
    raise TooLateToChange(texts[found], current=shipment.status.value, because=found.value)


def wished(
    shipment: Shipment,
    order: WishesOrder,
    shipper: Shipper,
    *,
    stops_before: int | None,
    actor: Actor,
    event_id: EventId,
    now: datetime,
) -> tuple[Shipment, Event] | None:
    """The shipment with these wishes, and the event; None where they are the present ones.

    The event says which parts were changed, and how each was before and is after, without a
    person's words. Raises TooLateToChange, Outdated (with the parts that ``changed`` since the page
    was read) and Invalid for what the shipper does not offer.
    """
    before = shipment.wishes
    wanted = order.of(before)
    _require_whole(order, wanted)
    changed = wanted.differs_from(before)
    if not changed:
        return None
    require_may_change(shipment, shipper, stops_before)
    since = before.changed_since(order.seen)
    if since:
        raise Outdated(changed=[part.value for part in since])
    _require_offered(wanted, shipper, changed)
    after, event = append(
        replace(shipment, wishes=before.after(wanted)),
        EventType.INSTRUCTIONS_CHANGED,
        actor=actor,
        event_id=event_id,
        occurred_at=now,
        now=now,
        data={
            "changed": [part.value for part in changed],
            "before": before.facts,
            "after": wanted.facts,
        },
    )
    return replace(after, details_version=after.version), event


def _require_whole(order: WishesOrder, wanted: Wishes) -> None:
    if order.absence is Absence.SAFE_PLACE and wanted.safe_place is None:
        text = "Choose one of the places."
        raise Invalid(text, pointer="/safe_place", code="missing")
    if order.absence is Absence.NEIGHBOUR and wanted.neighbour is None:
        text = "Write the neighbour's name."
        raise Invalid(text, pointer="/neighbour", code="missing")


def _require_offered(wanted: Wishes, shipper: Shipper, changed: tuple[Part, ...]) -> None:
    """What was allowed when it was said stays, also when the shipper allows it no more."""
    place = None if wanted.safe_place is None else wanted.safe_place.place
    refused = {
        Part.SAFE_PLACE: place is not None and place not in shipper.safe_places,
        Part.NEIGHBOUR: wanted.neighbour is not None and not shipper.allows_neighbour,
        Part.CONTACT_FREE: wanted.is_contact_free and not shipper.allows_contact_free,
    }
    for part in changed:
        if refused.get(part):
            text = "The sender does not offer this."
            raise Invalid(text, pointer=f"/{part.value}", code="not_offered")


def offered_places(shipper: Shipper) -> tuple[SafePlace, ...]:
    """The safe places that the shipper allows, in the order of all."""
    return tuple(place for place in SafePlace if place in shipper.safe_places)
