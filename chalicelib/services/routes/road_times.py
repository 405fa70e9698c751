"""A road network is asked when a plan is made or edited, and its seconds stay in the plan."""

from collections.abc import Sequence

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.routes.routes import Route
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.routes import RoadNetwork


def with_road_times(route: Route, road_network: RoadNetwork) -> Route:
    """Without them when the network fails: a plan by the great circle is better than none."""
    return with_road_times_each([route], road_network)[0]


def with_road_times_each(routes: Sequence[Route], road_network: RoadNetwork) -> list[Route]:
    """The same for several routes, in the time that one may take: their places are one question."""
    places: list[Coordinates] = [place for route in routes for place in route.places]
    if len(places) <= len(routes):
        return list(routes)  # no route has a stop
    try:
        times_s = road_network.travel_times(places)
    except Unavailable as exc:
        count(Metric.ROAD_NETWORK_FAILOVERS)
        logger.warning(
            "road network failed over",
            extra={"route_id": routes[0].id, "cause": type(exc.__cause__).__name__},
        )
        times_s = (None,) * (len(places) - 1)
    found: list[Route] = []
    begin = 0
    for route in routes:
        end = begin + len(route.stops)
        found.append(route.with_road_times(times_s[begin:end]))
        begin = end + 1  # over the leg from the last stop of a route to the hub of the next
    return found
