"""The tables as PynamoDB sees them. No model leaves this folder.

=========  ===========  ======================  ============================================
table      partition    sort key ``item``       read by
=========  ===========  ======================  ============================================
shipments  shipment_id  SHIPMENT                query; what changes; index by_attention
..         ..           SHIPMENT#DETAILS        query; index by_shipper (created_at)
..         ..           EVENT#<seq>             query; index by_feed (time of the commit)
..         ..           THREAD                  get; who wrote last, and who has read how far
..         ..           THREAD#<message_id>     query; a message
..         ..           UPLOAD#<proof_id>       query; index by_attention while it is awaited
..         ..           SIGNED#<number>         query; a signed manifest, never changed
..         route_id     EVENT#<seq>             query; what became of a route; expires
..         shipper_id   IMPORT#<import_id>      get, query; an import of a file; expires
routes     route_id     PLAN                    get; index by_service_day (day#hub), by_duty
..         ..           MANIFEST                query; HANDLED…PLAN is one run sheet; expires
..         ..           HANDLED                 query; numbers of the plan; expires
..         ..           DEPARTURE#<at>#<stop>   query; stream; expires
..         ..           THREAD#<message_id>     query; a message, for the route's driver; expires
fleet      driver_id    LIVE                    get
..         ..           TRACK#<first>#<hash>    query over a span of time; expires
accounts   account_id   SHIPPER, DRIVER, HUB    get; index by_kind (created_at)
..         ..           TEAM, VEHICLE, KEY      get; index by_kind
..         ..           INVITATION              get; index by_kind (expiry); expires
..         ..           RING#<label's hash>     get; live keys of one owner and label
..         ..           WEBHOOK#<id>            query
..         ..           AUDIT#<at>#<id>         query; index by_kind; expires
..         ..           SIGNING#<n>             query; the signing keys
..         ..           SEALKEY#<id>            query; public keys of seals, for ever
travel     page                                 batch get; PAGE, ASIDE and how far routes are learnt
ledger     key                                  get, batch get
metrics    owner_id     ROUTE#<day>#<route>     get, query; owner: hub; facts of a route; expires
..         ..           DAY#<day>#000           get, query; owner: hub; a day in all; expires
..         ..           DRIVERS#<day>#<n>       query; owner: hub; a day by driver; expires
..         ..           SHIPPERS#<day>#<n>      query; owner: hub; a day by shipper; expires
..         ..           ON#<route>              query; owner: shipment; it was on a route; expires
=========  ===========  ======================  ============================================

One query back from ``SHIPMENT#~`` has the details, the state and the newest events of a shipment.
Nothing else may sort between ``EVENT#`` and there. Messages are ``THREAD#<ulid>``, proofs that were
inspected stay ``UPLOAD#<proof_id>``, and feedback will be ``AFTER#FEEDBACK``.

SIGNED holds what was sealed, with names and addresses: it is never changed, and expires with its
shipment.

MANIFEST holds personal data, a copy of what shipments say: whoever changes a shipment's details or
erases a recipient writes the manifest of its route too.

``token`` marks each write with the writer's own mark: a condition that fails because the SDK
repeated our own write after a lost answer recognises it.
"""

from collections.abc import Mapping

from chalicelib.adapters.dynamodb.item import Shared


def bind(names_by_folder: Mapping[str, str]) -> None:
    """Tell all models the names of their tables. A model's table is named by its folder in here.

    Models that are not imported yet, and perhaps never will be, find theirs when they are used.
    """
    Shared.names_by_folder = names_by_folder
