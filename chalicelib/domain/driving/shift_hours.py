"""Shift hours: when a driver drove a route. A position of any other time is never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from chalicelib.domain.ids import DriverId
from chalicelib.domain.instants import Range
from chalicelib.domain.routes.routes import Route


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """From the start of a route to its end; ``ended_at`` is None while it is driven.

    ``pauses`` are the times between an end and when the route went on after all, because a parcel
    was found, or when somebody else drove it. The driver was off shift then.
    """

    started_at: datetime
    ended_at: datetime | None = None
    pauses: tuple[Range, ...] = ()

    def include(self, at: datetime) -> bool:
        """Whether the driver was on shift. The very moments of start, end and going on count."""
        if at < self.started_at or (self.ended_at is not None and at > self.ended_at):
            return False
        return not any(pause.earliest < at < pause.latest for pause in self.pauses)


@dataclass(frozen=True, slots=True)
class Drive:
    """Who drove a route from when to when; ``until`` is None while it is driven."""

    driver_id: DriverId
    since: datetime
    until: datetime | None


def drives(route: Route) -> Iterator[Drive]:
    """The parts of a route by their drivers, one after the other; none before its start."""
    since = route.started_at
    if since is None:
        return
    for stint in route.stints:
        yield Drive(stint.driver_id, since, stint.until)
        since = stint.until
    yield Drive(route.driver_id, since, route.completed_at)


def hours_of(route: Route, driver_id: DriverId) -> ShiftHours | None:
    """When this driver drove the route; None for one who never did."""
    own = [drive for drive in drives(route) if drive.driver_id == driver_id]
    if not own:
        return None
    others = [Range(a.until, b.since) for a, b in pairwise(own) if a.until is not None]
    return ShiftHours(own[0].since, own[-1].until, (*route.pauses, *others))
