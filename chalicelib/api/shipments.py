"""Shipments, for shippers and staff."""

from typing import Final

from chalicelib.api.schemas.amendments import (
    CorrectionIn,
    ReasonIn,
    RetryIn,
    ShipmentChangesIn,
)
from chalicelib.api.schemas.batches import BatchIn, BatchOut, RowOut
from chalicelib.api.schemas.events import EventsOut
from chalicelib.api.schemas.searches import ShipmentsQuery
from chalicelib.api.schemas.shipments import (
    NewShipmentQuery,
    PlaceIn,
    ShipmentCreatedOut,
    ShipmentIn,
    ShipmentOut,
    ShipmentsOut,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, Actor
from chalicelib.domain.errors import (
    AlreadyUnderWay,
    IllegalTransition,
    NotFound,
    NotRough,
    OnRoute,
    ReferenceTaken,
    StillOnTheRoad,
    TooLateToChange,
)
from chalicelib.domain.ids import ShipmentId
from chalicelib.domain.listings import Listing
from chalicelib.domain.shipments.batches import RowVerdict
from chalicelib.domain.shipments.creation import Created, Outcome
from chalicelib.domain.shipments.events import Event
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Answer, Endpoints
from chalicelib.edge.bodies import MAX_SHIPMENTS_BYTES
from chalicelib.edge.principals import SHIPPERS, SHIPPERS_AND_DISPATCH, SHIPPERS_AND_STAFF
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory

shipments: Final = Endpoints(__name__)


@shipments.endpoint(
    "/v1/shipments",
    method="POST",
    principals=SHIPPERS,
    takes=ShipmentIn,
    query=NewShipmentQuery,
    gives=ShipmentCreatedOut,
    status=201,
    also={200: "The shipment that has this reference already, with its `outcome`."},
    commits_answer=True,
    refusals=(ReferenceTaken, AlreadyUnderWay),
)
def post_shipment(
    actor: Actor, body: ShipmentIn, query: NewShipmentQuery, memory: Memory
) -> Answer:
    """Create a shipment; with ``if_exists=update``, change the one with its reference."""

    def shown(created: Created) -> Answer:
        answer = ShipmentCreatedOut.joined(
            created.shipment,
            outcome=created.outcome,
            tracking_url=container().tracking_links(created.shipment),
            warnings=(*body.doubts(), *created.warnings),
        )
        return Answer(answer, status=None if created.outcome is Outcome.CREATED else 200)

    if memory.result_id:
        made = container().show_shipments.one(ShipmentId(memory.result_id), actor)
        return shown(Created(made))
    return shown(
        container().create_shipment(
            body.to_domain(),
            actor=actor,
            memory=memory.of_shown(shown),
            if_exists=query.if_exists,
        )
    )


@shipments.endpoint(
    "/v1/shipments/batch",
    method="POST",
    principals=SHIPPERS,
    takes=BatchIn,
    query=NewShipmentQuery,
    gives=BatchOut,
    max_bytes=MAX_SHIPMENTS_BYTES,
)
def post_batch(actor: Actor, body: BatchIn, query: NewShipmentQuery) -> BatchOut:
    """Create up to 500 shipments; every row has its own verdict."""
    rows = body.shipments
    orders = [row.to_domain() if isinstance(row, ShipmentIn) else None for row in rows]
    verdicts = container().create_batch(orders, actor=actor, if_exists=query.if_exists)
    return BatchOut.of(
        RowOut.told(i, row, verdict, _link(verdict))
        for i, (row, verdict) in enumerate(zip(rows, verdicts, strict=True))
    )


@shipments.endpoint(
    "/v1/shipments",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=ShipmentsQuery,
    gives=ShipmentsOut,
    refusals=(NotFound,),
)
def get_shipments(actor: Actor, query: ShipmentsQuery, position: Position) -> Listing[ShipmentOut]:
    """A shipper's shipments, newest first, or those that a search finds."""
    page = container().find_shipments(
        query.to_domain(), actor, limit=query.limit, position=position
    )
    return Listing(tuple(map(_shown, page.data)), page.position)


@shipments.endpoint(
    "/v1/shipments/{shipment_id}",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    gives=ShipmentOut,
    versioned=True,
    refusals=(NotFound,),
)
def get_shipment(actor: Actor, shipment_id: str) -> ShipmentOut:
    """One shipment."""
    return _shown(container().show_shipments.one(ShipmentId(shipment_id), actor))


@shipments.endpoint(
    "/v1/shipments/{shipment_id}",
    method="PATCH",
    principals=SHIPPERS_AND_DISPATCH,
    takes=ShipmentChangesIn,
    gives=ShipmentOut,
    versioned=True,
    refusals=(NotFound, OnRoute, StillOnTheRoad, TooLateToChange),
)
def patch_shipment(
    actor: Actor, body: ShipmentChangesIn, expected: Expected, shipment_id: str
) -> ShipmentOut:
    """Change its details."""
    return _shown(
        container().change_shipment(
            ShipmentId(shipment_id), body.of, expected=expected, actor=actor
        )
    )


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/cancel",
    method="POST",
    principals=SHIPPERS_AND_DISPATCH,
    takes=ReasonIn,
    gives=ShipmentOut,
    versioned=True,
    commits_answer=True,
    refusals=(NotFound, IllegalTransition, StillOnTheRoad),
)
def post_cancel_shipment(
    actor: Actor, body: ReasonIn, memory: Memory, shipment_id: str
) -> ShipmentOut:
    """Cancel it, before it is out for delivery."""
    return _shown(
        container().cancel_shipment(
            ShipmentId(shipment_id),
            reason=body.reason,
            actor=actor,
            memory=memory.of_shown(_shown),
        )
    )


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/retry",
    method="POST",
    principals=DISPATCH,
    takes=RetryIn,
    gives=ShipmentOut,
    versioned=True,
    commits_answer=True,
    refusals=(NotFound, IllegalTransition, OnRoute),
)
def post_retry(actor: Actor, body: RetryIn, memory: Memory, shipment_id: str) -> ShipmentOut:
    """Let it be tried again after a failed attempt."""
    return _shown(
        container().retry_shipment(
            ShipmentId(shipment_id),
            body.of,
            actor=actor,
            memory=memory.of_shown(_shown),
        )
    )


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/return",
    method="POST",
    principals=DISPATCH,
    takes=ReasonIn,
    gives=ShipmentOut,
    versioned=True,
    commits_answer=True,
    refusals=(NotFound, IllegalTransition, OnRoute),
)
def post_return(actor: Actor, body: ReasonIn, memory: Memory, shipment_id: str) -> ShipmentOut:
    """Send it back to its sender after a failed attempt."""
    return _shown(
        container().return_shipment.begin(
            ShipmentId(shipment_id),
            reason=body.reason,
            actor=actor,
            memory=memory.of_shown(_shown),
        )
    )


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/returned",
    method="POST",
    principals=DISPATCH,
    gives=ShipmentOut,
    versioned=True,
    commits_answer=True,
    refusals=(NotFound, IllegalTransition, OnRoute),
)
def post_returned(actor: Actor, memory: Memory, shipment_id: str) -> ShipmentOut:
    """Say that its sender has it back."""
    return _shown(
        container().return_shipment.close(
            ShipmentId(shipment_id), actor=actor, memory=memory.of_shown(_shown)
        )
    )


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/corrections",
    method="POST",
    principals=DISPATCH,
    takes=CorrectionIn,
    gives=ShipmentOut,
    versioned=True,
    refusals=(NotFound, IllegalTransition),
)
def post_correction(actor: Actor, body: CorrectionIn, shipment_id: str) -> ShipmentOut:
    """Correct the outcome of its last attempt."""
    return _shown(
        container().correct_outcome(ShipmentId(shipment_id), body.to_domain(), actor=actor)
    )


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/place",
    method="POST",
    principals=DISPATCH,
    takes=PlaceIn,
    gives=ShipmentOut,
    commits_answer=True,
    refusals=(NotRough,),
)
def post_place(actor: Actor, body: PlaceIn, memory: Memory, shipment_id: str) -> ShipmentOut:
    """Say where an address is that was found only roughly."""
    if memory.result_id:
        return _shown(container().show_shipments.one(ShipmentId(memory.result_id), actor))
    placed = container().place_shipment(
        ShipmentId(shipment_id), body.to_domain(), actor=actor, memory=memory.of_shown(_shown)
    )
    return _shown(placed)


@shipments.endpoint(
    "/v1/shipments/{shipment_id}/events",
    method="GET",
    principals=SHIPPERS_AND_STAFF,
    query=ListingQuery,
    gives=EventsOut,
    refusals=(NotFound,),
)
def get_events(
    actor: Actor, query: ListingQuery, position: Position, shipment_id: str
) -> Listing[Event]:
    """Its history, oldest first."""
    return container().show_shipments.events(
        ShipmentId(shipment_id), actor, limit=query.limit, position=position
    )


def _link(verdict: RowVerdict | None) -> str | None:
    if verdict is None or verdict.shipment is None:
        return None
    return container().tracking_links(verdict.shipment)


def _shown(shipment: Shipment) -> ShipmentOut:
    return ShipmentOut.told(shipment, tracking_url=container().tracking_links(shipment))
