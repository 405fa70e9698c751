from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import ShipperId, WebhookId
from chalicelib.domain.journal.changes import WebhookRemoved
from chalicelib.domain.listings import Listing
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from tests.support.fakes.paging import page


@dataclass
class InMemoryWebhookEndpoints:
    endpoints: dict[tuple[ShipperId, WebhookId], WebhookEndpoint] = field(default_factory=dict)

    def put(self, endpoint: WebhookEndpoint) -> None:
        self.endpoints[endpoint.shipper_id, endpoint.id] = endpoint

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        in_order = sorted(self.endpoints.items())
        return tuple(endpoint for (owner, _), endpoint in in_order if owner == shipper_id)

    def switched_off(
        self, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[WebhookEndpoint]:
        off = [each for each in self.endpoints.values() if each.switched_off_at is not None]
        in_order = sorted(off, key=lambda each: (each.created_at, each.id))
        return page(in_order, lambda each: each.id, limit=limit, position=position)

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
