"""Messages about shipments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.ids import MessageId, RouteId, ShipmentId
    from chalicelib.domain.listings import Listing
    from chalicelib.domain.messages.threads import Message, Thread


class Threads(Protocol):
    """The threads of shipments. The journal writes them."""

    def get(self, shipment_id: ShipmentId) -> Thread:
        """The thread, read consistently; an empty one where nobody has written."""
        ...

    def message(self, shipment_id: ShipmentId, message_id: MessageId) -> Message:
        """One message. Raises NotFound."""
        ...

    def page(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        """The messages of a thread, oldest first."""
        ...

    def newest(self, shipment_id: ShipmentId, limit: int) -> tuple[Message, ...]:
        """The newest messages of a thread, oldest of them first."""
        ...

    def forget(self, shipment_id: ShipmentId) -> None:
        """Delete the thread with all its messages. May be repeated. Raises Unavailable."""
        ...


class RouteMessages(Protocol):
    """Copies of messages for the drivers of routes. The journal writes them; they expire."""

    def page(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        """The messages about all shipments of a route, oldest first."""
        ...
