"""Items of the fleet table."""

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    UnicodeAttribute,
)

from chalicelib.adapters.dynamodb.item import Connection, Item


class LiveItem(Item):
    """A driver's live state, packed: below 1 kB for 200 stops, so that a write costs one unit.

    ``visits`` is what is known of visits in doubt, packed; absent most of the time.
    ``began`` is the hub, packed, until there are enough fixes. ``numbers`` are the stops' own in
    the order of a plan that was edited; absent where they are indexes. ``alive_ms`` is when a phone
    said that it is there; absent while fixes come. ``shown`` are the ranges that pages show,
    packed; absent before the first fix of a route.
    """

    class Meta(Connection):
        """Bound at start."""

    driver_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="LIVE")
    version = NumberAttribute()
    token = UnicodeAttribute()
    route_id = UnicodeAttribute(null=True)
    planned = UnicodeAttribute(null=True)
    live = BinaryAttribute(legacy_encoding=False)
    visits = BinaryAttribute(legacy_encoding=False, null=True)
    began = BinaryAttribute(legacy_encoding=False, null=True)
    numbers = BinaryAttribute(legacy_encoding=False, null=True)
    alive_ms = NumberAttribute(null=True)
    shown = BinaryAttribute(legacy_encoding=False, null=True)


class TrackItem(Item):
    """One batch: its fixes and what was told with them, packed.

    The older form has the ETAs by themselves, and when (``told_ms``) and as of when (``news_ms``)
    they were told beside them.
    """

    class Meta(Connection):
        """Bound at start."""

    driver_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    token = UnicodeAttribute()
    route_id = UnicodeAttribute()
    fixes = BinaryAttribute(legacy_encoding=False)
    told = BinaryAttribute(legacy_encoding=False, null=True)
    etas = BinaryAttribute(legacy_encoding=False, null=True)
    told_ms = NumberAttribute(null=True)
    news_ms = NumberAttribute(null=True)
    expires_at = NumberAttribute()
