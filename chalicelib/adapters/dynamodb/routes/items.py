"""Items of the routes table."""

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.adapters.dynamodb.item import Connection, Item


class ByServiceDay(GlobalSecondaryIndex["RouteItem"]):
    """The routes of a hub's day."""

    class Meta:
        """Named as in the template."""

        index_name = "by_service_day"
        projection = AllProjection()

    service_day_hub = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class RouteItem(Item):
    """A plan; ``stops`` is compressed JSON (200 stops stay below 20 kB)."""

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="PLAN")
    service_day_hub = UnicodeAttribute()
    created_at = UnicodeAttribute()
    plan_version = NumberAttribute()
    token = UnicodeAttribute()
    document = JSONAttribute()
    stops = BinaryAttribute(legacy_encoding=False)
    by_service_day = ByServiceDay()


class DepartureItem(Item):
    """A place of the route was left; ``etas`` is packed as in a track. Times are milliseconds."""

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    driver_id = UnicodeAttribute()
    stop_index = NumberAttribute(null=True)
    arrived_ms = NumberAttribute(null=True)
    left_ms = NumberAttribute()
    told_ms = NumberAttribute()
    news_ms = NumberAttribute(null=True)
    stop_count = NumberAttribute()
    etas = BinaryAttribute(legacy_encoding=False)
    stood_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()
