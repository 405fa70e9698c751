"""Shippers, drivers, hubs, keys and invitations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.domain.accounts.drivers import Driver, Invitation
from chalicelib.domain.accounts.hubs import Hub
from chalicelib.domain.accounts.keys import ApiKey
from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.ids import (
    DriverId,
    HubId,
    KeyId,
    ShipperId,
    WebhookId,
)
from chalicelib.domain.listings import Page
from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


class Accounts(Protocol):
    """Shippers, drivers, hubs, keys, invitations and webhook endpoints."""

    def put_shipper(self, shipper: Shipper) -> None:
        """Write a shipper."""
        ...

    def shipper(self, shipper_id: ShipperId) -> Shipper:
        """Raises NotFound."""
        ...

    def create_driver(self, driver: Driver) -> None:
        """Write a new driver together with an empty live state."""
        ...

    def driver(self, driver_id: DriverId) -> Driver:
        """Raises NotFound."""
        ...

    def drivers(self, *, limit: int, position: Mapping[str, str] | None) -> Page[Driver]:
        """All drivers, oldest first."""
        ...

    def put_hub(self, hub: Hub) -> None:
        """Write a hub."""
        ...

    def hub(self, hub_id: HubId) -> Hub:
        """Raises NotFound."""
        ...

    def put_key(self, key: ApiKey) -> None:
        """Write or replace a key."""
        ...

    def key(self, key_id: KeyId) -> ApiKey | None:
        """None when unknown. May be up to 60 s old."""
        ...

    def put_invitation(self, invitation: Invitation) -> None:
        """Write an invitation."""
        ...

    def take_invitation(self, code_hash: str, now: datetime) -> Invitation:
        """Use it up: only one caller gets it. Raises NotFound when unknown, used or expired."""
        ...

    def put_webhook(self, endpoint: WebhookEndpoint) -> None:
        """Write an endpoint."""
        ...

    def webhooks(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """A shipper's endpoints."""
        ...

    def delete_webhook(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        """Raises NotFound."""
        ...
