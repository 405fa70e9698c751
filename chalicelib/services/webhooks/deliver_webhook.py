"""Deliver webhooks: one event becomes at least one signed POST to each endpoint that wants it.

Posts are signed as in Standard Webhooks 1.0 (product.md §12). ``webhook-id`` is the event's id and
never changes, so a receiver can detect a repeat. A try that fails puts the next one into the queue
(``domain/webhooks/schedule.py`` says when). The ledger has one entry a try: a try that was lost
between the call and the queue is made again, and a message that comes twice is one try.
"""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from standardwebhooks import Webhook

from chalicelib.domain.errors import ConcurrentUpdate, Invalid, NotFound, Unavailable
from chalicelib.domain.ids import WebhookId
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import webhook_body
from chalicelib.domain.webhooks.answers import WebhookAnswer
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from chalicelib.domain.webhooks.schedule import next_try_at, put_off_by
from chalicelib.domain.webhooks.tries import FIRST, WebhookTry, chance_of, key_of, to_text
from chalicelib.observability import Metric, count, logger
from chalicelib.services.delays import put_until
from chalicelib.services.ports.senders import Ledger
from chalicelib.services.ports.system import Clock
from chalicelib.services.ports.webhooks import WebhookEndpoints, WebhookQueue, WebhookSender

MOST_AT_ONCE: Final = 10
A_MOMENT: Final = timedelta(seconds=1)
"""A try that is due within this is due: the queue counts in whole seconds."""


class Outcome(StrEnum):
    """The outcome of one endpoint's delivery."""

    DELIVERED = "delivered"
    ALREADY_DONE = "already_done"
    GONE = "gone"
    REFUSED = "refused"
    LATER = "later"
    """It failed, and the next try waits in the queue."""
    GIVEN_UP = "given_up"
    NOT_DUE = "not_due"
    HELD = "held"
    FAILED = "failed"
    """This try could not be made, or its end not be kept: the message must come again."""


UNFINISHED: Final = frozenset({Outcome.HELD, Outcome.FAILED})

_METRICS: Final = {
    Outcome.DELIVERED: (Metric.WEBHOOKS_DELIVERED,),
    Outcome.GONE: (Metric.WEBHOOKS_REFUSED, Metric.WEBHOOKS_SWITCHED_OFF),
    Outcome.REFUSED: (Metric.WEBHOOKS_REFUSED,),
    Outcome.LATER: (Metric.WEBHOOKS_FAILED,),
    Outcome.GIVEN_UP: (Metric.WEBHOOKS_FAILED, Metric.WEBHOOKS_GIVEN_UP),
    Outcome.FAILED: (Metric.WEBHOOKS_FAILED,),
}


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The outcomes of one event by endpoint; empty when no endpoint wants it."""

    outcomes: Mapping[WebhookId, Outcome] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether no endpoint has to be tried again."""
        return not UNFINISHED & set(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class DeliverWebhook:
    """Delivers one event to all endpoints of its shipper that want it."""

    endpoints: WebhookEndpoints
    ledger: Ledger
    sender: WebhookSender
    queue: WebhookQueue
    clock: Clock

    def __call__(self, event: Event) -> DeliveryReport:
        """Try each endpoint once, all at the same time, so that a slow one delays no other.

        2xx is a success. 410 switches the endpoint off. After any other answer the next try is put
        into the queue. Safe to repeat. Raises Unavailable when the endpoints cannot be read.
        """
        if event.audience != "public":
            return DeliveryReport()
        endpoints = [
            endpoint
            for endpoint in self.endpoints.of_shipper(event.shipper_id)
            if endpoint.wants(event.type)
        ]
        if not endpoints:
            return DeliveryReport()
        with ThreadPoolExecutor(min(len(endpoints), MOST_AT_ONCE)) as threads:
            results = list(
                threads.map(lambda endpoint: self._deliver(event, endpoint, FIRST), endpoints)
            )
        outcomes = {
            endpoint.id: result for endpoint, result in zip(endpoints, results, strict=True)
        }
        return _reported(event, outcomes)

    def again(self, due: WebhookTry) -> DeliveryReport:
        """Make a further try, or put it back into the queue while it is not due yet.

        An endpoint that was deleted or switched off meanwhile gets nothing more. Raises Unavailable
        when the endpoints cannot be read, or the queue does not take it.
        """
        if due.due_at - self.clock.now() >= A_MOMENT:
            self._put_back(due)
            return DeliveryReport({due.webhook_id: Outcome.NOT_DUE})
        event = due.event
        for endpoint in self.endpoints.of_shipper(event.shipper_id):
            if endpoint.id == due.webhook_id and endpoint.wants(event.type):
                outcome = self._deliver(event, endpoint, due.number)
                return _reported(event, {endpoint.id: outcome})
        return DeliveryReport()

    def _deliver(self, event: Event, endpoint: WebhookEndpoint, number: int) -> Outcome:
        key, owner = key_of(event, endpoint.id, number), secrets.token_hex(8)
        try:
            claim = self.ledger.claim(
                key, owner=owner, now=self.clock.now(), lease_s=NOTICE_LEASE_S, keep_s=LEDGER_KEEP_S
            )
            if not claim.granted:
                return Outcome.ALREADY_DONE if claim.done else Outcome.HELD
            try:
                outcome = self._post(event, endpoint, number)
            except Unavailable as exc:  # from the queue or the accounts: nothing is kept of the try
                logger.warning("next try not kept", extra={"key": key, "code": exc.code})
                self.ledger.release(key, owner=owner)
                return Outcome.FAILED
            # The next try is in the queue by now: if we crash here, this one is made twice.
            self.ledger.finish(key, owner=owner, outcome=outcome, now=self.clock.now())
        except (ConcurrentUpdate, Unavailable) as exc:
            logger.warning("ledger failed", extra={"key": key, "code": exc.code})
            return Outcome.FAILED
        return outcome

    def _post(self, event: Event, endpoint: WebhookEndpoint, number: int) -> Outcome:
        body = webhook_body(event)
        headers = signed_headers(endpoint.secret, event.id, self.clock.now(), body)
        context = {"event_id": event.id, "webhook_id": endpoint.id, "number": number}
        try:
            answer = self.sender.post(endpoint.url, body.encode(), headers)
        except Invalid as exc:
            logger.warning("webhook refused", extra={**context, "errors": exc.data})
            return Outcome.REFUSED
        except Unavailable:
            logger.warning("webhook unanswered", extra=context)
            return self._later(event, endpoint, number)
        if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Outcome.DELIVERED
        logger.warning("webhook failed", extra={**context, "status": answer.status})
        if answer.status == HTTPStatus.GONE:
            return self._switched_off(endpoint)
        return self._later(event, endpoint, number, answer)

    def _later(
        self,
        event: Event,
        endpoint: WebhookEndpoint,
        number: int,
        answer: WebhookAnswer | None = None,
    ) -> Outcome:
        """Put the next try into the queue, or give up after the last. Raises Unavailable."""
        now = self.clock.now()
        due_at = next_try_at(
            number,
            now,
            chance=chance_of(key_of(event, endpoint.id, number)),
            put_off=put_off_by(answer.retry_after if answer else None, now),
        )
        if due_at is None:
            logger.error(
                "webhook given up", extra={"event_id": event.id, "webhook_id": endpoint.id}
            )
            return Outcome.GIVEN_UP
        self._put_back(WebhookTry(event, endpoint.id, number + 1, due_at))
        return Outcome.LATER

    def _switched_off(self, endpoint: WebhookEndpoint) -> Outcome:
        with suppress(NotFound):  # deleted meanwhile
            self.endpoints.switch_off(endpoint, self.clock.now())
        return Outcome.GONE

    def _put_back(self, due: WebhookTry) -> None:
        put_until(self.queue, to_text(due), due.due_at, now=self.clock.now())


def _reported(event: Event, outcomes: Mapping[WebhookId, Outcome]) -> DeliveryReport:
    for outcome in outcomes.values():
        for metric in _METRICS.get(outcome, ()):
            count(metric)
    logger.info("webhooks delivered", extra={"event_id": event.id, "outcomes": outcomes})
    return DeliveryReport(outcomes)


def signed_headers(secret: str, message_id: str, now: datetime, body: str) -> dict[str, str]:
    """The headers of Standard Webhooks over ``id.timestamp.body``; ``now`` is any aware time."""
    at = now.astimezone(UTC)  # sign() reads any time as UTC
    return {
        "Content-Type": "application/json",
        "User-Agent": "Doorstep-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body),
    }
