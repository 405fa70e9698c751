"""Tracking links of shipments, for shippers and staff."""

from typing import Final

from chalicelib.api.schemas.links import LinkIn, LinkOut, LinksOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, Actor
from chalicelib.domain.errors import NoMoreLinks, NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.tracking.shared_links import LinkStatus
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS, SHIPPERS_AND_STAFF
from chalicelib.services.repeats import Memory
from chalicelib.services.tracking.manage_links import ShipmentLinks

links: Final = Endpoints(__name__)


@links.endpoint(
    "/v1/shipments/{shipment_id}/links",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=LinksOut,
    refusals=(NotFound,),
)
def get_links(actor: Actor, shipment_id: str) -> Listing[LinkOut]:
    """All tracking links of a shipment, the present one first."""
    return Listing(_shown(container().manage_links.listed(ShipmentId(shipment_id), actor)))


@links.endpoint(
    "/v1/shipments/{shipment_id}/links",
    method="POST",
    principals=SHIPPERS | DISPATCH,
    takes=LinkIn,
    gives=LinkOut,
    status=201,
    commits_answer=True,
    refusals=(NotFound, NoMoreLinks),
)
def post_link(actor: Actor, body: LinkIn, memory: Memory, shipment_id: str) -> LinkOut:
    """Make another tracking link; the present one opens nothing from then on."""
    del body
    return _present(
        container().manage_links.renew(
            ShipmentId(shipment_id), actor, memory=memory.of_shown(_present)
        )
    )


@links.endpoint(
    "/v1/shipments/{shipment_id}/links/{number}",
    method="DELETE",
    principals=SHIPPERS | DISPATCH,
    status=204,
    refusals=(NotFound, NoMoreLinks),
)
def delete_link(actor: Actor, shipment_id: str, number: str) -> None:
    """Revoke a tracking link; the next one is sent with the next notice."""
    if not (number.isascii() and number.isdigit()):
        raise NotFound
    container().manage_links.revoke(ShipmentId(shipment_id), int(number[:4]), actor)


def _shown(found: ShipmentLinks) -> tuple[LinkOut, ...]:
    url = container().tracking_links(found.shipment)
    return tuple(
        LinkOut.joined(link, tracking_url=url if link.status is LinkStatus.ACTIVE else None)
        for link in found.links
    )


def _present(found: ShipmentLinks) -> LinkOut:
    return _shown(found)[0]
