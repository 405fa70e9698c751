"""Messages between recipients and those who deliver, for drivers, shippers and staff."""

from typing import Final

from chalicelib.api.schemas.messages import (
    DraftIn,
    DriverMessageIn,
    MessageOut,
    MessagesOut,
    SeenIn,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, Actor
from chalicelib.domain.errors import NotFound, ThreadClosed, ThreadFull, TooManyMessages
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.messages.threads import Message
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import DRIVERS, SHIPPERS, SHIPPERS_AND_STAFF
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory

messages: Final = Endpoints(__name__)


@messages.endpoint(
    "/v1/shipments/{shipment_id}/messages",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=ListingQuery,
    gives=MessagesOut,
    refusals=(NotFound,),
)
def get_messages(
    actor: Actor, query: ListingQuery, position: Position, shipment_id: str
) -> Listing[MessageOut]:
    """The messages about a shipment, oldest first."""
    found = container().read_messages.of_office(
        ShipmentId(shipment_id), actor, limit=query.limit, position=position
    )
    return _shown(found)


@messages.endpoint(
    "/v1/shipments/{shipment_id}/messages",
    method="POST",
    principals=SHIPPERS | DISPATCH,
    takes=DraftIn,
    gives=MessageOut,
    status=201,
    commits_answer=True,
    refusals=(NotFound, ThreadFull, TooManyMessages),
)
def post_message(actor: Actor, body: DraftIn, memory: Memory, shipment_id: str) -> Message:
    """Write to the recipient; the driver reads it too."""
    return container().write_message.of_office(
        ShipmentId(shipment_id), body.to_domain(), actor=actor, memory=memory
    )


@messages.endpoint(
    "/v1/driver/messages",
    method="GET",
    principals=DRIVERS,
    query=ListingQuery,
    gives=MessagesOut,
)
def get_driver_messages(
    actor: Actor, query: ListingQuery, position: Position
) -> Listing[MessageOut]:
    """The messages about all shipments of the route under way, else of the next one."""
    found = container().read_messages.of_driver(actor, limit=query.limit, position=position)
    return _shown(found)


@messages.endpoint(
    "/v1/driver/messages",
    method="POST",
    principals=DRIVERS,
    takes=DriverMessageIn,
    gives=MessageOut,
    status=201,
    refusals=(NotFound, ThreadClosed, ThreadFull, TooManyMessages),
)
def post_driver_message(actor: Actor, body: DriverMessageIn) -> Message:
    """Write to the recipient of a shipment on this driver's route."""
    return container().write_message.of_driver(
        ShipmentId(body.shipment_id), body.to_domain(), action_id=body.action_id, actor=actor
    )


@messages.endpoint(
    "/v1/driver/messages/seen",
    method="POST",
    principals=DRIVERS,
    takes=SeenIn,
    status=204,
    refusals=(NotFound,),
)
def post_driver_seen(actor: Actor, body: SeenIn) -> None:
    """Say how far the driver has read a thread."""
    shipment_id, message_id = body.to_domain()
    container().read_messages.seen_by_driver(shipment_id, message_id, actor=actor)


def _shown(found: Listing[Message]) -> Listing[MessageOut]:
    return Listing(tuple(map(MessageOut.of, found.data)), found.position)
