"""Items of the metrics table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.adapters.dynamodb.item import Connection, Item


class CountedItem(Item):
    """The facts of a route, or a part of a hub's day.

    ``version`` and ``token`` are not in the further parts of a day: the first one has them.
    """

    class Meta(Connection):
        """Bound at start."""

    owner_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    packed = BinaryAttribute(legacy_encoding=False)
    counted_ms = NumberAttribute()
    version = NumberAttribute(null=True)
    token = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class OnRouteItem(Item):
    """A shipment was on a route that was counted."""

    class Meta(Connection):
        """Bound at start."""

    owner_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    hub_id = UnicodeAttribute()
    service_day = UnicodeAttribute()
    expires_at = NumberAttribute()
