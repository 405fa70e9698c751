"""Items of the routes table. What they hold is packed and unpacked by their neighbours here."""

from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from chalicelib.adapters.dynamodb.item import Connection, Item

ON_DUTY: Final = "on"
"""The one partition of the index ``by_duty``. It changes only when routes start and end."""


class ByServiceDay(GlobalSecondaryIndex["RouteItem"]):
    """The routes of a hub's day. An entry is written anew only when its summary changes."""

    class Meta:
        """Named as in the template."""

        index_name = "by_service_day"
        projection = IncludeProjection(["summary"])

    service_day_hub = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)
    route_id = UnicodeAttribute()
    summary = BinaryAttribute(legacy_encoding=False, null=True)


class ByDuty(GlobalSecondaryIndex["RouteItem"]):
    """The routes under way, by driver. An entry comes with a start and goes with the last stop."""

    class Meta:
        """Named as in the template."""

        index_name = "by_duty"
        projection = KeysOnlyProjection()

    duty = UnicodeAttribute(hash_key=True)
    driver_id = UnicodeAttribute(range_key=True)
    route_id = UnicodeAttribute()


class RouteItem(Item):
    """A plan: ``summary`` and ``plan``; in version 1 ``document`` and ``stops``.

    ``duty`` is there while the route is under way.
    """

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="PLAN")
    service_day_hub = UnicodeAttribute()
    created_at = UnicodeAttribute()
    plan_version = NumberAttribute()
    token = UnicodeAttribute()
    summary = BinaryAttribute(legacy_encoding=False, null=True)
    plan = BinaryAttribute(legacy_encoding=False, null=True)
    document = JSONAttribute(null=True)
    stops = BinaryAttribute(legacy_encoding=False, null=True)
    duty = UnicodeAttribute(null=True)
    driver_id = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    by_service_day = ByServiceDay()
    by_duty = ByDuty()


class ManifestItem(Item):
    """Personal data, packed. Without it, the mark of a route whose planning was closed."""

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="MANIFEST")
    version = NumberAttribute()
    token = UnicodeAttribute()
    manifest = BinaryAttribute(legacy_encoding=False, null=True)
    expires_at = NumberAttribute()


class HandledItem(Item):
    """Numbers of parcels and shipments of the plan; sets that are only added to."""

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="HANDLED")
    parcels = NumberSetAttribute(null=True)
    failed = NumberSetAttribute(null=True)
    delivered = NumberSetAttribute(null=True)
    failed_parcels = NumberSetAttribute(null=True)
    delivered_parcels = NumberSetAttribute(null=True)
    expires_at = NumberAttribute()


class RunSheetItem(Item):
    """Any item from HANDLED to PLAN, as one query reads them."""

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    created_at = UnicodeAttribute(null=True)
    summary = BinaryAttribute(legacy_encoding=False, null=True)
    plan = BinaryAttribute(legacy_encoding=False, null=True)
    document = JSONAttribute(null=True)
    stops = BinaryAttribute(legacy_encoding=False, null=True)
    version = NumberAttribute(null=True)
    manifest = BinaryAttribute(legacy_encoding=False, null=True)
    parcels = NumberSetAttribute(null=True)
    failed = NumberSetAttribute(null=True)
    delivered = NumberSetAttribute(null=True)
    failed_parcels = NumberSetAttribute(null=True)
    delivered_parcels = NumberSetAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class RouteMessageItem(Item):
    """A message of a shipment of this route, for its driver."""

    class Meta(Connection):
        """Bound at start."""

    route_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    document = UnicodeAttribute()
    expires_at = NumberAttribute()


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
