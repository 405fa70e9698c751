"""The feed of events, for shippers and staff."""

from typing import Final

from chalicelib.api.schemas.events import FeedOut, FeedQuery
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipperId
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.events import Event
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF
from chalicelib.edge.queries import Position

events: Final = Endpoints(__name__)


@events.endpoint(
    "/v1/events",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=FeedQuery,
    gives=FeedOut,
    refusals=(NotFound,),
)
def get_feed(actor: Actor, query: FeedQuery, position: Position) -> Listing[Event]:
    """All events of a shipper in the order in which they were written."""
    return container().read_feed(
        actor,
        shipper_id=None if query.shipper_id is None else ShipperId(query.shipper_id),
        since=query.since,
        limit=query.limit,
        position=position,
    )
