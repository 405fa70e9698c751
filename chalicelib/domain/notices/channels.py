"""Which way a notice takes: one channel, by how soon the recipient has to know.

What the recipient prefers comes before that.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.preferences.preferences import Subject, Way
from chalicelib.domain.shipments.addresses import Recipient
from chalicelib.domain.shipments.shipments import Shipment

MOST_TEXTS: Final = 3
"""SMS about one attempt to deliver. What is beyond them is told by e-mail, or on the page alone."""

CALM: Final = frozenset({Kind.OUT_FOR_DELIVERY, Kind.DELIVERED, Kind.CANCELLED, Kind.RETURNING})
"""Nothing is lost if this is read in the evening. All else says when somebody has to be there."""

NOTHING_COMES: Final = frozenset({Kind.FAILED, Kind.PUT_OFF})
"""Told by SMS beyond the most, if that is the only way: else somebody waits for nothing."""


SUBJECTS: Final[Mapping[Kind, Subject]] = {
    Kind.OUT_FOR_DELIVERY: Subject.DEPARTURE,
    Kind.ARRIVING: Subject.NEARNESS,
    Kind.DELAYED: Subject.TIMES,
    Kind.BACK_ON_TIME: Subject.TIMES,
    Kind.SILENT: Subject.TIMES,
    Kind.HEARD_AGAIN: Subject.TIMES,
    Kind.NEW_TIME: Subject.TIMES,
    Kind.EARLIER: Subject.TIMES,
    Kind.PUT_OFF: Subject.TIMES,
    Kind.RESCHEDULED: Subject.TIMES,
    Kind.DELIVERED: Subject.OUTCOME,
    Kind.FAILED: Subject.OUTCOME,
    Kind.CANCELLED: Subject.OUTCOME,
    Kind.RETURNING: Subject.OUTCOME,
    Kind.CORRECTED: Subject.OUTCOME,
    Kind.MESSAGE: Subject.MESSAGES,
}
"""What recipients choose about, for each kind of notice."""


class Channel(StrEnum):
    """The ways to reach a recipient."""

    SMS = "sms"
    EMAIL = "email"


def is_wanted(kind: Kind, shipment: Shipment) -> bool:
    """Whether the recipient wants to be told at all."""
    preferences = shipment.preferences
    return not preferences.is_stopped and preferences.way_of(SUBJECTS[kind]) is not Way.NONE


def ways(kind: Kind, shipment: Shipment) -> tuple[Channel, ...]:
    """The channels by which the recipient can be reached, the best first.

    A notice goes out on one of them. The next one serves where the first is refused. Who has chosen
    e-mail gets no SMS in its place; who has chosen SMS gets an e-mail where no SMS may be sent. A
    channel that has lost its address since is as good as not chosen.
    """
    recipient, way = shipment.recipient, shipment.preferences.way_of(SUBJECTS[kind])
    if way is Way.EMAIL and recipient.email:
        return (Channel.EMAIL,)
    is_calm = kind in CALM and way is not Way.SMS
    order = (Channel.EMAIL, Channel.SMS) if is_calm else (Channel.SMS, Channel.EMAIL)
    return tuple(channel for channel in order if address(channel, recipient))


def address(channel: Channel, recipient: Recipient) -> str | None:
    """The phone number or the mailbox."""
    return recipient.phone if channel is Channel.SMS else recipient.email


def most_texts(kind: Kind, recipient: Recipient) -> int | None:
    """How many SMS there may be about this attempt, with this one; None: it counts for nothing.

    A message of the driver is an answer to the recipient, and has a limit of its own.
    """
    if kind is Kind.MESSAGE:
        return None
    is_only_way = kind in NOTHING_COMES and not recipient.email
    return MOST_TEXTS + 1 if is_only_way else MOST_TEXTS
