"""Redirects: a recipient sends a delivery to another address, where the shipper allows it.

The rule of change is that of all else (``wished``). The address lies in the same country and in the
carrier's reach; where exactly an address search says, so that nobody drives to a guess.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import Invalid, Outdated
from chalicelib.domain.geography import distance_m
from chalicelib.domain.ids import EventId
from chalicelib.domain.shipments.addresses import Address
from chalicelib.domain.shipments.amendments import amended
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.placing import WantedAddress
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.wished import Open, may_change, require_may_change


@dataclass(frozen=True, slots=True)
class RedirectOrder:
    """The address as the recipient wrote it. ``seen`` is the version of what the page showed."""

    lines: tuple[str, ...]
    postal_code: str | None
    city: str
    seen: int

    def of(self, address: Address) -> WantedAddress:
        """The whole address, in the country of the present one; its instructions do not move."""
        return WantedAddress(self.lines, self.city, address.country, postal_code=self.postal_code)

    def is_at(self, address: Address) -> bool:
        """Whether it is the present one."""
        return self.of(address).is_at(address)


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
