"""Somebody writes into the thread of a shipment: its recipient, its driver, or the office.

A message, its thread, the event that tells of it and the driver's copy are written together. A
repeat of an action finds the message that it has written. The text is nowhere but in the message:
events, logs and notices have none of it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import EVENT, MESSAGE, EventId, MessageId, ShipmentId
from chalicelib.domain.journal.changes import (
    Change,
    MessageAdded,
    MessageCopied,
    ShipmentChange,
    ThreadChange,
)
from chalicelib.domain.messages.threads import Author, Draft, Message, Thread
from chalicelib.domain.policy import RUN_SHEET_RETENTION, Policy
from chalicelib.domain.reports.reports import ReportReason
from chalicelib.domain.shipments.conversations import AUTHORS, require_open, with_message
from chalicelib.domain.shipments.reported import require_may_report, with_report
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.driving.shifts import is_of, live_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.messages import Threads
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class _Order:
    """What somebody wants to write. ``check`` raises NotFound where the shipment is not theirs."""

    draft: Draft
    action_id: str
    actor: Actor
    check: Callable[[Shipment], None]
    memory: Memory = NO_MEMORY
    report: ReportReason | None = None

    @property
    def author(self) -> Author:
        """The side of the thread that the actor is on."""
        return AUTHORS[self.actor.role]

    @property
    def mark(self) -> str:
        """Short, since a thread keeps some; nobody can repeat the action of another side."""
        return hashlib.sha256(f"{self.author}#{self.action_id}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class WriteMessage:
    """Raises NotFound for what the actor may not see, ThreadClosed, ThreadFull, TooManyMessages."""

    shipments: Shipments
    threads: Threads
    fleet: Fleet
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def of_recipient(self, token: str, draft: Draft, *, action_id: str) -> Message:
        """By whoever has the tracking link."""
        shipment_id, generation = self.signer.open_tracking_token(token)

        def check(shipment: Shipment) -> None:
            require_open_link(shipment, generation, self.clock.now(), self.policy)

        return self._written(shipment_id, _Order(draft, action_id, A_RECIPIENT, check))

    def of_report(self, token: str, reason: ReportReason, text: str, *, action_id: str) -> Message:
        """A report by whoever has the tracking link: its words are a message to the office.

        Drivers get no copy. Raises ReportClosed.
        """
        shipment_id, generation = self.signer.open_tracking_token(token)

        def check(shipment: Shipment) -> None:
            require_open_link(shipment, generation, self.clock.now(), self.policy)

        order = _Order(Draft(text=text), action_id, A_RECIPIENT, check, report=reason)
        return self._written(shipment_id, order)

    def of_driver(
        self, shipment_id: ShipmentId, draft: Draft, *, action_id: str, actor: Actor
    ) -> Message:
        """By the driver of the shipment's stop. Raises Unauthorized for a revoked token."""
        live = live_of(self.fleet, actor)

        def check(shipment: Shipment) -> None:
            if not is_of(live, shipment.assignment):
                raise NotFound

        return self._written(shipment_id, _Order(draft, action_id, actor, check))

    def of_office(
        self, shipment_id: ShipmentId, draft: Draft, *, actor: Actor, memory: Memory
    ) -> Message:
        """By a dispatcher, or by the shipper of the goods."""

        def check(shipment: Shipment) -> None:
            if not actor.may_see(shipment.shipper_id):
                raise NotFound

        action_id = self.ids.new(MESSAGE)
        return self._written(shipment_id, _Order(draft, action_id, actor, check, memory))

    def _written(self, shipment_id: ShipmentId, order: _Order) -> Message:
        def attempt() -> Message:
            shipment = self.shipments.get(shipment_id)
            order.check(shipment)
            thread = self.threads.get(shipment_id)
            earlier = thread.repeat_of(order.mark)
            if earlier is not None:
                return self.threads.message(shipment_id, earlier.message_id)
            return self._add(shipment, thread, order)

        return retried(attempt)

    def _add(self, shipment: Shipment, thread: Thread, order: _Order) -> Message:
        now = self.clock.now()
        if order.report is None:
            require_open(shipment, order.author, now, self.policy)
        else:
            require_may_report(shipment)
        message = Message(
            id=MessageId(self.ids.new(MESSAGE)),
            shipment_id=shipment.id,
            author=order.author,
            written_at=now,
            text=order.draft.text,
            quick_reply=order.draft.quick_reply,
        )
        after, event = with_message(
            shipment,
            message,
            actor=order.actor,
            event_id=EventId(self.ids.new(EVENT)),
            is_told=thread.tells_recipient(message, self.policy),
        )
        events = [event]
        if order.report is not None:
            event_id = EventId(self.ids.new(EVENT))
            after, event = with_report(
                after, order.report, message, actor=order.actor, event_id=event_id
            )
            events.append(event)
        changes: list[Change] = [
            ShipmentChange(after, tuple(events), shipment.version),
            ThreadChange(thread.with_message(message, order.mark, self.policy), thread.version),
            MessageAdded(message),
        ]
        if shipment.assignment is not None and order.report is None:
            expires_at = now + RUN_SHEET_RETENTION
            changes.append(MessageCopied(message, shipment.assignment.route_id, expires_at))
        self.journal.commit(*changes, *order.memory.of(message))
        return message
