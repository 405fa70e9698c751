"""Contacts: one item of the ledger for a phone or a mailbox, by its tag."""

from datetime import datetime
from typing import Final

from pynamodb.expressions.condition import size
from pynamodb.expressions.update import Action

from chalicelib.adapters.dynamodb.errors import translated
from chalicelib.adapters.dynamodb.ledger.items import ContactItem
from chalicelib.adapters.dynamodb.values.instants import to_ms
from chalicelib.domain.errors import ConcurrentUpdate
from chalicelib.domain.ids import ShipmentId

MOST_SHIPMENTS: Final = 50
"""More than one phone is told of at the same time; an item of that many is below 2 kB."""


class DynamoContacts:
    """The port ``Contacts``."""

    def note(self, tag: str, shipment_id: ShipmentId, *, now: datetime, keep_s: int) -> bool:
        """One conditional write; two more for one that is full, and a read for one that is muted.

        One that is full begins anew: what was noted first is over by then.
        """
        item, shipments = ContactItem(_key(tag)), ContactItem.shipments
        has_room = (
            shipments.does_not_exist()
            | (size(shipments) < MOST_SHIPMENTS)
            | shipments.contains(shipment_id)
        )
        expires = ContactItem.expires_at.set(int(now.timestamp()) + keep_s)
        is_loud = ContactItem.muted_at.does_not_exist()
        try:
            with translated():
                item.update([shipments.add({shipment_id}), expires], condition=is_loud & has_room)
        except ConcurrentUpdate:
            if self.is_muted(tag):
                return False
        else:
            return True
        try:
            with translated():
                item.update([shipments.set({shipment_id}), expires], condition=is_loud)
        except ConcurrentUpdate:
            return False
        return True

    def mute(self, tag: str, *, now: datetime) -> tuple[ShipmentId, ...]:
        """One write."""
        at = ContactItem.muted_at.set(int(now.timestamp()))
        return _updated(tag, [at, ContactItem.expires_at.remove()], now)

    def unmute(self, tag: str, *, now: datetime, keep_s: int) -> tuple[ShipmentId, ...]:
        """One write."""
        expires = ContactItem.expires_at.set(int(now.timestamp()) + keep_s)
        return _updated(tag, [ContactItem.muted_at.remove(), expires], now)

    def is_muted(self, tag: str) -> bool:
        """One read."""
        try:
            with translated():
                return ContactItem.get(_key(tag)).muted_at is not None
        except ContactItem.DoesNotExist:
            return False


def _updated(tag: str, actions: list[Action], now: datetime) -> tuple[ShipmentId, ...]:
    item, at_ms = ContactItem(_key(tag)), to_ms(now)
    wished = ContactItem.wished_ms
    try:
        with translated():
            item.update(
                [*actions, wished.set(at_ms)], condition=wished.does_not_exist() | (wished <= at_ms)
            )
    except ConcurrentUpdate:
        return ()
    return tuple(map(ShipmentId, sorted(item.shipments or ())))


def _key(tag: str) -> str:
    return f"contact#{tag}"
