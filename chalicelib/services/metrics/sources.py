"""What the facts of a route are made of: plan, departures, track, and shipments with history."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.errors import NotFound
from chalicelib.domain.eta.accuracy import shown_before
from chalicelib.domain.ids import DriverId
from chalicelib.domain.metrics.driven import Driven, stints_of, way_m
from chalicelib.domain.metrics.goods import Handled
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.services.evidence.histories import whole_history
from chalicelib.services.learning.telling_etas import reached_stops
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments


def driven_of(
    route: Route, *, routes: Routes, fleet: Fleet, policy: Policy, now: datetime
) -> Driven:
    """The driving of a route that has started: its departures, and its drivers' tracks, twice."""
    departures = routes.departures(route.id, now)
    reached = reached_stops(route, departures, fleet=fleet, policy=policy, now=now)
    return Driven(
        departures=departures,
        arrivals={stop_id: each.arrived_at for stop_id, each in reached.arrivals.items()},
        shown={
            stop_id: shown_before(each, fresh_for=policy.stale_after)
            for stop_id, each in reached.arrivals.items()
        },
        distance_m=_distances_m(route, departures, fleet=fleet, policy=policy, now=now),
    )


def _distances_m(
    route: Route,
    departures: tuple[Departure, ...],
    *,
    fleet: Fleet,
    policy: Policy,
    now: datetime,
) -> dict[DriverId, int]:
    """Metres by driver from the start until the last stop was left."""
    found: dict[DriverId, float] = {}
    last_at = departures[-1].left_at if departures else None
    for driver_id, span in stints_of(route, last_at or route.starts_at):
        track = fleet.track(driver_id, since=span.earliest, until=span.latest, now=now)
        own = [fix for fix in track if fix.recorded_at <= span.latest]
        found[driver_id] = found.get(driver_id, 0.0) + way_m(own, policy)
    return {driver_id: round(metres) for driver_id, metres in found.items()}


def handled_on(route: Route, shipments: Shipments) -> Iterator[Handled]:
    """All shipments that ever were on the route and have not expired, each with its history."""
    for shipment_id in dict.fromkeys(each.shipment_id for each in route.roll):
        try:
            yield Handled(*whole_history(shipments, shipment_id))
        except NotFound:
            continue
