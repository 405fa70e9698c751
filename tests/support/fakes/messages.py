from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import MessageId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import MessageAdded, MessageCopied, ThreadChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.messages.threads import Message, Thread
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.paging import page


@dataclass
class InMemoryThreads:
    threads: dict[ShipmentId, Thread] = field(default_factory=dict)
    messages: dict[ShipmentId, dict[MessageId, Message]] = field(default_factory=dict)

    def get(self, shipment_id: ShipmentId) -> Thread:
        return self.threads.get(shipment_id, Thread(shipment_id))

    def message(self, shipment_id: ShipmentId, message_id: MessageId) -> Message:
        try:
            return self.messages[shipment_id][message_id]
        except KeyError as exc:
            raise NotFound from exc

    def page(
        self, shipment_id: ShipmentId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        return page(self._all(shipment_id), lambda m: m.id, limit=limit, position=position)

    def newest(self, shipment_id: ShipmentId, limit: int) -> tuple[Message, ...]:
        return self._all(shipment_id)[-limit:]

    def forget(self, shipment_id: ShipmentId) -> None:
        if shipment_id in self.threads:
            version = self.threads[shipment_id].version
            self.threads[shipment_id] = Thread(shipment_id, version=version + 1)
        self.messages.pop(shipment_id, None)

    def _all(self, shipment_id: ShipmentId) -> tuple[Message, ...]:
        return tuple(message for _, message in sorted(self.messages.get(shipment_id, {}).items()))

    def require(self, change: ThreadChange | MessageAdded) -> None:
        """Raise ConcurrentUpdate for another version; a message is always new."""
        if not isinstance(change, ThreadChange):
            return
        if self.get(change.after.shipment_id).version != change.expected_version:
            raise ConcurrentUpdate

    def write(self, change: ThreadChange | MessageAdded) -> None:
        if isinstance(change, ThreadChange):
            self.threads[change.after.shipment_id] = change.after
        else:
            message = change.message
            self.messages.setdefault(message.shipment_id, {})[message.id] = message


@dataclass
class InMemoryRouteMessages:
    copies: dict[RouteId, dict[MessageId, tuple[Message, datetime]]] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock, repr=False)  # it is not stored

    def page(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        now, copies = self.clock.now(), self.copies.get(route_id, {})
        kept = tuple(m for _, (m, expires_at) in sorted(copies.items()) if expires_at > now)
        return page(kept, lambda m: m.id, limit=limit, position=position)

    def require(self, change: MessageCopied) -> None:
        """Check nothing: a copy is always new."""

    def write(self, change: MessageCopied) -> None:
        copies = self.copies.setdefault(change.route_id, {})
        copies[change.message.id] = (change.message, change.expires_at)
