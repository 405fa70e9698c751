"""A road network is asked when a plan is made or edited, and its seconds stay in the plan."""

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.routes.routes import Route
from chalicelib.observability import Metric, count, logger
from chalicelib.services.ports.routes import RoadNetwork


def with_road_times(route: Route, road_network: RoadNetwork) -> Route:
    """Without them when the network fails: a plan by the great circle is better than none."""
    try:
        times_s = road_network.travel_times(route.places)
    except Unavailable as exc:
        count(Metric.ROAD_NETWORK_FAILOVERS)
        logger.warning(
            "road network failed over",
            extra={"route_id": route.id, "cause": type(exc.__cause__).__name__},
        )
        times_s = (None,) * len(route.stops)
    return route.with_road_times(times_s)
