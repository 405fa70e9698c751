"""Redirects: a recipient sends a delivery to another address, where the shipper allows it.

The rule of change is that of all else (``wished``). The address lies in the same country and in the
carrier's reach. Where exactly, the recipient says by a point on the map, else an address search:
nobody drives to a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, Outdated
from chalicelib.domain.geography import Coordinates, distance_m
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.addresses import Address
from chalicelib.domain.shipments.amendments import amended
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.placing import WantedAddress
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.wished import Open, may_change, require_may_change

SAME_POINT_M: Final = 2.0
"""A point on a map is no more exact than that."""


@dataclass(frozen=True, slots=True)
class RedirectOrder:
    """The address as the recipient wrote it, and the point of its door where they chose one.

    ``seen`` is the version of what the page showed.
    """

    lines: tuple[str, ...]
    postal_code: str | None
    city: str
    seen: int
    point: Coordinates | None = None

    def of(self, address: Address) -> WantedAddress:
        """The whole address, in the country of the present one; its instructions do not move."""
        return WantedAddress(self.lines, self.city, address.country, postal_code=self.postal_code)

    def is_at(self, address: Address) -> bool:
        """Whether it is the present one. Another point of the same door is another address."""
        is_there = self.point is None or distance_m(self.point, address.coordinates) <= SAME_POINT_M
        return is_there and self.of(address).is_at(address)


def may_redirect(shipment: Shipment, shipper: Shipper, stops_before: int | None) -> Open:
    """Whether the recipient may send it elsewhere; OVER where the shipper does not allow it."""
    if not shipper.allows_redirect:
        return Open.OVER
    return may_change(shipment, shipper, stops_before)


def require_may_redirect(
    shipment: Shipment, order: RedirectOrder, shipper: Shipper, stops_before: int | None
) -> None:
    """Raises Invalid where it is not offered, TooLateToChange, and Outdated for an older page."""
    if not shipper.allows_redirect:
        text = "The sender does not offer another address."
        raise Invalid(text, pointer="/address", code="not_offered")
    require_may_change(shipment, shipper, stops_before)
    if order.seen != shipment.details_version:
        raise Outdated


def redirected(
    shipment: Shipment,
    address: Address,
    *,
    actor: Actor,
    event_id: Callable[[], EventId],
    now: datetime,
) -> tuple[Shipment, tuple[Event, ...]]:
    """The shipment at its new address, and the events. They say the town and how far it moved.

    What was said of the old door (wishes, instructions) does not hold at the new one.
    """
    before = shipment.address
    wanted = replace(shipment, address=address, wishes=shipment.wishes.after_a_move())
    after, events = amended(shipment, wanted, actor=actor, event_id=event_id, now=now)
    moved_m = round(distance_m(before.coordinates, address.coordinates))
    facts = {
        "before": {"city": before.city},
        "after": {"city": address.city},
        "moved_m": moved_m,
    }
    told = (
        replace(event, data={**event.data, **facts})
        if event.type is EventType.REDIRECTED
        else event
        for event in events
    )
    return after, tuple(told)
