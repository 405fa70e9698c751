"""How well it all goes, for those who run it."""

from collections.abc import Mapping
from typing import Final

from chalice.app import Response

from chalicelib.api.schemas.metrics import DayAccuracyOut, JudgedRouteOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.errors import Invalid
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.edge.blueprint import STAFF, ApiBlueprint, reply
from chalicelib.edge.queries import day, identifier, paging, parameters, require

metrics: Final = ApiBlueprint(__name__)
READERS: Final = STAFF | {Role.MANAGER}
OF_DAY: Final = frozenset({"service_day", "hub_id", "limit", "cursor"})
FILTERS: Final = OF_DAY | {"route_id"}
MOST_ROUTES: Final = 5
"""To judge a route of 150 stops with a fix each 20 s takes a function of 512 MB some 4 s of 28."""


@metrics.endpoint("/v1/metrics/eta", method="GET", principals=READERS)
def get_eta_accuracy(actor: Actor) -> Response:
    """Error and coverage of ETAs by horizon: of one route, or of a hub's routes of a day."""
    found = parameters(metrics.current_request, FILTERS)
    if "route_id" in found:
        return _of_route(found)
    asked = paging(metrics.current_request, actor, found, default=MOST_ROUTES, most=MOST_ROUTES)
    require(found, "service_day", "hub_id")
    page = container().show_accuracy.of_day(
        day(found, "service_day"),
        HubId(identifier(found, "hub_id")),
        limit=asked.limit,
        position=asked.position,
    )
    return reply(DayAccuracyOut.of(page.data, asked.next_cursor(page.position)))


def _of_route(found: Mapping[str, str]) -> Response:
    for name in sorted(OF_DAY & found.keys()):
        text = "This parameter is of no use beside route_id."
        raise Invalid(text, pointer=f"?{name}", code="unexpected")
    route_id = RouteId(identifier(found, "route_id"))
    return reply(JudgedRouteOut.of(container().show_accuracy.of_route(route_id)))
