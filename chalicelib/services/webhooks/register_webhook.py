"""Webhook endpoints: a shipper adds, lists and deletes them."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.accounts.audit import audited
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Forbidden, Invalid, NotFound, TooManyEndpoints
from chalicelib.domain.ids import AUDIT, WEBHOOK, ShipperId, WebhookId
from chalicelib.domain.journal.changes import AccountAdded, AuditAdded, WebhookRemoved
from chalicelib.domain.shipments.events import INTERNAL, EventType
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.webhooks import WebhookEndpoints, WebhookSender
from chalicelib.services.repeats import NO_MEMORY, Memory
from chalicelib.services.retries import retried

MOST_ENDPOINTS: Final = 5
"""Limit per shipper. Two registrations at the same moment may exceed it by one, harmlessly."""
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class RegisterWebhook:
    """Keeps the webhook endpoints of shippers."""

    endpoints: WebhookEndpoints
    sender: WebhookSender
    journal: Journal
    clock: Clock
    ids: Ids

    def __call__(
        self,
        actor: Actor,
        url: str,
        event_types: Sequence[str] = (),
        *,
        memory: Memory = NO_MEMORY,
    ) -> WebhookEndpoint:
        """A new endpoint with its secret (``whsec_…``), which is shown only here.

        Empty ``event_types`` means all. Raises Invalid for a target that we must not call, or for
        an event type without webhooks. Raises TooManyEndpoints when the shipper has all it may.
        """
        shipper_id = _shipper(actor)
        wanted = frozenset(_known(i, name) for i, name in enumerate(event_types))
        self.sender.check(url)
        if len(self.endpoints.of_shipper(shipper_id)) >= MOST_ENDPOINTS:
            raise TooManyEndpoints(limit=MOST_ENDPOINTS)
        endpoint = WebhookEndpoint(
            id=WebhookId(self.ids.new(WEBHOOK)),
            shipper_id=shipper_id,
            url=url,
            secret=f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}",
            created_at=self.clock.now(),
            event_types=wanted,
        )
        noted = self._noted(actor, after=endpoint)
        self.journal.commit(AccountAdded(endpoint), noted, *memory.of(endpoint))
        return endpoint

    def listed(self, actor: Actor) -> tuple[WebhookEndpoint, ...]:
        """The shipper's endpoints. They contain the secrets, so do not show them as they are."""
        return self.endpoints.of_shipper(_shipper(actor))

    def delete(self, actor: Actor, webhook_id: WebhookId) -> None:
        """Delete an endpoint. Raises NotFound for an endpoint that is not the shipper's."""
        retried(lambda: self._delete(actor, webhook_id))

    def _delete(self, actor: Actor, webhook_id: WebhookId) -> None:
        for endpoint in self.endpoints.of_shipper(_shipper(actor)):
            if endpoint.id == webhook_id:
                noted = self._noted(actor, before=endpoint)
                return self.journal.commit(WebhookRemoved(endpoint), noted)
        raise NotFound

    def _noted(
        self,
        actor: Actor,
        *,
        before: WebhookEndpoint | None = None,
        after: WebhookEndpoint | None = None,
    ) -> AuditAdded:
        entry_id, now = self.ids.new(AUDIT), self.clock.now()
        return AuditAdded(audited(entry_id, actor=actor, at=now, before=before, after=after))


def _shipper(actor: Actor) -> ShipperId:
    if actor.shipper_id is None:
        raise Forbidden
    return actor.shipper_id


def _known(position: int, name: str) -> str:
    told = {event_type.value for event_type in EventType if event_type not in INTERNAL}
    if name not in told:
        text = "There is no event of this name. Write one like shipment.delivered."
        raise Invalid(text, pointer=f"/event_types/{position}", code="unknown_event_type")
    return name
