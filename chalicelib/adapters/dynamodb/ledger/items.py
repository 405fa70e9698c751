"""Items of the ledger table."""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from chalicelib.adapters.dynamodb.item import Connection, Item


class RememberedItem(Item):
    """The request that an Idempotency-Key stood for, with its answer or with who works on it."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    token = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    result_id = UnicodeAttribute()
    expires_at = NumberAttribute()
    answer = BinaryAttribute(null=True, legacy_encoding=False)
    owner = UnicodeAttribute(null=True)
    lease_until_ms = NumberAttribute(null=True)


class BarcodeItem(Item):
    """The shipments that got a barcode: each with its shipper's id before it."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    holders = UnicodeSetAttribute()
    expires_at = NumberAttribute()


class AllowanceItem(Item):
    """The set of those who have taken something of which there are only so many."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    members = UnicodeSetAttribute()
    expires_at = NumberAttribute()


class ContactItem(Item):
    """A phone or a mailbox by its tag: the shipments told there, and since when it is muted.

    ``wished_ms`` is when its owner said so or took it back: a queue may bring both in any order.

    One that is muted is kept until it is unmuted, and has no ``expires_at``.
    """

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    shipments = UnicodeSetAttribute(null=True)
    muted_at = NumberAttribute(null=True)
    wished_ms = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class ReferenceItem(Item):
    """The shipment that a shipper's reference names."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    shipment_id = UnicodeAttribute()
    expires_at = NumberAttribute()


class PlaceItem(Item):
    """What an address search has found for an address."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    found = UnicodeAttribute()
    expires_at = NumberAttribute()


class RequestCountItem(Item):
    """How many requests of a key all processes have reported in one window."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    requests = NumberAttribute()
    expires_at = NumberAttribute()


class HandlingItem(Item):
    """What colleagues have done about a concern."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    token = UnicodeAttribute()
    document = UnicodeAttribute()
    expires_at = NumberAttribute()


class SharedViewItem(Item):
    """A view that all who look share, compressed; or who makes the next one until when."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    made_ms = NumberAttribute(null=True)
    body = BinaryAttribute(null=True, legacy_encoding=False)
    lease_until_ms = NumberAttribute(null=True)
    expires_at = NumberAttribute()


class LedgerItem(Item):
    """A claim to send something: who holds it until when, or what came of it. Epoch seconds."""

    class Meta(Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    owner = UnicodeAttribute()
    lease_until = NumberAttribute()
    outcome = UnicodeAttribute(null=True)
    maybe_duplicate = BooleanAttribute(default=False)
    expires_at = NumberAttribute()
