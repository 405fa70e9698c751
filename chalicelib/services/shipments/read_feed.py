"""The feed of a shipper: each of its events once, in the order in which they were written.

Whoever reads it to its end, again and again, needs no webhook and misses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.policy import FEED_SETTLES_AFTER, Policy
from chalicelib.domain.shipments.events import Event
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.ports.shipments import EventFeed
from chalicelib.services.ports.system import Clock


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A page of the feed.

    Raises NotFound for an unknown or foreign shipper, Invalid when staff name none.
    """

    feed: EventFeed
    shippers: Shippers
    clock: Clock
    policy: Policy

    def __call__(
        self,
        actor: Actor,
        *,
        shipper_id: ShipperId | None,
        since: datetime | None,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[Event]:
        """The next events; at first those ``since`` then, or as long ago as anything is kept."""
        owner = actor.shipper(shipper_id)
        if actor.role in STAFF:
            self.shippers.get(owner)
        now = self.clock.now()
        kept_since = now - self.policy.shipment_retention
        return self.feed.page(
            owner,
            since=kept_since if since is None else max(since, kept_since),
            until=now - FEED_SETTLES_AFTER,
            limit=limit,
            position=position,
        )
