"""Conversations: when a thread about a shipment is open, and what a message changes in it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import ThreadClosed
from chalicelib.domain.ids import EventId
from chalicelib.domain.messages.threads import Author, Message
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.concerns import About, without_concern
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import append
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, Status

OPEN: Final = ON_THE_WAY | {Status.LOADED}
AFTER_A_VISIT: Final = frozenset(
    {Status.DELIVERED, Status.ATTEMPT_FAILED, Status.ACCEPTED, Status.RETURNING}
)
AUTHORS: Final[Mapping[Role, Author]] = {
    Role.RECIPIENT: Author.RECIPIENT,
    Role.DRIVER: Author.DRIVER,
    Role.DISPATCHER: Author.DISPATCHER,
    Role.ADMIN: Author.DISPATCHER,
    Role.SHIPPER: Author.SHIPPER,
}
"""Whoever acts for the carrier's office writes as the dispatcher."""


OFFICE: Final = frozenset({Author.DISPATCHER, Author.SHIPPER})


def is_open(shipment: Shipment, author: Author, now: datetime, policy: Policy) -> bool:
    """Whether this side may write: from loading until a short while after a visit.

    The visit counts from the moment it happened, as the driver reported it. The office may always
    write: it answers what was asked in the last minute. Who has reported something may add to it
    until it is dealt with.
    """
    if author in OFFICE or shipment.status in OPEN:
        return True
    if author is Author.RECIPIENT and shipment.report is not None and shipment.report.is_open:
        return True
    attempt = shipment.last_attempt
    if attempt is None or shipment.status not in AFTER_A_VISIT:
        return False
    return now <= attempt.occurred_at + policy.thread_stays_open


def require_open(shipment: Shipment, author: Author, now: datetime, policy: Policy) -> None:
    """Raise ThreadClosed, with the reason in a sentence."""
    if is_open(shipment, author, now, policy):
        return
    if shipment.status in {Status.CREATED, Status.ACCEPTED} and shipment.last_attempt is None:
        text = "Messages can be written as soon as the parcel is on the van."
        raise ThreadClosed(text)
    text = "The delivery is over, so no more messages can be written here."
    raise ThreadClosed(text)


def with_message(
    shipment: Shipment, message: Message, *, actor: Actor, event_id: EventId, is_told: bool
) -> tuple[Shipment, Event]:
    """The shipment with one more message in its thread, and the event of it.

    The event names the message and has none of its words. ``is_told`` says whether the recipient
    gets a notice. Whoever answers, the recipient's question is answered. An answer of the office is
    also one to a report, and to a low rating.
    """
    is_question = message.author is Author.RECIPIENT
    since = (shipment.unanswered_since or message.written_at) if is_question else None
    changed = replace(shipment, messages=shipment.messages + 1, unanswered_since=since)
    if message.author in OFFICE:
        for about in About:
            changed = without_concern(changed, about, message.written_at)
    data = {"message_id": message.id, "author": message.author.value}
    after, event = append(
        changed,
        EventType.MESSAGE_SENT,
        actor=actor,
        event_id=event_id,
        occurred_at=message.written_at,
        now=message.written_at,
        data={**data, "notice": True} if is_told else data,
    )
    if (after.rating, after.report) != (shipment.rating, shipment.report):
        after = replace(after, details_version=after.version)
    return after, event
