"""Routes, for dispatchers."""

from typing import Final

from chalicelib.api.schemas.routes import RouteIn, RouteOut, RoutesOut, RoutesQuery, StartQuery
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import DISPATCH, STAFF, Actor
from chalicelib.domain.errors import (
    AlreadyAssigned,
    Deactivated,
    NotFound,
    NothingLoaded,
    NotPlannable,
    NotToday,
    RouteUnderWay,
)
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.routes import Route, RouteSummary
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.queries import Position
from chalicelib.services.repeats import Memory
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
    refusals=(NotFound, AlreadyAssigned, NotPlannable, Deactivated),
)
def post_route(actor: Actor, body: RouteIn, memory: Memory) -> Route:
    """Make a route out of shipments."""
    return container().plan_route(body.to_domain(), actor=actor, memory=memory)


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
    refusals=(NotFound,),
)
def get_route(_: Actor, route_id: str) -> Route:
    """One route."""
    return container().show_routes.one(RouteId(route_id))


@routes.endpoint(
    "/v1/routes/{route_id}/start",
    method="POST",
    principals=DISPATCH,
    query=StartQuery,
    gives=RouteOut,
    refusals=(NotFound, NothingLoaded, NotToday, RouteUnderWay),
)
def post_start(actor: Actor, query: StartQuery, route_id: str) -> Route:
    """Start a route for its driver."""
    order = StartOrder(confirms_other_day=query.confirm_other_day)
    return container().start_route(RouteId(route_id), actor=actor, order=order)
