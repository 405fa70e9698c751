"""Forgetting a recipient: what goes when a recipient asks for it, and what stays as evidence.

Name, phone, mailbox, instructions, wishes and words go at once. Where, when and how it was
delivered stays until the shipment expires: carrier and shipper need it against claims (GDPR,
article 17 (3) e). Before the outcome nothing can go, for it is what the driver delivers by.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import TooEarlyToForget
from chalicelib.domain.ids import EventId
from chalicelib.domain.preferences.preferences import NO_PREFERENCES
from chalicelib.domain.shipments.addresses import Recipient
from chalicelib.domain.shipments.barcodes_in_use import is_open
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FINISHED
from chalicelib.domain.wishes.wishes import NO_WISHES

NO_NAME: Final = "—"
"""Stands for a name that was forgotten."""


def may_forget(shipment: Shipment) -> bool:
    """Whether it is over for all its parcels, and nobody waits for an answer of the recipient."""
    is_asked = shipment.report is not None and shipment.report.is_open
    return shipment.status in FINISHED and not is_open(shipment) and not is_asked


def forgotten(
    shipment: Shipment, *, actor: Actor, event_id: EventId, now: datetime
) -> tuple[Shipment, Event]:
    """The shipment without its recipient, and the event. Raises TooEarlyToForget."""
    if not may_forget(shipment):
        raise TooEarlyToForget
    rating = shipment.rating
    bare = replace(
        shipment,
        recipient=Recipient(NO_NAME, locale=shipment.recipient.locale),
        address=replace(shipment.address, instructions=None),
        wishes=NO_WISHES,
        preferences=NO_PREFERENCES,
        rating=None
        if rating is None
        else replace(rating, verdict=replace(rating.verdict, comment=None)),
        messages=0,
        unanswered_since=None,
        forgotten_at=now,
    )
    after, event = append(
        bare,
        EventType.FORGOTTEN,
        actor=actor,
        event_id=event_id,
        occurred_at=now,
        now=now,
    )
    return replace(after, details_version=after.version), event
