"""Loading: until when a van takes parcels of a route that has begun."""

from datetime import datetime, timedelta

from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.visit_order import PACE_MPS
from chalicelib.domain.geography import distance_m
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route


def is_open_for_loading(live: Live, now: datetime, policy: Policy) -> bool:
    """Whether the van of the driver's last route still takes parcels for it."""
    if live.route_id is None:
        return False
    return live.ended_at is None or now - live.ended_at <= policy.loading_after_end


def can_be_back(live: Live, route: Route, now: datetime, policy: Policy) -> bool:
    """Whether the van can have driven back to the hub since its route has ended.

    We know where it was at the end, and no position after it. Before it can be back, a parcel that
    is scanned was found on the van. Later it may as well lie at the hub.
    """
    if live.ended_at is None:
        return False
    head, last = live.head(policy), live.last_stop
    place = route.hub_coordinates if last is None else route.stops[last].coordinates
    way_m = distance_m(place if head is None else head.coordinates, route.hub_coordinates)
    return now - live.ended_at >= timedelta(seconds=way_m / PACE_MPS)
