"""Routes, for dispatchers."""

from typing import Final

from chalicelib.api.schemas.edits import EditIn, EditOut, EditQuery, EndOut
from chalicelib.api.schemas.moves import MoveIn, MoveOut
from chalicelib.api.schemas.route_events import RouteEventsOut
from chalicelib.api.schemas.routes import (
    RouteIn,
    RouteOut,
    RouteShipmentOut,
    RouteShipmentsOut,
    RoutesOut,
    RoutesQuery,
    StartedRouteOut,
    StartQuery,
)
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.errors import (
    AlreadyAssigned,
    Deactivated,
    NotFound,
    NothingLoaded,
    NotPlannable,
    NotToday,
    Outdated,
    RouteOver,
    RouteUnderWay,
)
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.events import RouteEvent
from chalicelib.domain.routes.routes import Route, RouteSummary
from chalicelib.domain.versions import Expected
from chalicelib.edge.blueprint import Answer, Endpoints
from chalicelib.edge.preconditions import tag_of
from chalicelib.edge.queries import Position
from chalicelib.edge.schemas import ListingQuery
from chalicelib.services.repeats import Memory
from chalicelib.services.routes.edit_route import EditOrder
from chalicelib.services.routes.end_route import Ended
from chalicelib.services.routes.start_route import StartOrder

routes: Final = Endpoints(__name__)


@routes.endpoint(
    "/v1/routes",
    method="POST",
    principals=DISPATCH,
    takes=RouteIn,
    gives=RouteOut,
    status=201,
    commits_answer=True,
    versioned=True,
    refusals=(AlreadyAssigned, NotPlannable, Deactivated),
)
def post_route(actor: Actor, body: RouteIn, memory: Memory) -> Answer:
    """Make a route out of shipments."""
    remembered = memory.of_shown(_tagged)
    return _tagged(container().plan_route(body.to_domain(), actor=actor, memory=remembered))


@routes.endpoint("/v1/routes", method="GET", principals=STAFF, query=RoutesQuery, gives=RoutesOut)
def get_routes(_: Actor, query: RoutesQuery, position: Position) -> Listing[RouteSummary]:
    """A hub's routes of one service day."""
    return container().show_routes.of_day(
        query.service_day, HubId(query.hub_id), limit=query.limit, position=position
    )


@routes.endpoint(
    "/v1/routes/{route_id}",
    method="GET",
    principals=STAFF,
    gives=RouteOut,
    versioned=True,
    refusals=(NotFound,),
)
def get_route(_: Actor, route_id: str) -> Answer:
    """One route with its progress; its ETag is for changes of its plan."""
    shown = container().show_routes.one(RouteId(route_id))
    return Answer(shown, _tag(shown.route.plan_version))


@routes.endpoint(
    "/v1/routes/{route_id}",
    method="PATCH",
    principals=DISPATCH,
    takes=EditIn,
    query=EditQuery,
    gives=EditOut,
    versioned=True,
    refusals=(NotFound, AlreadyAssigned, NotPlannable, Deactivated, RouteOver),
)
def patch_route(
    actor: Actor, body: EditIn, query: EditQuery, expected: Expected, route_id: str
) -> Answer:
    """Edit a plan, also while it is driven, or ask what an edit would do."""
    order = EditOrder(body.to_domain(), expected, is_dry_run=query.dry_run)
    done = EditOut.of(container().edit_route(RouteId(route_id), order, actor=actor))
    return Answer(done, _tag(done.plan_version))


@routes.endpoint(
    "/v1/routes/{route_id}/shipments",
    method="GET",
    principals=STAFF,
    gives=RouteShipmentsOut,
    refusals=(NotFound,),
)
def get_route_shipments(_: Actor, route_id: str) -> RouteShipmentsOut:
    """Whose doors a route goes to: its shipments, in the order of its stops."""
    found = container().show_routes.aboard(RouteId(route_id))
    return RouteShipmentsOut(data=tuple(RouteShipmentOut.aboard(each) for each in found))


@routes.endpoint(
    "/v1/routes/{route_id}/events",
    method="GET",
    principals=STAFF,
    query=ListingQuery,
    gives=RouteEventsOut,
    refusals=(NotFound,),
)
def get_route_events(
    _: Actor, query: ListingQuery, position: Position, route_id: str
) -> Listing[RouteEvent]:
    """What became of a route, oldest first."""
    return container().show_routes.history(RouteId(route_id), limit=query.limit, position=position)


@routes.endpoint(
    "/v1/routes/{route_id}/moves",
    method="POST",
    principals=DISPATCH,
    takes=MoveIn,
    query=EditQuery,
    gives=MoveOut,
    refusals=(NotFound, Outdated, NotPlannable, RouteOver),
)
def post_move(actor: Actor, body: MoveIn, query: EditQuery, route_id: str) -> MoveOut:
    """Move a stop to another route, both planned or driven, or ask what that would do."""
    order = body.to_domain(is_dry_run=query.dry_run)
    return MoveOut.of(container().move_stop(RouteId(route_id), order, actor=actor))


@routes.endpoint(
    "/v1/routes/{route_id}/start",
    method="POST",
    principals=DISPATCH,
    query=StartQuery,
    gives=StartedRouteOut,
    versioned=True,
    refusals=(NotFound, NothingLoaded, NotToday, RouteOver, RouteUnderWay),
)
def post_start(actor: Actor, query: StartQuery, route_id: str) -> Answer:
    """Start a route for its driver. The answer names what is missing on the van."""
    order = StartOrder(confirms_other_day=query.confirm_other_day)
    started = container().start_route(RouteId(route_id), actor=actor, order=order)
    loaded = container().show_routes.loaded(started)
    return Answer(loaded, _tag(loaded.route.plan_version))


@routes.endpoint(
    "/v1/routes/{route_id}/cancel",
    method="POST",
    principals=DISPATCH,
    gives=EndOut,
    versioned=True,
    refusals=(NotFound, RouteOver),
)
def post_cancel(actor: Actor, route_id: str) -> Answer:
    """Cancel a route: what has no outcome can be planned again."""
    return _ended(container().end_route.cancel(RouteId(route_id), actor=actor))


@routes.endpoint(
    "/v1/routes/{route_id}/complete",
    method="POST",
    principals=DISPATCH,
    gives=EndOut,
    versioned=True,
    refusals=(NotFound, RouteOver),
)
def post_complete(actor: Actor, route_id: str) -> Answer:
    """End a route that is under way: what is still aboard goes back to the hub."""
    return _ended(container().end_route.complete(RouteId(route_id), actor=actor))


def _tag(plan_version: int) -> dict[str, str]:
    return {"ETag": tag_of(plan_version)}


def _tagged(route: Route) -> Answer:
    return Answer(route, _tag(route.plan_version))


def _ended(ended: Ended) -> Answer:
    return Answer(ended, _tag(ended.route.plan_version))
