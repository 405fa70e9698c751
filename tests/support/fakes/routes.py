from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.domain.driving.departures import Departure
from chalicelib.domain.driving.run_sheets import Handled, Manifest, RunSheet
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import HubId, RouteId
from chalicelib.domain.journal.changes import (
    DepartureAdded,
    HandledAdded,
    ManifestChange,
    PlanningClosed,
    RouteChange,
    RouteEventAdded,
)
from chalicelib.domain.listings import Listing
from chalicelib.domain.routes.events import RouteEvent
from chalicelib.domain.routes.routes import Duty, Route, RouteStatus, RouteSummary
from tests.support.fakes.paging import page


@dataclass
class Departed:
    """The departures of each route by key, so a repeat overwrites itself."""

    left: dict[RouteId, dict[tuple[datetime, int], Departure]] = field(default_factory=dict)

    def require(self, added: DepartureAdded) -> None:
        """Check nothing: the live state is written with it, and has the condition."""

    def write(self, added: DepartureAdded) -> None:
        departure = added.departure
        self.left.setdefault(departure.route_id, {})[departure.key] = departure


@dataclass
class RunSheets:
    """Manifests, None where planning was closed, and what was handled."""

    manifests: dict[RouteId, Manifest | None] = field(default_factory=dict)
    handled: dict[RouteId, Handled] = field(default_factory=dict)

    def require(self, change: ManifestChange | PlanningClosed | HandledAdded) -> None:
        """Raises ConcurrentUpdate when somebody else has written the manifest."""
        match change:
            case ManifestChange(after, expected_version):
                present = self.manifests.get(after.route_id)
                is_new = after.route_id not in self.manifests
                if (None if is_new else present.version if present else 0) != expected_version:
                    raise ConcurrentUpdate
            case PlanningClosed(route_id):
                if self.manifests.get(route_id) is not None:
                    raise ConcurrentUpdate

    def write(self, change: ManifestChange | PlanningClosed | HandledAdded) -> None:
        match change:
            case ManifestChange(after):
                self.manifests[after.route_id] = after
            case PlanningClosed(route_id):
                self.manifests[route_id] = None
            case HandledAdded(route_id, more):
                before = self.handled.get(route_id, Handled())
                self.handled[route_id] = Handled(
                    before.parcels | more.parcels,
                    before.failed | more.failed,
                    before.delivered | more.delivered,
                    before.failed_parcels | more.failed_parcels,
                    before.delivered_parcels | more.delivered_parcels,
                )


@dataclass
class InMemoryRouteHistory:
    """The events of each route by their numbers."""

    histories: dict[RouteId, dict[int, RouteEvent]] = field(default_factory=dict)

    def require(self, added: RouteEventAdded) -> None:
        """Raises ConcurrentUpdate where another event has the number."""
        present = self.histories.get(added.event.route_id, {}).get(added.event.seq)
        if present is not None and present.id != added.event.id:
            raise ConcurrentUpdate

    def write(self, added: RouteEventAdded) -> None:
        self.histories.setdefault(added.event.route_id, {})[added.event.seq] = added.event

    def page(
        self, route_id: RouteId, *, limit: int, position: Mapping[str, str] | None
    ) -> Listing[RouteEvent]:
        events = [event for _, event in sorted(self.histories.get(route_id, {}).items())]
        return page(events, lambda event: str(event.seq), limit=limit, position=position)


@dataclass
class InMemoryRoutes:
    """Routes with their plan versions, their run sheets, and the departures of each by key."""

    routes: dict[RouteId, Route] = field(default_factory=dict)
    departed: Departed = field(default_factory=Departed)
    run_sheets: RunSheets = field(default_factory=RunSheets)
    history: InMemoryRouteHistory = field(default_factory=InMemoryRouteHistory)

    def get(self, route_id: RouteId) -> Route:
        if route_id not in self.routes:
            raise NotFound
        return self.routes[route_id]

    def plan(self, route_id: RouteId, plan_version: int) -> Route:
        route = self.get(route_id)
        if route.plan_version != plan_version:
            raise ConcurrentUpdate
        return route

    def plans(self, wanted: Sequence[tuple[RouteId, int]]) -> dict[RouteId, Route]:
        return {
            route_id: self.routes[route_id]
            for route_id, version in wanted
            if route_id in self.routes and self.routes[route_id].plan_version == version
        }

    def write(self, change: RouteChange) -> None:
        self.routes[change.after.id] = change.after

    def require(self, change: RouteChange) -> None:
        """Raise ConcurrentUpdate when the change expects another plan version."""
        present = self.routes.get(change.after.id)
        if (present.plan_version if present else None) != change.expected_plan_version:
            raise ConcurrentUpdate

    def run_sheet(
        self, route_id: RouteId, plan_version: int, now: datetime, *, is_current: bool = False
    ) -> RunSheet:
        del is_current  # what is in memory always is
        route, manifest = self.get(route_id), self.run_sheets.manifests.get(route_id)
        assert route.plan_version >= plan_version
        is_kept = manifest is not None and manifest.expires_at > now
        handled = self.run_sheets.handled.get(route_id, Handled())
        return RunSheet(route, manifest if is_kept else None, handled)

    def departures(self, route_id: RouteId, now: datetime) -> tuple[Departure, ...]:
        in_order = sorted(self.departed.left.get(route_id, {}).items())
        return tuple(found for _, found in in_order if found.expires_at > now)

    def on_duty(self) -> tuple[Duty, ...]:
        active = [r for r in self.routes.values() if r.status is RouteStatus.ACTIVE]
        return tuple(Duty(r.driver_id, r.id) for r in sorted(active, key=lambda r: r.driver_id))

    def by_service_day(
        self,
        service_day: date,
        hub_id: HubId,
        *,
        limit: int,
        position: Mapping[str, str] | None,
    ) -> Listing[RouteSummary]:
        of_day = [
            r.summary
            for r in self.routes.values()
            if (r.service_day, r.hub_id) == (service_day, hub_id)
        ]
        in_order = sorted(of_day, key=lambda route: (route.created_at, route.id))
        return page(in_order, lambda route: route.id, limit=limit, position=position)
