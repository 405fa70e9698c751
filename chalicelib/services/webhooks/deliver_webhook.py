"""Deliver webhooks: one event becomes at least one signed POST to each endpoint that wants it.

Posts are signed as in Standard Webhooks 1.0 (product.md §12). ``webhook-id`` is the event's id and
never changes, so a receiver can detect a repeat. The ledger remembers which endpoints have it.
"""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from standardwebhooks import Webhook

from chalicelib.domain.errors import ConcurrentUpdate, Invalid, Unavailable
from chalicelib.domain.ids import WebhookId
from chalicelib.domain.policy import LEDGER_KEEP_S, NOTICE_LEASE_S
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.payloads import webhook_body
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.senders import Ledger
from chalicelib.services.ports.system import Clock
from chalicelib.services.ports.webhooks import WebhookEndpoints, WebhookSender

MOST_AT_ONCE: Final = 10


class Outcome(StrEnum):
    """The outcome of one endpoint's delivery."""

    DELIVERED = "delivered"
    ALREADY_DONE = "already_done"
    GONE = "gone"
    REFUSED = "refused"
    HELD = "held"
    FAILED = "failed"


UNFINISHED: Final = frozenset({Outcome.HELD, Outcome.FAILED})

_METRICS: Final = {
    Outcome.DELIVERED: Metric.WEBHOOKS_DELIVERED,
    Outcome.GONE: Metric.WEBHOOKS_REFUSED,
    Outcome.REFUSED: Metric.WEBHOOKS_REFUSED,
    Outcome.FAILED: Metric.WEBHOOKS_FAILED,
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
    clock: Clock

    def __call__(self, event: Event) -> DeliveryReport:
        """Try each endpoint once, all at the same time, so that a slow one delays no other.

        2xx is a success. 410 means: do not try this event there again. After any other answer we
        try again later. Safe to repeat. Raises Unavailable when the endpoints cannot be read.
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
            results = list(threads.map(lambda endpoint: self._deliver(event, endpoint), endpoints))
        outcomes = {
            endpoint.id: result for endpoint, result in zip(endpoints, results, strict=True)
        }
        for outcome in results:
            if outcome in _METRICS:
                count(_METRICS[outcome])
        logger.info("webhooks delivered", extra={"event_id": event.id, "outcomes": outcomes})
        return DeliveryReport(outcomes)

    def _deliver(self, event: Event, endpoint: WebhookEndpoint) -> Outcome:
        key, owner = f"webhook#{event.id}#{endpoint.id}", secrets.token_hex(8)
        try:
            claim = self.ledger.claim(
                key, owner=owner, now=self.clock.now(), lease_s=NOTICE_LEASE_S, keep_s=LEDGER_KEEP_S
            )
            if not claim.granted:
                return Outcome.ALREADY_DONE if claim.done else Outcome.HELD
            outcome = self._post(event, endpoint)
            if outcome is Outcome.FAILED:
                self.ledger.release(key, owner=owner)
            else:
                self.ledger.finish(key, owner=owner, outcome=outcome, now=self.clock.now())
        except (ConcurrentUpdate, Unavailable) as exc:
            logger.warning("ledger failed", extra={"key": key, "code": exc.code})
            return Outcome.FAILED
        return outcome

    def _post(self, event: Event, endpoint: WebhookEndpoint) -> Outcome:
        body = webhook_body(event)
        headers = signed_headers(endpoint.secret, event.id, self.clock.now(), body)
        context = {"event_id": event.id, "webhook_id": endpoint.id}
        try:
            status = self.sender.post(endpoint.url, body.encode(), headers)
        except Invalid as exc:
            logger.warning("webhook refused", extra={**context, "errors": exc.data})
            return Outcome.REFUSED
        except Unavailable:
            logger.warning("webhook unanswered", extra=context)
            return Outcome.FAILED
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Outcome.DELIVERED
        logger.warning("webhook failed", extra={**context, "status": status})
        return Outcome.GONE if status == HTTPStatus.GONE else Outcome.FAILED


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
