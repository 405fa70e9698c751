"""Items of the shipments table."""

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.adapters.dynamodb.item import Connection, Item


class ByShipper(GlobalSecondaryIndex["ShipmentItem"]):
    """A shipper's shipments by time of creation."""

    class Meta:
        """Named as in the template."""

        index_name = "by_shipper"
        projection = AllProjection()

    shipper_id = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class ShipmentItem(Item):
    """The present state of a shipment; ``document`` holds all that is never a condition."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="SHIPMENT")
    shipper_id = UnicodeAttribute()
    created_at = UnicodeAttribute()
    status = UnicodeAttribute()
    version = NumberAttribute()
    token = UnicodeAttribute()
    document = JSONAttribute()
    by_shipper = ByShipper()


class EventItem(Item):
    """One line of history. It is also the message of the outbox: the stream carries it on."""

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


class UploadItem(Item):
    """An upload that was allowed for a shipment."""

    class Meta(Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    content_type = UnicodeAttribute()
