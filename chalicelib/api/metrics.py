"""How well it all goes, for those who run it."""

from typing import Final

from chalicelib.api.schemas.metrics import DayAccuracyOut, EtaAccuracyQuery, JudgedRouteOut
from chalicelib.bootstrap.container import container
from chalicelib.domain.actors import STAFF, Actor
from chalicelib.domain.errors import NotFound
from chalicelib.domain.ids import RouteId
from chalicelib.domain.listings import Listing
from chalicelib.edge.blueprint import Endpoints
from chalicelib.edge.queries import Position
from chalicelib.services.learning.show_accuracy import RouteAccuracy

metrics: Final = Endpoints(__name__)


@metrics.endpoint(
    "/v1/metrics/eta",
    method="GET",
    principals=STAFF,
    query=EtaAccuracyQuery,
    gives=(DayAccuracyOut, JudgedRouteOut),
    refusals=(NotFound,),
)
def get_eta_accuracy(
    _: Actor, query: EtaAccuracyQuery, position: Position
) -> Listing[RouteAccuracy] | JudgedRouteOut:
    """Error and coverage of ETAs by horizon: of one route, or of a hub's routes of a day."""
    if query.route_id is not None:
        found = container().show_accuracy.of_route(RouteId(query.route_id))
        return JudgedRouteOut.of(found)
    service_day, hub_id = query.day_of_hub()
    return container().show_accuracy.of_day(
        service_day, hub_id, limit=query.limit, position=position
    )
