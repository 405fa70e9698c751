"""Items of the shipments table."""

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

from chalicelib.adapters.dynamodb.item import Connection, Item


class ByShipper(GlobalSecondaryIndex["ShipmentItem"]):
    """A shipper's shipments by time of creation."""

    class Meta:
        """Named as in the template."""

        index_name = "by_shipper"
        projection = AllProjection()

    shipper_id = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class ByAttention(GlobalSecondaryIndex["ShipmentItem"]):
    """The shipments that wait for the office, by what they wait for and when to look."""

    class Meta:
        """Named as in the template."""

        index_name = "by_attention"
        projection = KeysOnlyProjection()

    attention = UnicodeAttribute(hash_key=True)
    look_at = UnicodeAttribute(range_key=True)


class ShipmentItem(Item):
    """A shipment: what changes (SHIPMENT), or what hardly ever does (SHIPMENT#DETAILS).

    SHIPMENT has status, token and ``state``; the index finds a shipment by its details, which have
    shipper, creation and ``document``, and never move. ``version`` of the details is the version of
    the shipment that wrote them. A shipment from before there were details is one item with all of
    these, or without a ``state`` as long as nothing has changed since. ``attention`` and
    ``look_at`` are there while it waits for the office.
    """

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    shipper_id = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    version = NumberAttribute()
    token = UnicodeAttribute(null=True)
    state = BinaryAttribute(legacy_encoding=False, null=True)
    document = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    attention = UnicodeAttribute(null=True)
    look_at = UnicodeAttribute(null=True)
    by_shipper = ByShipper()
    by_attention = ByAttention()


class ByFeed(GlobalSecondaryIndex["EventItem"]):
    """A shipper's events in the order in which they were written: an entry a commit."""

    class Meta:
        """Named as in the template."""

        index_name = "by_feed"
        projection = IncludeProjection(
            [
                *("event_id", "seq", "type", "occurred_at", "recorded_at"),
                *("actor_role", "actor_id", "data", "feed_also"),
            ]
        )

    shipper_id = UnicodeAttribute(hash_key=True)
    feed = UnicodeAttribute(range_key=True)


class EventItem(Item):
    """One line of history. It is also the message of the outbox: the stream carries it on.

    ``feed`` is its place in its shipper's feed. Of the events that were written together only the
    first of each shipper has one; its ``feed_also`` names the others.
    """

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    event_id = UnicodeAttribute()
    shipper_id = UnicodeAttribute()
    seq = NumberAttribute()
    type = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    recorded_at = UnicodeAttribute()
    actor_role = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    data = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)
    feed = UnicodeAttribute(null=True)
    feed_also = BinaryAttribute(legacy_encoding=False, null=True)
    by_feed = ByFeed()


class RouteEventItem(Item):
    """One line of a route's history; ``shipment_id`` is the name of the table's key."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    event_id = UnicodeAttribute()
    seq = NumberAttribute()
    type = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    recorded_at = UnicodeAttribute()
    actor_role = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    data = UnicodeAttribute()
    expires_at = NumberAttribute()


class ThreadItem(Item):
    """Who wrote last in a shipment's thread, and who has read how far, packed."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="THREAD")
    version = NumberAttribute()
    token = UnicodeAttribute()
    thread = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute(null=True)


class MessageItem(Item):
    """One message of a thread."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class UploadsByAttention(GlobalSecondaryIndex["UploadItem"]):
    """The uploads that are waited for, by when they count as missing."""

    class Meta:
        """The index of shipments that wait, too."""

        index_name = "by_attention"
        projection = KeysOnlyProjection()

    attention = UnicodeAttribute(hash_key=True)
    look_at = UnicodeAttribute(range_key=True)


class UploadItem(Item):
    """An upload that was allowed for a shipment, and what its inspection has found.

    ``attention`` and ``look_at`` are there while its file is waited for.
    """

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    content_type = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    captured = BinaryAttribute(legacy_encoding=False, null=True)
    kept = BinaryAttribute(legacy_encoding=False, null=True)
    flaw = UnicodeAttribute(null=True)
    shared_with = UnicodeSetAttribute(null=True)
    attention = UnicodeAttribute(null=True)
    look_at = UnicodeAttribute(null=True)
    by_attention = UploadsByAttention()


class ImportItem(Item):
    """An import; ``shipment_id`` is the name of the table's key, and holds its shipper."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    token = UnicodeAttribute()
    document = UnicodeAttribute()
    expires_at = NumberAttribute()


class SignedItem(Item):
    """A manifest as it was sealed, to the byte, and its seal."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    manifest = UnicodeAttribute()
    seal = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class PinTriesItem(Item):
    """The PINs that were tried for one link of a shipment, as tags."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    guesses = UnicodeSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)
