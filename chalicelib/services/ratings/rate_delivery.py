"""A recipient rates the outcome of a visit, by the tracking link.

The same verdict again changes nothing, so a form that is sent twice is one rating.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.ids import EVENT, EventId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.ratings.ratings import Verdict
from chalicelib.domain.shipments.rated import rated
from chalicelib.domain.tracking.tracking import require_open_link
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.retries import retried

A_RECIPIENT: Final = Actor(Role.RECIPIENT, "link")


@dataclass(frozen=True, slots=True)
class RateDelivery:
    """Raises NotFound for a link that is unknown, revoked or over, and RatingClosed."""

    shipments: Shipments
    journal: Journal
    signer: Signer
    clock: Clock
    ids: Ids
    policy: Policy

    def __call__(self, token: str, verdict: Verdict) -> None:
        """Give the verdict, or change the one that was given."""
        shipment_id, generation = self.signer.open_tracking_token(token)

        def attempt() -> None:
            shipment, now = self.shipments.get(shipment_id), self.clock.now()
            require_open_link(shipment, generation, now, self.policy)
            found = rated(
                shipment,
                verdict,
                actor=A_RECIPIENT,
                event_id=EventId(self.ids.new(EVENT)),
                now=now,
                policy=self.policy,
            )
            if found is not None:
                after, event = found
                self.journal.commit(ShipmentChange(after, (event,), shipment.version))

        retried(attempt)
