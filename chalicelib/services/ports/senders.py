"""Ways to tell people: topic, SMS and e-mail, and the ledger that keeps each from repeating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.ids import ShipmentId
    from chalicelib.domain.journal.claims import Claim
    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.shipments.events import Event


LONGEST_DELAY_S: Final = 900
"""SQS holds a message back for fifteen minutes at most."""


class EventTopic(Protocol):
    """Where events are published."""

    def publish(self, events: Sequence[Event | RouteEvent]) -> frozenset[str]:
        """Publish; returns the ids of the events that were *not* taken."""
        ...


class Parking(Protocol):
    """Where lies what no repeat mends, until somebody looks into it."""

    def park(self, pointer: Mapping[str, str]) -> None:
        """Keep the pointer to an item. May be called twice. Raises Unavailable."""
        ...


class DelayedQueue(Protocol):
    """Messages to ourselves that come later."""

    def put(self, text: str, *, delay_s: int) -> None:
        """A message that comes in so many seconds, at most ``LONGEST_DELAY_S``.

        Raises Unavailable.
        """
        ...


class NoticeQueue(DelayedQueue, Protocol):
    """Where notices wait for the end of the quiet hours."""


class Allowances(Protocol):
    """How often something may be done at most."""

    def take(self, key: str, member: str, *, most: int, now: datetime, keep_s: int) -> bool:
        """Whether ``member`` is among the first ``most`` that asked. Asking again changes nothing.

        All of ``key`` is forgotten ``keep_s`` after the last one was let in. Raises Unavailable
        when the store does not answer.
        """
        ...


class Contacts(Protocol):
    """Phones and mailboxes, each by a tag that tells nobody what it is. A muted one hears nothing.

    All calls may be repeated, and raise Unavailable when the store does not answer.
    """

    def note(self, tag: str, shipment_id: ShipmentId, *, now: datetime, keep_s: int) -> bool:
        """Note that this shipment is told there; whether that is so. A muted one notes nothing.

        The newest fifty are noted, and forgotten ``keep_s`` after the last of them.
        """
        ...

    def mute(self, tag: str, *, now: datetime) -> tuple[ShipmentId, ...]:
        """Mute it, until it is unmuted. Returns the shipments that were noted there.

        A wish that is older than the last one does nothing, and returns none.
        """
        ...

    def unmute(self, tag: str, *, now: datetime, keep_s: int) -> tuple[ShipmentId, ...]:
        """Let it be told again. Returns the shipments that were noted there; as ``mute``."""
        ...

    def is_muted(self, tag: str) -> bool:
        """Whether it is told nothing; half a unit, and perhaps a moment old."""
        ...


class Ledger(Protocol):
    """Claims: a sender takes one before the call and marks it after; nothing goes out twice."""

    def claim(self, key: str, *, owner: str, now: datetime, lease_s: int, keep_s: int) -> Claim:
        """Try to become the one who sends ``key``; see Claim."""
        ...

    def finish(self, key: str, *, owner: str, outcome: str, now: datetime) -> None:
        """Say that it is done (``sent``, ``suppressed``, …); nobody may claim it again."""
        ...

    def release(self, key: str, *, owner: str) -> None:
        """Give the claim back after a failure that surely sent nothing."""
        ...


class SmsSender(Protocol):
    """Sends an SMS."""

    def send(self, phone: str, text: str) -> None:
        """Raises Unavailable when nothing was sent, AnswerLost when it may have been.

        Raises Invalid when it never will be.
        """
        ...


class EmailSender(Protocol):
    """Sends an e-mail."""

    def send(self, to: str, subject: str, text: str, html: str, *, stop_url: str | None) -> None:
        """``stop_url`` is where mail programs unsubscribe by a POST (RFC 8058).

        None: the reader has just asked for this e-mail, so there is nothing to stop.

        Raises Unavailable or Invalid as SmsSender does.
        """
        ...
