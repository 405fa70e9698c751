"""A recipient chooses another day or window, by the tracking link."""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.ids import EVENT, EventId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.shipments.choices import chosen
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.retries import retried

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class ChooseDay:
    """Raises NotFound for a link that is unknown, revoked or over, TooLateToChange, Outdated for a
    page that was read before another change, and Invalid for what is not offered any more.
    """

    shipments: Shipments
    shippers: Shippers
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self, token: str, choice: str, *, seen: str) -> None:
        """Agree on this time; the same one again changes nothing."""
        shipment_id, generation = self.signer.open_tracking_token(token)

        def attempt() -> None:
            before, now = self.shipments.get(shipment_id), self.clock.now()
            require_open_link(before, generation, now, self.policy)
            found = chosen(
                before,
                choice,
                self.shippers.get(before.shipper_id),
                seen=seen,
                actor=A_RECIPIENT,
                event_id=lambda: EventId(self.ids.new(EVENT)),
                now=now,
            )
            if found is not None:
                after, events = found
                self.journal.commit(ShipmentChange(after, events, before.version))

        retried(attempt)
