"""Shippers' servers: the endpoints that they have registered, and the way to post to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.services.ports.senders import DelayedQueue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.ids import ShipperId
    from chalicelib.domain.listings import Listing
    from chalicelib.domain.webhooks.answers import WebhookAnswer
    from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


class WebhookEndpoints(Protocol):
    """The endpoints of every shipper."""

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """A shipper's endpoints, oldest first."""
        ...

    def switched_off(
        self, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[WebhookEndpoint]:
        """Those of all shippers that get nothing any more, the oldest first."""
        ...

    def switch_off(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        """Send nothing more there. Raises NotFound when it has been deleted."""
        ...


class WebhookQueue(DelayedQueue, Protocol):
    """Where a further try waits until it is due."""


class WebhookSender(Protocol):
    """Posts to somebody else's server."""

    def check(self, url: str) -> None:
        """Raises Invalid for a target that we must not call. Looks it up, connects to nothing."""
        ...

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
        """The answer.

        Redirects are not followed. Raises Unavailable when there was none, Invalid for a target
        that we must not call.
        """
        ...
