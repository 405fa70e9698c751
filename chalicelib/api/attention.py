"""What needs somebody of the office, for staff."""

from typing import Final

from chalicelib.api.schemas.attention import (
    AttentionOut,
    AttentionQuery,
    ClosedIn,
    HandlingIn,
    HandlingOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.attention.concerns import Concern
from chalicelib.domain.attention.handling import Handling
from chalicelib.domain.errors import NotFound
from chalicelib.domain.listings import Listing
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Answer, Endpoints
from chalicelib.edge.preconditions import tag_of
from chalicelib.edge.queries import Position

attention: Final = Endpoints(__name__)


@attention.endpoint(
    "/v1/attention", method="GET", principals=STAFF, query=AttentionQuery, gives=AttentionOut
)
def get_attention(_: Actor, query: AttentionQuery, position: Position) -> Listing[Concern]:
    """What needs somebody, most urgent first: vans on the road, then shipments that wait."""
    return container().show_attention(
        kind=query.kind,
        due_by=query.due_by,
        handled=query.handled,
        limit=query.limit,
        position=position,
    )


@attention.endpoint(
    "/v1/attention/{concern}",
    method="GET",
    principals=STAFF,
    gives=HandlingOut,
    versioned=True,
    refusals=(NotFound,),
)
def get_handling(_: Actor, concern: str) -> Answer:
    """What colleagues have done about a concern; its ETag is for doing something about it."""
    return _tagged(container().handle_concern.now(concern))


@attention.endpoint(
    "/v1/attention/{concern}",
    method="PATCH",
    principals=DISPATCH,
    takes=HandlingIn,
    gives=HandlingOut,
    versioned=True,
    refusals=(NotFound,),
)
def patch_handling(actor: Actor, body: HandlingIn, expected: Expected, concern: str) -> Answer:
    """Take a concern, snooze it, be done with it, or give it back."""
    return _tagged(container().handle_concern(concern, body.to_domain(), expected, actor=actor))


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


def _tagged(handling: Handling | None) -> Answer:
    shown = HandlingOut.of(handling)
    return Answer(shown, {"ETag": tag_of(shown.version)})
