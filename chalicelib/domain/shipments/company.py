"""Company: shipments for the same recipient that share a visit, each with its own outcome.

A page says which other parcels come with the same visit. That tells its reader, and the sender who
has its link too, from whom somebody else gets parcels. So it is said only where it is certainly the
same recipient: name, door and a phone or a mailbox are the same. And only between the shipments of
one sender, or of senders who both agreed to be named beside others.
"""

from collections.abc import Callable, Iterable
from typing import Final

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.shipments.custody import aboard
from chalicelib.domain.shipments.shipments import Assignment, Companion, Shipment

MOST: Final = 4
"""So many others are kept with a shipment: what changes of it should stay small."""


def is_same_recipient(one: Shipment, other: Shipment) -> bool:
    """Whether both are certainly for the same person at the same door."""
    if one.forgotten_at is not None or other.forgotten_at is not None:
        return False
    is_same = (_plain(one.recipient.name), _door(one)) == (
        _plain(other.recipient.name),
        _door(other),
    )
    return is_same and not _contacts(one).isdisjoint(_contacts(other))


def may_be_named_together(one: Shipper, other: Shipper) -> bool:
    """Whether the page of each sender's shipment may name the other."""
    return one.id == other.id or (one.shares_visits and other.shares_visits)


def companions_of(
    shipment: Shipment,
    others: Iterable[Shipment],
    shipper_of: Callable[[ShipperId], Shipper | None],
) -> tuple[Companion, ...]:
    """Those of the others at its stop that its page may name, in their order."""
    found = list[Companion]()
    for other in others:
        if other.id == shipment.id or not is_same_recipient(shipment, other):
            continue
        if other.shipper_id != shipment.shipper_id:
            senders = [shipper_of(each.shipper_id) for each in (shipment, other)]
            if not _agree(*senders):
                continue
        found.append(Companion(other.id, other.shipper_id, len(aboard(other))))
    return tuple(found[:MOST])


def is_of_visit(other: Shipment, assigned: Assignment) -> bool:
    """Whether the other shipment still belongs to this visit: nobody has planned it anew since."""
    there = other.assignment
    return there is not None and (there.route_id, there.stop_id) == (
        assigned.route_id,
        assigned.stop_id,
    )


def _agree(one: Shipper | None, other: Shipper | None) -> bool:
    return one is not None and other is not None and may_be_named_together(one, other)


def _contacts(shipment: Shipment) -> set[str]:
    reached_by = (shipment.recipient.phone, shipment.recipient.email)
    return {each.strip().casefold() for each in reached_by if each}


def _door(shipment: Shipment) -> tuple[str, ...]:
    address = shipment.address
    lines = (*address.lines, address.postal_code or "", address.city, address.country)
    return tuple(map(_plain, lines))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
