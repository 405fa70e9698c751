"""When a shipment comes, for shippers and staff."""

from typing import Final

from chalicelib.api.schemas.eta import ShipmentEtaOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.tracking.eta_story import EtaStory
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.principals import SHIPPERS_AND_STAFF

eta: Final = Endpoints(__name__)


@eta.endpoint(
    "/v1/shipments/{shipment_id}/eta",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=ShipmentEtaOut,
    refusals=(NotFound,),
)
def get_eta(actor: Actor, shipment_id: str) -> EtaStory:
    """When a shipment comes: planned, promised, live, and all that was told."""
    return container().show_eta(ShipmentId(shipment_id), actor)
