"""Messages are read by the recipient, the driver and the office, and say who has seen them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import MessageId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import ThreadChange
from chalicelib.domain.listings import Listing
from chalicelib.domain.messages.threads import Author, Message, Thread
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.driving.shifts import is_of, live_of
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.messages import RouteMessages, Threads
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Signer
from chalicelib.services.retries import retried

SHOWN: Final = 50
"""So many of the newest messages a page shows."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread and its newest messages, oldest of them first."""

    thread: Thread
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class ReadMessages:
    """Raises NotFound for what is unknown or not the reader's."""

    shipments: Shipments
    threads: Threads
    route_messages: RouteMessages
    fleet: Fleet
    journal: Journal
    signer: Signer
    clock: Clock
    policy: Policy

    def behind(self, token: str) -> Conversation:
        """The thread behind a tracking link, which the caller has found to be open."""
        shipment_id, _ = self.signer.open_tracking_token(token)
        return Conversation(self.threads.get(shipment_id), self.threads.newest(shipment_id, SHOWN))

    def of_office(
        self,
        shipment_id: ShipmentId,
        actor: Actor,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Message]:
        """The thread of a shipment, for its shipper and for staff."""
        shipment = self.shipments.get(shipment_id)
        if not actor.may_see(shipment.shipper_id):
            raise NotFound
        return self.threads.page(shipment_id, limit=limit, position=position)

    def of_driver(
        self, actor: Actor, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[Message]:
        """The messages of all stops of the route under way, else of the next one.

        Raises Unauthorized for a revoked token.
        """
        live = live_of(self.fleet, actor)
        is_driving = live.is_on_shift or not live.planned
        route_id = live.route_id if is_driving else live.planned[0]
        if route_id is None:
            return Listing(())
        return self.route_messages.page(RouteId(route_id), limit=limit, position=position)

    def seen_by_recipient(self, token: str, message_id: MessageId) -> None:
        """The recipient has read up to this message."""
        self._seen(self._linked(token).id, message_id, Author.RECIPIENT)

    def seen_by_driver(
        self, shipment_id: ShipmentId, message_id: MessageId, *, actor: Actor
    ) -> None:
        """The driver of the shipment's stop has read up to this message."""
        live = live_of(self.fleet, actor)
        if not is_of(live, self.shipments.get(shipment_id).assignment):
            raise NotFound
        self._seen(shipment_id, message_id, Author.DRIVER)

    def _seen(self, shipment_id: ShipmentId, message_id: MessageId, reader: Author) -> None:
        self.threads.message(shipment_id, message_id)

        def attempt() -> None:
            thread = self.threads.get(shipment_id)
            after = thread.with_read(reader, message_id)
            if after != thread:
                self.journal.commit(ThreadChange(after, thread.version))

        retried(attempt)

    def _linked(self, token: str) -> Shipment:
        shipment_id, generation = self.signer.open_tracking_token(token)
        shipment = self.shipments.get(shipment_id)
        require_open_link(shipment, generation, self.clock.now(), self.policy)
        return shipment
