"""What a driver has delivered off the plan leaves the plan of the route that has it by now.

Its plan, live state and manifest are written with the delivery. Who is expected earlier without
that stop is told right after.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.alerts import Alert
from chalicelib.domain.driving.effects import PlanNow
from chalicelib.domain.driving.letting_go import let_go
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.replanning import changed_promises, untold, with_promises
from chalicelib.domain.errors import ConcurrentUpdate, NotFound
from chalicelib.domain.ids import EVENT, EventId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import Change, LiveChange, ManifestChange
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Ids
from chalicelib.services.ports.travel import Forecasts


@dataclass(frozen=True, slots=True)
class LetGo:
    """The plan afterwards, what is written of it, and who is told another time in a moment."""

    route: Route
    changes: tuple[Change, ...]
    later: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True)
class LettingGo:
    """What is needed to take delivered shipments off another route."""

    fleet: Fleet
    routes: Routes
    forecasts: Forecasts
    ids: Ids
    policy: Policy

    def of(
        self, route_id: RouteId, gone: Collection[ShipmentId], *, actor: Actor, now: datetime
    ) -> LetGo | None:
        """None where no open plan counts on them, or the van of that plan is at their door."""
        try:
            route = self.routes.get(route_id)
        except NotFound:  # its planning has not finished, and the claim that it had is void by now
            return None
        if not route.status.is_open or not set(route.listed).intersection(gone):
            return None
        live = self.fleet.live(route.driver_id)
        is_driven = route.status is RouteStatus.ACTIVE
        if is_driven and (live.route_id, live.plan_version) != (route.id, route.plan_version):
            raise ConcurrentUpdate
        self.forecasts.stop_times(route, now)  # reads what was learnt
        model = self.forecasts.model
        before = PlanNow(route, live if is_driven else None)
        after = let_go(before, gone, now=now, model=model, policy=self.policy)
        if after is None:
            return None
        later: tuple[Alert, ...] = ()
        if after.live is not None and after.live.is_on_shift:
            later = changed_promises(after.live, after.route, now=now, policy=self.policy)
        plan = with_promises(after.route, later)
        changes: list[Change] = [
            *route_changed(
                route,
                plan,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                now=now,
                data={"changes": ["delivered_elsewhere"], "removed": sorted(gone)},
            )
        ]
        if after.live is not None:
            told = untold(after.live, after.route, later)
            changes.append(LiveChange(replace(told, version=live.version + 1), live.version))
        elif not plan.status.is_open:
            changes.append(_without_planned(live, route.id))
        return LetGo(plan, (*changes, *self._manifest(route, plan, now)), later)

    def _manifest(self, route: Route, plan: Route, now: datetime) -> list[Change]:
        sheet = self.routes.run_sheet(route.id, route.plan_version, now)
        if sheet.route.plan_version != route.plan_version:
            raise ConcurrentUpdate
        if sheet.manifest is None:
            return []
        return [ManifestChange(sheet.manifest.listing(plan.listed), sheet.manifest.version)]


def _without_planned(live: Live, route_id: RouteId) -> LiveChange:
    planned = tuple(each for each in live.planned if each != route_id)
    return LiveChange(replace(live, planned=planned, version=live.version + 1), live.version)
