"""What is kept of metrics: facts of routes and days of hubs, and when they were counted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.metrics.days import HubDay
from chalicelib.domain.metrics.facts import RouteFacts

KEPT: Final = timedelta(days=800)
"""Two spans of the longest length, so that a year can be compared with the one before."""


@dataclass(frozen=True, slots=True)
class CountedRoute:
    """Where the facts of a route are found."""

    hub_id: HubId
    service_day: date
    route_id: RouteId


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """The facts of a route. Whatever was written before ``counted_at`` is in them.

    They are written only when they differ from those before, so ``counted_at`` is also when they
    changed last.
    """

    facts: RouteFacts
    version: int
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class StoredDay:
    """The day of a hub. ``counted_at`` is the newest one of the facts in it."""

    day: HubDay
    version: int
    counted_at: datetime
