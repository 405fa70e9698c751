"""The start of every use case of a driver: a token that still holds, and the route."""

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import NotFound, Unauthorized
from chalicelib.domain.routes.routes import Route
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes


def live_of(fleet: Fleet, actor: Actor) -> Live:
    """The driver's live state. Raises Unauthorized when the token has been revoked since."""
    if actor.driver_id is None:
        raise Unauthorized
    live = fleet.live(actor.driver_id)
    if live.epoch != actor.epoch:
        raise Unauthorized
    return live


def planned_routes(routes: Routes, live: Live) -> tuple[Route, ...]:
    """The routes that this driver is to start, the earliest first, whenever they were planned."""
    found: list[Route] = []
    for route_id in live.planned:
        try:
            found.append(routes.get(route_id))
        except NotFound:
            continue
    return tuple(sorted(found, key=lambda route: (route.starts_at, route.id)))
