from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ShipperId, WebhookId
from chalicelib.domain.journal.changes import WebhookRemoved
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


@dataclass
class InMemoryWebhookEndpoints:
    endpoints: dict[tuple[ShipperId, WebhookId], WebhookEndpoint] = field(default_factory=dict)

    def put(self, endpoint: WebhookEndpoint) -> None:
        self.endpoints[endpoint.shipper_id, endpoint.id] = endpoint

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        in_order = sorted(self.endpoints.items())
        return tuple(endpoint for (owner, _), endpoint in in_order if owner == shipper_id)

    def switch_off(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        if (endpoint.shipper_id, endpoint.id) not in self.endpoints:
            raise NotFound
        self.put(replace(endpoint, switched_off_at=now))

    def require(self, change: WebhookRemoved) -> None:
        """Raise ConcurrentUpdate when it is gone already."""
        if (change.endpoint.shipper_id, change.endpoint.id) not in self.endpoints:
            raise ConcurrentUpdate

    def write(self, change: WebhookRemoved) -> None:
        del self.endpoints[change.endpoint.shipper_id, change.endpoint.id]
