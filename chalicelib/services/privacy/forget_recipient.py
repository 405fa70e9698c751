"""A recipient asks to be forgotten, by the tracking link, once the delivery is over.

The messages go first: if that is cut off, the link still works and the recipient asks again. Then
the shipment loses its recipient, and the link with it.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import TooEarlyToForget
from chalicelib.domain.ids import EVENT, EventId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.forgetting import forgotten, may_forget
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.messages import Threads
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.retries import retried

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class KeptData:
    """What the page about a recipient's data needs: the shipment, its shipper, and the rules."""

    shipment: Shipment
    sender: str
    support_contact: str | None
    may_forget: bool
    policy: Policy


@dataclass(frozen=True, slots=True)
class ForgetRecipient:
    """Raises NotFound for a link that is unknown, revoked, over or forgotten."""

    shipments: Shipments
    shippers: Shippers
    threads: Threads
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def kept(self, token: str) -> KeptData:
        """What is kept, and whether it can be forgotten now."""
        shipment = self._open(token)
        shipper = self.shippers.get(shipment.shipper_id)
        return KeptData(
            shipment, shipper.name, shipper.support_contact, may_forget(shipment), self.policy
        )

    def __call__(self, token: str) -> None:
        """Forget the recipient. Raises TooEarlyToForget while the delivery is not over."""

        def attempt() -> None:
            shipment, now = self._open(token), self.clock.now()
            if not may_forget(shipment):
                raise TooEarlyToForget
            self.threads.forget(shipment.id)
            after, event = forgotten(
                shipment, actor=A_RECIPIENT, event_id=EventId(self.ids.new(EVENT)), now=now
            )
            self.journal.commit(ShipmentChange(after, (event,), shipment.version))

        retried(attempt)

    def _open(self, token: str) -> Shipment:
        shipment_id, generation = self.signer.open_tracking_token(token)
        shipment = self.shipments.get(shipment_id)
        require_open_link(shipment, generation, self.clock.now(), self.policy)
        return shipment
