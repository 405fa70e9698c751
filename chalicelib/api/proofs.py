"""Proofs of shipments, for shippers and staff."""

from typing import Final

from chalicelib.api.schemas.proofs import ShownProofOut, ShownProofsOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF

proofs: Final = Endpoints(__name__)


@proofs.endpoint(
    "/v1/shipments/{shipment_id}/proofs",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=ShownProofsOut,
    refusals=(NotFound,),
)
def get_proofs(actor: Actor, shipment_id: str) -> Listing[ShownProofOut]:
    """The proofs of all attempts, oldest first, with addresses that are good for five minutes."""
    shown = container().show_proofs(ShipmentId(shipment_id), actor)
    return Listing(tuple(map(ShownProofOut.of, shown)))
