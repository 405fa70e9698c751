from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import DriverId, HubId, KeyId, ShipperId, WebhookId
from chalicelib.domain.journal.changes import LiveChange
from chalicelib.domain.listings import Page
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint
from tests.support.fakes.fleet import InMemoryFleet
from tests.support.fakes.paging import page

T = TypeVar("T")


@dataclass
class InMemoryAccounts:
    """Accounts of all kinds; a new driver gets an empty live state in the same fleet."""

    fleet: InMemoryFleet = field(default_factory=InMemoryFleet)
    shippers: dict[ShipperId, Shipper] = field(default_factory=dict)
    drivers_by_id: dict[DriverId, Driver] = field(default_factory=dict)
    hubs: dict[HubId, Hub] = field(default_factory=dict)
    keys: dict[KeyId, ApiKey] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    endpoints: dict[tuple[ShipperId, WebhookId], WebhookEndpoint] = field(default_factory=dict)

    def put_shipper(self, shipper: Shipper) -> None:
        self.shippers[shipper.id] = shipper

    def shipper(self, shipper_id: ShipperId) -> Shipper:
        return _found(self.shippers.get(shipper_id))

    def create_driver(self, driver: Driver) -> None:
        self.fleet.put(LiveChange(Live(driver.id, version=1, epoch=driver.epoch), None))
        self.drivers_by_id[driver.id] = driver

    def driver(self, driver_id: DriverId) -> Driver:
        return _found(self.drivers_by_id.get(driver_id))

    def drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Page[Driver]:
        oldest_first = sorted(self.drivers_by_id.values(), key=lambda d: (d.created_at, d.id))
        return page(oldest_first, lambda driver: driver.id, limit=limit, position=position)

    def put_hub(self, hub: Hub) -> None:
        self.hubs[hub.id] = hub

    def hub(self, hub_id: HubId) -> Hub:
        return _found(self.hubs.get(hub_id))

    def put_key(self, key: ApiKey) -> None:
        self.keys[key.id] = key

    def key(self, key_id: KeyId) -> ApiKey | None:
        return self.keys.get(key_id)

    def put_invitation(self, invitation: Invitation) -> None:
        self.invitations[invitation.code_hash] = invitation

    def take_invitation(self, code_hash: str, now: datetime) -> Invitation:
        invitation = _found(self.invitations.get(code_hash))
        if invitation.expires_at <= now:
            raise NotFound
        return self.invitations.pop(code_hash)

    def put_webhook(self, endpoint: WebhookEndpoint) -> None:
        self.endpoints[endpoint.shipper_id, endpoint.id] = endpoint

    def webhooks(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        return tuple(
            endpoint
            for (owner, _), endpoint in sorted(self.endpoints.items())
            if owner == shipper_id
        )

    def delete_webhook(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        _found(self.endpoints.pop((shipper_id, webhook_id), None))


def _found(value: T | None) -> T:
    if value is None:
        raise NotFound
    return value
