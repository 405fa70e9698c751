"""Shifts: a driver's token that still holds, the routes of a driver, and who is on the road."""

from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.shift_hours import ShiftHours
from chalicelib.domain.driving.vans import Van, van
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, Unauthorized
from chalicelib.domain.ids import RouteId
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes

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


def present_shift(routes: Routes, live: Live) -> ShiftHours | None:
    """The hours of the driver's last route, under way or over; None before the first one."""
    if live.route_id is None or live.started_at is None:
        return None
    try:
        route = routes.plan(live.route_id, live.plan_version)
    except NotFound:  # it ended long ago, and no fix of it is taken any more
        if live.is_on_shift:
            raise
        return None
    return ShiftHours(live.started_at, live.ended_at, route.pauses)


def earlier_shifts(routes: Routes, live: Live, since: datetime) -> dict[RouteId, ShiftHours]:
    """The routes that the driver had driven before the present one and finished after ``since``.

    Each route names the one before it, so each costs one read. Only late fixes need them.
    """
    found: dict[RouteId, ShiftHours] = {}
    try:
        route = None if live.route_id is None else routes.plan(live.route_id, live.plan_version)
        while route and route.previous and len(found) < MOST_EARLIER:
            route = routes.get(route.previous)
            if route.started_at is None or route.completed_at is None:
                continue
            found[route.id] = ShiftHours(route.started_at, route.completed_at, route.pauses)
            if route.started_at <= since:
                break
    except NotFound:  # its plan has expired
        return found
    return found


def vans_on_the_road(
    fleet: Fleet, routes: Routes, now: datetime, policy: Policy
) -> tuple[Van, ...]:
    """The vans with a route under way; one that has just started or finished may be missing.

    One query and half a unit for each driver; plans come from the cache once it is warm.
    """
    duties = routes.on_duty()
    lives = fleet.glances([duty.driver_id for duty in duties])
    vans: list[Van] = []
    for duty in duties:
        live = lives.get(duty.driver_id)
        if live is None or not live.is_on_shift or live.route_id != duty.route_id:
            continue
        try:
            route = routes.plan(duty.route_id, live.plan_version)
        except (ConcurrentUpdate, NotFound):  # edited a moment ago: the next look shows it
            continue
        vans.append(van(live, route, now, policy))
    return tuple(vans)
