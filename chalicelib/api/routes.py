"""Routes, for dispatchers."""

from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.routes import RouteIn, RouteOut, RoutesOut, RouteSummaryOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.edge.blueprint import STAFF, ApiBlueprint, reply
from chalicelib.edge.bodies import parsed
from chalicelib.edge.queries import day, identifier, paging, parameters, require

routes: Final = ApiBlueprint(__name__)
READERS: Final = STAFF | {Role.MANAGER}
FILTERS: Final = frozenset({"service_day", "hub_id", "limit", "cursor"})


@routes.endpoint("/v1/routes", method="POST", principals=STAFF)
def post_route(actor: Actor) -> Response:
    """Make a route out of shipments."""
    body = parsed(RouteIn, routes.current_request)
    return reply(RouteOut.of(container().plan_route(body.to_domain(), actor=actor)), 201)


@routes.endpoint("/v1/routes", method="GET", principals=READERS)
def get_routes(actor: Actor) -> Response:
    """A hub's routes of one service day."""
    found = parameters(routes.current_request, FILTERS)
    asked = paging(routes.current_request, actor, found)
    require(found, "service_day", "hub_id")
    page = container().show_routes.of_day(
        day(found, "service_day"),
        HubId(identifier(found, "hub_id")),
        limit=asked.limit,
        position=asked.position,
    )
    return reply(
        RoutesOut(
            data=tuple(RouteSummaryOut.of(route) for route in page.data),
            next_cursor=asked.next_cursor(page.position),
        )
    )


@routes.endpoint("/v1/routes/{route_id}", method="GET", principals=READERS)
def get_route(actor: Actor, route_id: str) -> Response:
    """One route."""
    del actor
    return reply(RouteOut.of(container().show_routes.one(RouteId(route_id))))


@routes.endpoint("/v1/routes/{route_id}/start", method="POST", principals=STAFF)
def post_start(actor: Actor, route_id: str) -> Response:
    """Start a route for its driver."""
    return reply(RouteOut.of(container().start_route(RouteId(route_id), actor=actor)))
