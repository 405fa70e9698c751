"""Shifts: a driver's token that still holds, the routes of a driver, and who is on the road."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.shift_hours import ShiftHours, hours_of
from chalicelib.domain.driving.vans import Van, van
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unauthorized
from chalicelib.domain.ids import DriverId, RouteId
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Duty, Route
from chalicelib.domain.shipments.shipments import Assignment
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes

NO_VERSION: Final = 0
"""Of no live state that was ever on a route."""
MOST_EARLIER: Final = 8
"""Nobody finishes more routes than this while late fixes are still taken."""


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


def plan_of(routes: Routes, live: Live) -> Route:
    """The plan of the driver's route; where somebody else has taken it over, as it is now.

    The live state of a former driver does not follow the edits since. Raises NotFound without a
    route or when its plan has expired, and ConcurrentUpdate when the plan has moved on.
    """
    if live.route_id is None:
        raise NotFound
    try:
        route = routes.plan(live.route_id, live.plan_version)
    except ConcurrentUpdate:
        if live.is_on_shift:
            raise
        route = routes.get(live.route_id)
        if route.driver_id == live.driver_id:
            raise
        return route
    return route if route.driver_id == live.driver_id else routes.get(live.route_id)


def is_on(live: Live, route_id: RouteId) -> bool:
    """Whether the driver drives this route now."""
    return live.is_on_shift and live.route_id == route_id


def is_of(live: Live, assigned: Assignment | None) -> bool:
    """Whether it is the driver's own: of the route that they drive, drove, or are to drive."""
    if assigned is None:
        return False
    if is_on(live, assigned.route_id):
        return True
    return assigned.driver_id == live.driver_id or assigned.route_id in live.planned


def live_of_van(fleet: Fleet, routes: Routes, assigned: Assignment) -> Live | None:
    """The live state of the van with a shipment that is on its way, by one small read.

    Where the noted driver does not drive that route now, the plan says who does. Such a state has
    no version: whoever remembers what they have seen is to read it anew.
    """
    live = fleet.glance(assigned.driver_id)
    if live is not None and is_on(live, assigned.route_id):
        return live
    try:
        driver_id = routes.get(assigned.route_id).driver_id
    except NotFound:
        return live
    if driver_id == assigned.driver_id:
        return live
    found = fleet.glance(driver_id)
    return None if found is None else replace(found, version=NO_VERSION)


def driver_of(routes: Routes, assigned: Assignment) -> DriverId:
    """Who drives the route of a shipment. One consistent read."""
    try:
        return routes.get(assigned.route_id).driver_id
    except NotFound:
        return assigned.driver_id


def present_shift(routes: Routes, live: Live) -> ShiftHours | None:
    """The hours of the driver's last route, under way or over; None before the first one."""
    if live.route_id is None or live.started_at is None:
        return None
    try:
        route = plan_of(routes, live)
    except NotFound:  # it ended long ago, and no fix of it is taken any more
        if live.is_on_shift:
            raise
        return None
    if route.stints:
        return hours_of(route, live.driver_id)
    return ShiftHours(live.started_at, live.ended_at, route.pauses)


def earlier_shifts(routes: Routes, live: Live, since: datetime) -> dict[RouteId, ShiftHours]:
    """The routes that the driver had driven before the present one and finished after ``since``.

    Each route names the one before it, so each costs one read. Only late fixes need them.
    """
    found: dict[RouteId, ShiftHours] = {}
    try:
        route = None if live.route_id is None else plan_of(routes, live)
        seen = {live.route_id}
        while route and len(found) < MOST_EARLIER:
            previous = route.previous_of(live.driver_id)
            if previous is None or previous in seen:
                break
            seen.add(previous)
            route = routes.get(previous)
            hours = hours_of(route, live.driver_id)
            if hours is None or hours.ended_at is None:
                continue
            found[route.id] = hours
            if hours.started_at <= since:
                break
    except NotFound:  # its plan has expired
        return found
    return found


def vans_on_the_road(
    fleet: Fleet, routes: Routes, now: datetime, policy: Policy
) -> tuple[Van, ...]:
    """The vans with a route under way; one that has just started or finished may be missing.

    One query and half a unit for each driver; plans come from the cache once it is warm. A plan
    that was edited a moment ago is missing: the next look shows its van.
    """
    duties = routes.on_duty()
    lives = fleet.glances([duty.driver_id for duty in duties])
    driven = [
        lives[each.driver_id] for each in duties if _is_driven(lives.get(each.driver_id), each)
    ]
    wanted = [(live.route_id, live.plan_version) for live in driven if live.route_id is not None]
    plans = routes.plans(wanted)
    return tuple(
        van(live, plans[live.route_id], now, policy) for live in driven if live.route_id in plans
    )


def _is_driven(live: Live | None, duty: Duty) -> bool:
    return live is not None and live.is_on_shift and live.route_id == duty.route_id
