"""Routes with their plans, and how long roads take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.driving.departures import Departure
    from chalicelib.domain.driving.run_sheets import RunSheet
    from chalicelib.domain.geography import Coordinates
    from chalicelib.domain.ids import (
        HubId,
        RouteId,
    )
    from chalicelib.domain.listings import Listing
    from chalicelib.domain.routes.events import RouteEvent
    from chalicelib.domain.routes.routes import Duty, Route, RouteSummary


class Routes(Protocol):
    """Routes with their plans."""

    def get(self, route_id: RouteId) -> Route:
        """Raises NotFound."""
        ...

    def plan(self, route_id: RouteId, plan_version: int) -> Route:
        """The route at that plan version; may come from a cache, which costs no read.

        Raises NotFound.
        """
        ...

    def plans(self, wanted: Sequence[tuple[RouteId, int]]) -> dict[RouteId, Route]:
        """Several routes, each at its plan version; those that have moved on are missing.

        May come from a cache, like one of them, and be a moment behind.
        """
        ...

    def run_sheet(
        self, route_id: RouteId, plan_version: int, now: datetime, *, is_current: bool = False
    ) -> RunSheet:
        """A route as its driver reads it, at that plan version or a later one.

        What was handled a moment ago may be missing, unless it is to be current. Raises NotFound.
        """
        ...

    def departures(self, route_id: RouteId, now: datetime) -> tuple[Departure, ...]:
        """All departures of a route that have not expired, in their order, read consistently."""
        ...

    def on_duty(self) -> tuple[Duty, ...]:
        """The drivers with a route under way; one who has just started may be missing."""
        ...

    def by_service_day(
        self,
        service_day: date,
        hub_id: HubId,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[RouteSummary]:
        """The routes of a hub's day, without their stops."""
        ...


class RouteHistory(Protocol):
    """What became of routes."""

    def page(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[RouteEvent]:
        """The events of a route, oldest first; none for one that nobody knows."""
        ...


class RoadNetwork(Protocol):
    """How long roads take. Asked once when a plan is made, never for a fix."""

    def travel_times(self, places: Sequence[Coordinates]) -> tuple[float | None, ...]:
        """Seconds by car for each pair of consecutive places; None where it knows no way.

        Within a few seconds, whatever the number of places. Raises Unavailable for every fault of
        the network, also one that a repeat would not mend: a plan can do without.
        """
        ...
