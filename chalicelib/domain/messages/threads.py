"""Threads: the messages about one shipment, and who has read how far.

A thread knows its newest messages by the actions that wrote them, so a repeated one is recognised,
and nobody writes faster than people read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from chalicelib.domain.errors import ThreadFull, TooManyMessages
from chalicelib.domain.ids import MessageId, ShipmentId
from chalicelib.domain.messages.quick_replies import QuickReply
from chalicelib.domain.policy import Policy

MAX_TEXT: Final = 500
"""Characters of one message: what a driver can take in at a glance, and a kilobyte in the table."""
REMEMBERED: Final = 24
"""The newest messages that a thread knows by their actions: more than it takes in a burst."""


class Author(StrEnum):
    """Who can write into a thread."""

    RECIPIENT = "recipient"
    DRIVER = "driver"
    DISPATCHER = "dispatcher"
    SHIPPER = "shipper"


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say: their own words, or a quick reply. Exactly one of the two."""

    text: str | None = None
    quick_reply: QuickReply | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``text`` is None where it is a quick reply, which each reader has translated.

    ``written_at`` is our time. The clock of a phone decides nothing here.
    """

    id: MessageId
    shipment_id: ShipmentId
    author: Author
    written_at: datetime
    text: str | None = None
    quick_reply: QuickReply | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A message as its thread remembers it. ``mark`` stands for the action that wrote it."""

    mark: str
    message_id: MessageId
    author: Author
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread of a shipment. Its messages are kept apart: it grows no more than they are read.

    ``read`` is the newest message that each has read. ``told_at`` is when the recipient was last
    told, outside of the page, that there is something to read.
    """

    shipment_id: ShipmentId
    version: int = 0
    count: int = 0
    newest: tuple[Written, ...] = ()
    read: Mapping[Author, MessageId] = field(default_factory=dict)
    told_at: datetime | None = None

    def repeat_of(self, mark: str) -> Written | None:
        """The message that this action has written already."""
        return next((each for each in self.newest if each.mark == mark), None)

    def with_message(self, message: Message, mark: str, policy: Policy) -> "Thread":
        """The thread with one more message.

        Raises TooManyMessages for one who writes too fast, and ThreadFull.
        """
        if self.count >= policy.messages_per_thread:
            raise ThreadFull
        self._require_pause(message, policy)
        written = Written(mark, message.id, message.author, message.written_at)
        tells = self.tells_recipient(message, policy)
        return replace(
            self,
            version=self.version + 1,
            count=self.count + 1,
            newest=(*self.newest, written)[-REMEMBERED:],
            told_at=message.written_at if tells else self.told_at,
        )

    def tells_recipient(self, message: Message, policy: Policy) -> bool:
        """Whether the recipient, who may not look at the page, is told of this message.

        Not of their own, and not so soon after the last time: the page has all of them.
        """
        if message.author is Author.RECIPIENT:
            return False
        told_at = self.told_at
        return told_at is None or message.written_at - told_at >= policy.message_notice_interval

    def with_read(self, reader: Author, message_id: MessageId) -> "Thread":
        """The thread when ``reader`` has read up to this message. Nothing is ever unread again."""
        if message_id <= self.read.get(reader, MessageId("")):
            return self
        return replace(self, version=self.version + 1, read={**self.read, reader: message_id})

    def _require_pause(self, message: Message, policy: Policy) -> None:
        since = message.written_at - policy.message_burst_interval
        burst = [e for e in self.newest if e.author is message.author and e.written_at > since]
        if len(burst) >= policy.messages_per_burst:
            free_at = burst[-policy.messages_per_burst].written_at + policy.message_burst_interval
            raise TooManyMessages(
                retry_after_s=max(1, -((message.written_at - free_at) // timedelta(seconds=1)))
            )
