"""A dispatcher ends a route by hand: cancels it, or completes it with what has been done so far.

What has no outcome goes back to the hub and can be planned again. Shipments go first, in
transactions of their own, route and live state last: a repeat does what a cut left undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.live import Live, Progress
from chalicelib.domain.driving.replanning import under_plan
from chalicelib.domain.errors import RouteOver
from chalicelib.domain.ids import EVENT, EventId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import (
    SHIPMENTS_PER_TRANSACTION,
    Change,
    LiveChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.routes.edits import without_outcome
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import logger
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.retries import retried
from chalicelib.services.routes.claims import Claims

_DECIDED: Final = frozenset({Status.DELIVERED, Status.ATTEMPT_FAILED})
"""An attempt stays with its route; what failed can be tried again once that is over."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A route that is over, and the shipments that it leaves to others."""

    route: Route
    freed: tuple[ShipmentId, ...]


@dataclass(frozen=True, slots=True)
class EndRoute:
    """Ends routes by hand. Safe to repeat. Raises NotFound and RouteOver."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids

    def cancel(self, route_id: RouteId, *, actor: Actor) -> Ended:
        """Cancel a route that is planned or under way."""
        return self._end(route_id, RouteStatus.CANCELLED, actor)

    def complete(self, route_id: RouteId, *, actor: Actor) -> Ended:
        """Complete a route that is under way. Raises RouteOver for one that never started."""
        return self._end(route_id, RouteStatus.COMPLETED, actor)

    def _end(self, route_id: RouteId, status: RouteStatus, actor: Actor) -> Ended:
        route = self.routes.get(route_id)
        if route.status is status:
            return Ended(route, ())
        if not route.status.is_open:
            raise RouteOver(route_id=route_id)
        if status is RouteStatus.COMPLETED and route.status is RouteStatus.PLANNED:
            text = "The route has not started. Cancel it instead."
            raise RouteOver(text, route_id=route_id)
        freed = self._free(route, actor)
        ended = retried(lambda: self._close(route_id, status, actor, freed))
        facts = {"route_id": route_id, "status": status.value, "freed": len(freed)}
        logger.info("route ended by hand", extra=facts)
        return Ended(ended, freed)

    def _free(self, route: Route, actor: Actor) -> tuple[ShipmentId, ...]:
        ids = [shipment_id for stop in route.stops for shipment_id in stop.shipment_ids]
        freed: list[ShipmentId] = []
        for start in range(0, len(ids), SHIPMENTS_PER_TRANSACTION):
            some = ids[start : start + SHIPMENTS_PER_TRANSACTION]
            freed += retried(lambda some=some: self._free_some(route, some, actor))  # type: ignore[misc]
        return tuple(freed)

    def _free_some(
        self, route: Route, some: Sequence[ShipmentId], actor: Actor
    ) -> list[ShipmentId]:
        now, claims = self.clock.now(), Claims(self.routes, self.journal, self.ids)
        known = self.shipments.get_many(some)
        found = [known[key] for key in some if key in known and _is_free(known[key], route)]
        changes = [claims.freed(shipment, actor=actor, now=now) for shipment in found]
        self.journal.commit(*changes)
        return [shipment.id for shipment in found]

    def _close(
        self,
        route_id: RouteId,
        status: RouteStatus,
        actor: Actor,
        freed: tuple[ShipmentId, ...],
    ) -> Route:
        route, now = self.routes.get(route_id), self.clock.now()
        if not route.status.is_open:
            return route
        live = self.fleet.live(route.driver_id)
        found = self.shipments.get_many(route.listed)
        kept = frozenset(key for key, shipment in found.items() if shipment.is_on(route_id))
        left = without_outcome(route, kept) if route.status is RouteStatus.ACTIVE else route
        after = replace(
            left,
            status=status,
            completed_at=now,
            plan_version=route.plan_version + 1,
        )
        changes: list[Change] = [
            *route_changed(
                route,
                after,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                now=now,
                data={"freed_count": len(freed)},
            )
        ]
        if route_id in live.planned or live.route_id == route_id:
            ended = _ended(live, route, after, now)
            changes.append(LiveChange(replace(ended, version=live.version + 1), live.version))
        self.journal.commit(*changes)
        return after


def _is_free(shipment: Shipment, route: Route) -> bool:
    return shipment.is_on(route.id) and shipment.status not in _DECIDED


def _ended(live: Live, before: Route, after: Route, now: datetime) -> Live:
    """Nothing is ahead of the van any more, and a planned route is not in its list."""
    planned = tuple(route_id for route_id in live.planned if route_id != before.id)
    if live.route_id != before.id:
        return replace(live, planned=planned)
    return replace(
        under_plan(live, before, after),
        planned=planned,
        ended_at=live.ended_at or now,
        nearest_stop=None,
        near_since=None,
        progress=(Progress(is_done=True),) * len(after.stops),
        etas=(None,) * len(after.stops),
    )
