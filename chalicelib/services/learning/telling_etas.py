"""The stops that a route has reached, each with the ETAs told for it, read from plan and track."""

from datetime import datetime

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.learning.arrivals import Reached, reached
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.services.ports.fleet import Fleet


def reached_stops(
    route: Route, departures: tuple[Departure, ...], *, fleet: Fleet, policy: Policy, now: datetime
) -> Reached:
    """One read of the departures' span in the track of each driver."""
    if not departures:
        return Reached({})
    drivers = dict.fromkeys([route.driver_id, *(stint.driver_id for stint in route.stints)])
    told = [
        each
        for driver_id in drivers
        for each in fleet.published_etas(
            driver_id,
            route.id,
            since=departures[0].left_at,
            until=departures[-1].left_at + policy.fix_future_limit,  # clocks may be ahead
            now=now,
        )
    ]
    return reached(route, departures, sorted(told, key=lambda each: each.at))
