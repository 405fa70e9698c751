from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipperId, WebhookId
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

    def delete(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        if self.endpoints.pop((shipper_id, webhook_id), None) is None:
            raise NotFound
