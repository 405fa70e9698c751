"""Shippers' servers: the endpoints that they have registered, and the way to post to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.ids import ShipperId
    from chalicelib.domain.webhooks.answers import WebhookAnswer
    from chalicelib.domain.webhooks.endpoints import WebhookEndpoint

LONGEST_DELAY_S: Final = 900
"""SQS holds a message back for fifteen minutes at most."""


class WebhookEndpoints(Protocol):
    """The endpoints of every shipper."""

    def of_shipper(self, shipper_id: ShipperId) -> tuple[WebhookEndpoint, ...]:
        """A shipper's endpoints, oldest first."""
        ...

    def switch_off(self, endpoint: WebhookEndpoint, now: datetime) -> None:
        """Send nothing more there. Raises NotFound when it has been deleted."""
        ...


class WebhookQueue(Protocol):
    """Where a further try waits until it is due."""

    def put(self, text: str, *, delay_s: int) -> None:
        """A message that comes in so many seconds, at most ``LONGEST_DELAY_S``.

        Raises Unavailable.
        """
        ...


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
