"""Which way a notice takes: one channel, by how soon the recipient has to know."""

from enum import StrEnum
from typing import Final

from chalicelib.domain.notices.kinds import Kind
from chalicelib.domain.shipments.addresses import Recipient

MOST_TEXTS: Final = 3
"""SMS about one attempt to deliver. What is beyond them is told by e-mail, or on the page alone."""

CALM: Final = frozenset({Kind.OUT_FOR_DELIVERY, Kind.DELIVERED, Kind.CANCELLED, Kind.RETURNING})
"""Nothing is lost if this is read in the evening. All else says when somebody has to be there."""

NOTHING_COMES: Final = frozenset({Kind.FAILED, Kind.PUT_OFF})
"""Told by SMS beyond the most, if that is the only way: else somebody waits for nothing."""


class Channel(StrEnum):
    """The ways to reach a recipient."""

    SMS = "sms"
    EMAIL = "email"


def ways(kind: Kind, recipient: Recipient) -> tuple[Channel, ...]:
    """The channels by which the recipient can be reached, the best first.

    A notice goes out on one of them. The next one serves where the first is refused.
    """
    order = (Channel.EMAIL, Channel.SMS) if kind in CALM else (Channel.SMS, Channel.EMAIL)
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
