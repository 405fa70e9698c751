"""Shippers' servers: the endpoints that they have registered, and the way to post to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.ids import ShipperId, WebhookId
    from chalicelib.domain.webhooks.endpoints import WebhookEndpoint


class WebhookEndpoints(Protocol):
    """The endpoints of every shipper."""

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """A shipper's endpoints, oldest first."""
        ...

    def delete(self, shipper_id: ShipperId, webhook_id: WebhookId) -> None:
        """Raises NotFound."""
        ...


class WebhookSender(Protocol):
    """Posts to somebody else's server."""

    def check(self, url: str) -> None:
        """Raises Invalid for a target that we must not call. Looks it up, connects to nothing."""
        ...

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer.

        Redirects are not followed. Raises Unavailable when there was none, Invalid for a target
        that we must not call.
        """
        ...
