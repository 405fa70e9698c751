"""What needs somebody of the office, for staff."""

from typing import Final

from chalicelib.api.schemas.attention import AttentionOut, AttentionQuery, ClosedIn
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.attention.concerns import Concern
from chalicelib.domain.errors import NotFound
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.queries import Position

attention: Final = Endpoints(__name__)


@attention.endpoint(
    "/v1/attention", method="GET", principals=STAFF, query=AttentionQuery, gives=AttentionOut
)
def get_attention(_: Actor, query: AttentionQuery, position: Position) -> Listing[Concern]:
    """What needs somebody, most urgent first: vans on the road, then shipments that wait."""
    return container().show_attention(
        kind=query.kind, due_by=query.due_by, limit=query.limit, position=position
    )


@attention.endpoint(
    "/v1/attention/close",
    method="POST",
    principals=DISPATCH,
    takes=ClosedIn,
    status=204,
    refusals=(NotFound,),
)
def post_close(actor: Actor, body: ClosedIn) -> None:
    """Say that what a recipient complained of has been dealt with."""
    shipment_id, about = body.to_domain()
    container().close_concern(shipment_id, about, actor=actor)
