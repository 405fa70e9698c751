"""The tables as PynamoDB sees them. No model leaves this folder.

=========  ===========  ======================  ============================================
table      partition    sort key ``item``       read by
=========  ===========  ======================  ============================================
shipments  shipment_id  SHIPMENT                query; what changes
..         ..           SHIPMENT#DETAILS        query; index by_shipper (created_at)
..         ..           EVENT#<seq>             query
..         ..           UPLOAD#<proof_id>       query; an upload that was allowed
routes     route_id     PLAN                    get; index by_service_day (day#hub), by_duty
..         ..           MANIFEST                query; HANDLED…PLAN is one run sheet; expires
..         ..           HANDLED                 query; numbers of the plan; expires
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

One query back from ``SHIPMENT#~`` has the details, the state and the newest events of a shipment.
Nothing else may sort between ``EVENT#`` and there. Messages will be ``THREAD#<ulid>``, proofs that
were inspected stay ``UPLOAD#<proof_id>``, and feedback will be ``AFTER#FEEDBACK``.

MANIFEST holds personal data, a copy of what shipments say: whoever changes a shipment's details or
erases a recipient writes the manifest of its route too.

``token`` marks each write with the writer's own mark: a condition that fails because the SDK
repeated our own write after a lost answer recognises it.
"""

from typing import Final

from chalicelib.adapters.dynamodb.accounts.items import AccountItem
from chalicelib.adapters.dynamodb.fleet.items import LiveItem, TrackItem
from chalicelib.adapters.dynamodb.item import Item, Shared
from chalicelib.adapters.dynamodb.ledger.items import LedgerItem, RememberedItem
from chalicelib.adapters.dynamodb.routes.items import (
    DepartureItem,
    HandledItem,
    ManifestItem,
    RouteItem,
    RunSheetItem,
)
from chalicelib.adapters.dynamodb.shipments.items import EventItem, ShipmentItem, UploadItem
from chalicelib.adapters.dynamodb.travel.items import LearningMarkItem, PageItem

_MODELS_BY_TABLE: Final[dict[str, tuple[type[Item], ...]]] = {
    "shipments": (ShipmentItem, EventItem, UploadItem),
    "routes": (RouteItem, ManifestItem, HandledItem, RunSheetItem, DepartureItem),
    "fleet": (LiveItem, TrackItem),
    "accounts": (AccountItem,),
    "travel": (PageItem, LearningMarkItem),
    "ledger": (RememberedItem, LedgerItem),
}


def bind(names_by_table: dict[str, str]) -> None:
    """Tell the models the names of their tables: one for each row of the above."""
    Shared.client = None
    for table, models in _MODELS_BY_TABLE.items():
        for model in models:
            model.Meta.table_name = names_by_table[table]
            # PynamoDB caches the connection on the class; a new name needs a new one.
            model._connection = None  # noqa: SLF001 - the only way to point a model at another table
