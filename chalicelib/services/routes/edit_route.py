"""A dispatcher edits a plan, before its route starts or while it is driven.

Plan, live state, manifest and the shipments that change hands are one transaction. What is ahead
has new ETAs at once. Who was promised another time is told, the next stops with the transaction.
With a dry run the answer is the same and nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.effects import PlanNow, StopEffect, effects
from chalicelib.domain.driving.forecasts import planned_etas, stop_times
from chalicelib.domain.driving.letting_go import ended
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.replanning import (
    changed_promises,
    in_expected_order,
    reached_stops,
    under_plan,
    with_new_etas,
)
from chalicelib.domain.driving.run_sheets import ManifestEntry
from chalicelib.domain.errors import ConcurrentUpdate, Deactivated, Invalid, NotFound, RouteOver
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.ids import EVENT, STOP, DriverId, EventId, RouteId, ShipmentId, StopId
from chalicelib.domain.journal.changes import (
    TRANSACTION_ITEMS,
    Change,
    LiveChange,
    ManifestChange,
    ShipmentChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import (
    OPERATION_NAMES,
    Add,
    Assign,
    Operation,
    SetStart,
    edit_plan,
)
from chalicelib.domain.routes.new_routes import require_service_day
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.versions import Expected
from chalicelib.services.ports.accounts import Drivers, Hubs
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.retries import retried
from chalicelib.services.routes.claims import Claims, require_placed, share_of
from chalicelib.services.routes.hand_overs import MOST_SHIPMENTS, Told, handed_over, told_of
from chalicelib.services.routes.new_promises import Draft, NewPromises
from chalicelib.services.routes.road_times import with_road_times

LONGEST_LEG: Final = timedelta(hours=10)
"""Regulation (EC) No 561/2006, article 6: the longest driving time of a day."""
ITEMS_BESIDES: Final = 5
"""Plan and its event, manifest, and the live states of at most two drivers."""


@dataclass(frozen=True, slots=True)
class EditOrder:
    """The operations, and the plan versions that they may be about."""

    operations: tuple[Operation, ...]
    expected: Expected
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class EditEffect:
    """The plan after an edit, what changes for each stop, and who is told of it."""

    route: Route
    stops: tuple[StopEffect, ...]
    told: tuple[Told, ...]
    is_dry_run: bool

    @property
    def broken_windows(self) -> tuple[StopId, ...]:
        """The stops that are expected after their windows."""
        return tuple(e.stop.id for e in self.stops if e.is_planned and e.breaks_window)


@dataclass(frozen=True, slots=True)
class EditRoute:
    """Edits a plan. Raises NotFound, Outdated, RouteOver, Invalid with a pointer, AlreadyAssigned
    and NotPlannable for what cannot be put on the route, Deactivated for a driver who is gone.
    """

    hubs: Hubs
    drivers: Drivers
    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    road_network: RoadNetwork
    clock: Clock
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def __call__(self, route_id: RouteId, order: EditOrder, *, actor: Actor) -> EditEffect:
        """Carry out all operations, or none."""
        return retried(lambda: self._edit(route_id, order, actor))

    def _edit(self, route_id: RouteId, order: EditOrder, actor: Actor) -> EditEffect:
        now = self.clock.now()
        route = self.routes.get(route_id)
        order.expected.require(route.plan_version)
        if not route.status.is_open:
            raise RouteOver(route_id=route_id)
        live = self._live(route)
        found = self._to_add(order.operations)
        draft = self._draft(PlanNow(route, live), order.operations, found, now)
        concerned = self._concerned(draft, found)
        claims = Claims(self.routes, self.journal, self.ids, is_dry_run=order.is_dry_run)
        changes = handed_over(draft, concerned, claims, actor, now)
        told = told_of(draft, changes, concerned)
        if not order.is_dry_run:
            self._commit(draft, order, changes, concerned, actor=actor, now=now)
        done = effects(draft.before, draft.after, draft.promises)
        return EditEffect(draft.after.route, done, told, is_dry_run=order.is_dry_run)

    def _live(self, route: Route) -> Live | None:
        """The live state of a route that is driven. Before its start an edit needs none."""
        if route.status is RouteStatus.PLANNED:
            return None
        live = self.fleet.live(route.driver_id)
        if live.route_id != route.id or live.plan_version != route.plan_version:
            raise ConcurrentUpdate
        return live

    def _to_add(self, operations: Sequence[Operation]) -> dict[ShipmentId, Shipment]:
        wanted = [key for each in operations if isinstance(each, Add) for key in each.shipment_ids]
        if len(wanted) > MOST_SHIPMENTS:
            text = f"One request adds at most {MOST_SHIPMENTS} shipments."
            raise Invalid(text, pointer="/operations", code="too_many")
        found = self.shipments.get_many(list(dict.fromkeys(wanted))) if wanted else {}
        for n, operation in enumerate(operations):
            for i, shipment_id in enumerate(getattr(operation, "shipment_ids", ())):
                if isinstance(operation, Add):
                    pointer = f"/operations/{n}/shipment_ids/{i}"
                    require_placed(found.get(shipment_id), pointer=pointer)
        return found

    def _draft(
        self,
        before: PlanNow,
        operations: Sequence[Operation],
        found: Mapping[ShipmentId, Shipment],
        now: datetime,
    ) -> Draft:
        route, live = before.route, before.live
        edited = edit_plan(
            route if live is None else in_expected_order(live, route),
            operations,
            reached=frozenset() if live is None else reached_stops(live, route),
            shares={key: share_of(shipment) for key, shipment in found.items()},
            new_id=lambda: StopId(self.ids.new(STOP)),
            now=now,
        )
        self._require_sense(edited.route, operations)
        after = replace(edited.route, plan_version=route.plan_version + 1)
        if after.places != route.places:
            after = with_road_times(after, self.road_network)
        at = after.starts_at if live is None else now
        known = self.forecasts.stop_times(route, at)  # and reads what was learnt
        model = self.forecasts.model
        times = stop_times(after, model, at)  # of a plan that is not written yet: never kept
        _require_drivable(known, times)
        if live is None:
            etas = planned_etas(times, model, after.starts_at, after.breaks)
            stops = [
                replace(stop, planned=eta) for stop, eta in zip(after.stops, etas, strict=True)
            ]
            return Draft(before, PlanNow(replace(after, stops=tuple(stops))), edited)
        moved = under_plan(live, route, after)
        if not moved.remaining():
            return Draft(before, ended(after, moved, now), edited)
        moved = with_new_etas(moved, after, times, model=model, policy=self.policy)
        promises = changed_promises(moved, after, now=now, policy=self.policy)
        return Draft(before, PlanNow(after, moved), edited, promises)

    def _require_sense(self, route: Route, operations: Sequence[Operation]) -> None:
        """Raises Invalid for an unknown driver, and for a start on another day."""
        for n, operation in enumerate(operations):
            match operation:
                case Assign(driver_id):
                    try:
                        self._require_active(driver_id)
                    except NotFound as exc:
                        text, pointer = "There is no such driver.", f"/operations/{n}/driver_id"
                        raise Invalid(text, pointer=pointer, code="unknown_driver") from exc
                case SetStart():
                    hub = self.hubs.get(route.hub_id)
                    require_service_day(route, hub, at=f"/operations/{n}/starts_at")

    def _require_active(self, driver_id: DriverId) -> None:
        """Raises NotFound and Deactivated."""
        if not self.drivers.get(driver_id).is_active:
            raise Deactivated(account_id=driver_id)

    def _concerned(
        self, draft: Draft, found: Mapping[ShipmentId, Shipment]
    ) -> dict[ShipmentId, Shipment]:
        """The shipments that change hands, and those whose promise changes."""
        stops = draft.after.route.stops
        wanted = list(draft.edited.removed)
        wanted += [key for alert in draft.promises for key in stops[alert.stop_index].shipment_ids]
        wanted = [key for key in dict.fromkeys(wanted) if key not in found]
        return {**found, **(self.shipments.get_many(wanted) if wanted else {})}

    def _commit(
        self,
        draft: Draft,
        order: EditOrder,
        changes: Sequence[ShipmentChange],
        concerned: Mapping[ShipmentId, Shipment],
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        promises = NewPromises(self.fleet, self.shipments, self.journal, self.ids, self.policy)
        room = TRANSACTION_ITEMS - ITEMS_BESIDES - sum(1 + len(c.events) for c in changes)
        written = promises.divided(
            draft, concerned, room=min(self.policy.alerts_per_commit, room // 2)
        )
        before, plan = draft.before.route, written.route
        others: list[Change] = [
            *route_changed(
                before,
                plan,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                now=now,
                data=_told_of(order, draft),
            )
        ]
        if written.live is not None and draft.before.live is not None:
            read = draft.before.live.version
            others.append(LiveChange(replace(written.live, version=read + 1), read))
        others += self._drivers(before, plan)
        others += self._manifest(draft, changes, now)
        noted_now = promises.noted(plan, written.told, concerned, now)
        self.journal.commit(*changes, *noted_now, *others)
        promises.tell_later(plan, written.later, now)

    def _drivers(self, before: Route, after: Route) -> list[Change]:
        """A planned route is in the list of its driver."""
        if before.driver_id == after.driver_id:
            return []
        old, new = self.fleet.live(before.driver_id), self.fleet.live(after.driver_id)
        self._require_active(after.driver_id)  # again: a deactivation since would change new
        left = tuple(route_id for route_id in old.planned if route_id != before.id)
        return [
            LiveChange(replace(old, planned=left, version=old.version + 1), old.version),
            LiveChange(
                replace(new, planned=(*new.planned, after.id), version=new.version + 1), new.version
            ),
        ]

    def _manifest(
        self, draft: Draft, changes: Sequence[ShipmentChange], now: datetime
    ) -> list[Change]:
        """The manifest of what is on the plan now; none where it has expired."""
        route = draft.before.route
        if not draft.edited.added and not draft.edited.removed:
            return []
        sheet = self.routes.run_sheet(route.id, route.plan_version, now)
        if sheet.route.plan_version != route.plan_version:
            raise ConcurrentUpdate
        if sheet.manifest is None:
            return []
        changed = [ManifestEntry.of(change.after) for change in changes]
        after = sheet.manifest.listing(draft.after.route.listed, changed)
        return [ManifestChange(after, sheet.manifest.version)]


def _told_of(order: EditOrder, draft: Draft) -> dict[str, object]:
    """What the event tells of an edit: the names of its operations, and what changed hands."""
    names = dict.fromkeys(OPERATION_NAMES[type(each)] for each in order.operations)
    handed = {"added": sorted(draft.edited.added), "removed": sorted(draft.edited.removed)}
    return {"changes": list(names), **{name: ids for name, ids in handed.items() if ids}}


def _require_drivable(before: Sequence[StopTimes], after: Sequence[StopTimes]) -> None:
    """Raises Invalid if the edit makes a leg that nobody drives in a day."""
    longest_s = LONGEST_LEG.total_seconds()
    known = max((times.travel.mean_s for times in before), default=0.0)
    if max(times.travel.mean_s for times in after) > max(longest_s, known):
        text = "The way to one of the stops is longer than anybody drives in a day."
        raise Invalid(text, pointer="/operations", code="leg_too_long")
