"""The tables as PynamoDB sees them. No model leaves this folder.

=========  ===========  ======================  ============================================
table      partition    sort key ``item``       read by
=========  ===========  ======================  ============================================
shipments  shipment_id  SHIPMENT                get; index by_shipper (created_at)
..         ..           EVENT#<seq>             query; EVENT#…SHIPMENT is one with history
..         ..           UPLOAD#<proof_id>       query; an upload that was allowed
routes     route_id     PLAN                    get; index by_service_day (day#hub)
..         ..           DEPARTURE#<at>#<stop>   query; stream; expires
fleet      driver_id    LIVE                    get
..         ..           TRACK#<first>#<hash>    query over a span of time; expires
accounts   account_id   SHIPPER, DRIVER, HUB    get; index by_kind (created_at)
..         ..           KEY, INVITATION         get
..         ..           WEBHOOK#<id>            query
..         ..           SIGNING#<n>             query; the signing keys
travel     page                                 batch get; PAGE, ASIDE and how far routes are learnt
ledger     key                                  get
=========  ===========  ======================  ============================================

``token`` marks each write with the writer's own mark: a condition that fails because the SDK
repeated our own write after a lost answer recognises it.
"""

from threading import Lock
from typing import Any, Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.connection.table import TableConnection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.adapters.dynamodb.client import dynamodb_client

UNBOUND: Final = "unbound"


class _Connection:
    """How every table is reached: by the client that all share."""

    table_name = UNBOUND


class _Shared:
    """One client for all models: PynamoDB would make each its own, a tenth of a second apiece.

    It is made as those of other services are, with the same tries and time-outs.
    """

    lock = Lock()  # functions deliver in threads, and botocore makes clients in one at a time
    client: Any = None


class Item(Model):
    """What all models are: bound by ``bind``, with the client that they share."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        found = super()._get_connection()
        with _Shared.lock:
            if _Shared.client is None:
                _Shared.client = dynamodb_client()
            found.connection._client = _Shared.client  # noqa: SLF001 - else it makes its own
        return found


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

    class Meta(_Connection):
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

    class Meta(_Connection):
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

    class Meta(_Connection):
        """Bound at start."""

    shipment_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    content_type = UnicodeAttribute()


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

    class Meta(_Connection):
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

    class Meta(_Connection):
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


class LiveItem(Item):
    """A driver's live state, packed: below 1 kB for 120 stops, so that a write costs one unit."""

    class Meta(_Connection):
        """Bound at start."""

    driver_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True, default="LIVE")
    version = NumberAttribute()
    token = UnicodeAttribute()
    route_id = UnicodeAttribute(null=True)
    planned = UnicodeAttribute(null=True)
    live = BinaryAttribute(legacy_encoding=False)


class TrackItem(Item):
    """One batch: its fixes and the ETAs told with them, packed.

    ``told_ms`` is when they were told, our time, ``news_ms`` as of when they were.
    """

    class Meta(_Connection):
        """Bound at start."""

    driver_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    token = UnicodeAttribute()
    route_id = UnicodeAttribute()
    fixes = BinaryAttribute(legacy_encoding=False)
    etas = BinaryAttribute(legacy_encoding=False)
    told_ms = NumberAttribute(null=True)
    news_ms = NumberAttribute(null=True)
    expires_at = NumberAttribute()


class PageItem(Item):
    """A page of what has been learnt, or one set aside that could not be read."""

    class Meta(_Connection):
        """Bound at start."""

    page = UnicodeAttribute(hash_key=True)
    packed = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()
    token = UnicodeAttribute()
    expires_at = NumberAttribute(null=True)


class LearntItem(Item):
    """How far a route has been learnt: the sort key of its last departure."""

    class Meta(_Connection):
        """Bound at start."""

    page = UnicodeAttribute(hash_key=True)
    through = UnicodeAttribute()
    token = UnicodeAttribute()
    expires_at = NumberAttribute()


class ByKind(GlobalSecondaryIndex["AccountItem"]):
    """All accounts of one kind."""

    class Meta:
        """Named as in the template."""

        index_name = "by_kind"
        projection = AllProjection()

    kind = UnicodeAttribute(hash_key=True)
    created_at = UnicodeAttribute(range_key=True)


class AccountItem(Item):
    """Any account; ``document`` holds its fields, ``taken_by`` who used an invitation up."""

    class Meta(_Connection):
        """Bound at start."""

    account_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    created_at = UnicodeAttribute()
    document = JSONAttribute()
    taken_by = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    by_kind = ByKind()


class RememberedItem(Item):
    """What an Idempotency-Key stood for."""

    class Meta(_Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    token = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    result_id = UnicodeAttribute()
    expires_at = NumberAttribute()


class LedgerItem(Item):
    """Who holds a claim until when, or how it ended. Times are epoch seconds."""

    class Meta(_Connection):
        """Bound at start."""

    key = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    owner = UnicodeAttribute()
    lease_until = NumberAttribute()
    outcome = UnicodeAttribute(null=True)
    maybe_duplicate = BooleanAttribute(default=False)
    expires_at = NumberAttribute()


_MODELS_BY_TABLE: Final[dict[str, tuple[type[Item], ...]]] = {
    "shipments": (ShipmentItem, EventItem, UploadItem),
    "routes": (RouteItem, DepartureItem),
    "fleet": (LiveItem, TrackItem),
    "accounts": (AccountItem,),
    "travel": (PageItem, LearntItem),
    "ledger": (RememberedItem, LedgerItem),
}


def bind(names_by_table: dict[str, str]) -> None:
    """Tell the models the names of their tables: one for each row of the above."""
    _Shared.client = None
    for table, models in _MODELS_BY_TABLE.items():
        for model in models:
            model.Meta.table_name = names_by_table[table]
            # PynamoDB caches the connection on the class; a new name needs a new one.
            model._connection = None  # noqa: SLF001 - the only way to point a model at another table
