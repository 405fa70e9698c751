"""Shipments: found by reference, barcode or day, and one with its whole story."""

from typing import Final

from chalice.app import Response

from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.shipments.statuses import Status
from chalicelib.edge import replies
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF
from chalicelib.pages.console.frames import ConsoleFrames

search: Final = Endpoints(__name__)
frames: Final = ConsoleFrames(search)


@search.endpoint(
    "/console/shipments",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    media_types=(replies.HTML,),
    refuse=frames.refused,
)
def shipments_page(actor: Actor) -> Response:
    """The list of shipments, with its search."""
    return frames.page(
        actor,
        "console/shipments.html",
        view="shipments",
        statuses=[status.value for status in Status],
    )


@search.endpoint(
    "/console/shipments/{shipment_id}",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    media_types=(replies.HTML,),
    refusals=(NotFound,),
    refuse=frames.refused,
)
def shipment_page(actor: Actor, shipment_id: str) -> Response:
    """One shipment: its state, its story, what the customer was told, links."""
    found = container().show_shipments.one(ShipmentId(shipment_id), actor)
    return frames.page(
        actor,
        "console/shipment.html",
        view="shipments",
        data={"shipmentId": found.id},
        shipment=found,
    )
