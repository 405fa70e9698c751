"""Scans at a hub, for dispatchers."""

from typing import Final

from chalicelib.api.schemas.driving import ScansIn
from chalicelib.api.schemas.receiving import HubScansOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import HubId
from chalicelib.edge.blueprint import Endpoints

receiving: Final = Endpoints(__name__)


@receiving.endpoint(
    "/v1/hubs/{hub_id}/scans",
    method="POST",
    principals=DISPATCH,
    takes=ScansIn,
    gives=HubScansOut,
    refusals=(NotFound,),
)
def post_hub_scans(actor: Actor, body: ScansIn, hub_id: str) -> HubScansOut:
    """Accept parcels at a hub, and take in what vans bring back."""
    results = container().receive_parcels(HubId(hub_id), body.to_domain(), actor=actor)
    return HubScansOut.model_validate({"results": results})
