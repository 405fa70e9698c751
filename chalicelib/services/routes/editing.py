"""What an edit of one plan and a move between two have in common.

A draft is thought through first, then handed over and written: plan, event, live state, manifest
and the shipments that change hands are one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.effects import PlanNow, StopEffect
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
from chalicelib.domain.driving.taking_over import let_off, taken_over, with_new_driver
from chalicelib.domain.errors import ConcurrentUpdate, Invalid
from chalicelib.domain.eta.chain import StopTimes
from chalicelib.domain.ids import EVENT, STOP, EventId, ShipmentId, StopId
from chalicelib.domain.journal.changes import (
    TRANSACTION_ITEMS,
    Change,
    LiveChange,
    ManifestChange,
    ShipmentChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import Edited, Operation, edit_plan
from chalicelib.domain.routes.new_routes import LONGEST_LEG
from chalicelib.domain.routes.new_stops import StopShare
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.routes.hand_overs import Told
from chalicelib.services.routes.new_promises import Divided, Draft, NewPromises
from chalicelib.services.routes.road_times import with_road_times

ITEMS_OF_PLAN: Final = 4
"""Plan and its event, manifest, and the live state of its driver. A new driver has one, too."""


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
class Writing:
    """What is written of one plan, and who is told another time right after."""

    divided: Divided
    changes: tuple[Change, ...]
    noted: tuple[ShipmentChange, ...]


@dataclass(frozen=True, slots=True)
class Editing:
    """What is needed to think an edit through, and to write it."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    road_network: RoadNetwork
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    @property
    def promises(self) -> NewPromises:
        """How new promises are told."""
        return NewPromises(self.fleet, self.shipments, self.journal, self.ids, self.policy)

    def read(self, route: Route) -> PlanNow:
        """With the live state of a route that is driven. Before its start an edit needs none."""
        if route.status is RouteStatus.PLANNED:
            return PlanNow(route)
        live = self.fleet.live(route.driver_id)
        if live.route_id != route.id or live.plan_version != route.plan_version:
            raise ConcurrentUpdate
        return PlanNow(route, live)

    def draft(
        self,
        before: PlanNow,
        operations: Sequence[Operation],
        shares: Mapping[ShipmentId, StopShare],
        now: datetime,
        *,
        require: Callable[[Route], None] = lambda _: None,
    ) -> Draft:
        """The plan after the operations. ``require`` raises for one that makes no sense.

        Raises Invalid with a pointer.
        """
        route, live = before.route, before.live
        edited = edit_plan(
            route if live is None else in_expected_order(live, route),
            operations,
            reached=frozenset() if live is None else reached_stops(live, route),
            shares=shares,
            new_id=lambda: StopId(self.ids.new(STOP)),
            now=now,
        )
        require(edited.route)
        draft = self._forecast(before, edited, now)
        is_driven = before.live is not None
        if is_driven and draft.after.route.driver_id != route.driver_id:
            return self._handed_over(draft, now)
        return draft

    def _handed_over(self, draft: Draft, now: datetime) -> Draft:
        """The draft with the live state of the driver who takes the van over.

        Raises Invalid for a driver who is on another route, and where nothing is left to drive.
        """
        route, live = draft.after.route, draft.after.live
        if live is None or not route.status.is_open:
            text = "Nothing is left to drive, so nobody takes this route over."
            raise Invalid(text, pointer="/operations", code="nothing_left")
        by = self.fleet.live(route.driver_id)
        if by.is_on_shift:
            text = "This driver has another route under way."
            raise Invalid(text, pointer="/operations", code="driver_on_the_road")
        plan = with_new_driver(route, draft.before.route, by, now)
        return replace(draft, after=PlanNow(plan, taken_over(live, by, now, self.policy)))

    def _forecast(self, before: PlanNow, edited: Edited, now: datetime) -> Draft:
        """The edited plan with its ETAs, and whose promise no longer holds."""
        route, live = before.route, before.live
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

    def concerned(
        self, draft: Draft, found: Mapping[ShipmentId, Shipment]
    ) -> dict[ShipmentId, Shipment]:
        """The shipments that change hands, and those whose promise changes."""
        stops = draft.after.route.stops
        wanted = list(draft.edited.removed)
        wanted += [key for alert in draft.promises for key in stops[alert.stop_index].shipment_ids]
        wanted = [key for key in dict.fromkeys(wanted) if key not in found]
        return {**found, **(self.shipments.get_many(wanted) if wanted else {})}

    def room(self, changes: Sequence[ShipmentChange], besides: int) -> int:
        """How many shipments can be told with a transaction that has ``besides`` other items."""
        left = TRANSACTION_ITEMS - besides - sum(1 + len(change.events) for change in changes)
        return min(self.policy.alerts_per_commit, max(left, 0) // 2)

    def writing(
        self,
        draft: Draft,
        changes: Sequence[ShipmentChange],
        concerned: Mapping[ShipmentId, Shipment],
        *,
        room: int,
        actor: Actor,
        now: datetime,
        data: Mapping[str, object],
    ) -> Writing:
        """What is written of the draft. ``data`` are facts of its event."""
        divided = self.promises.divided(draft, concerned, room=room)
        before, plan = draft.before.route, divided.route
        handed = {"added": sorted(draft.edited.added), "removed": sorted(draft.edited.removed)}
        facts = {**data, **{name: ids for name, ids in handed.items() if ids}}
        event_id = EventId(self.ids.new(EVENT))
        others: list[Change] = [
            *route_changed(before, plan, actor=actor, event_id=event_id, now=now, data=facts)
        ]
        if divided.live is not None and draft.before.live is not None:
            others += _lives(draft.before.live, divided.live, plan, now)
        others += self._manifest(draft, changes, now)
        noted = self.promises.noted(plan, divided.told, concerned, now)
        return Writing(divided, tuple(others), tuple(noted))

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


def _lives(before: Live, after: Live, plan: Route, now: datetime) -> list[Change]:
    """The live state of the van; with another driver also of the one who has handed it over."""
    if after.driver_id == before.driver_id:
        return [LiveChange(replace(after, version=before.version + 1), before.version)]
    left = let_off(before, plan, now)
    return [
        LiveChange(replace(after, version=after.version + 1), after.version),
        LiveChange(replace(left, version=before.version + 1), before.version),
    ]


def _require_drivable(before: Sequence[StopTimes], after: Sequence[StopTimes]) -> None:
    """Raises Invalid if the edit makes a leg that nobody drives in a day."""
    longest_s = LONGEST_LEG.total_seconds()
    known = max((times.travel.mean_s for times in before), default=0.0)
    if max(times.travel.mean_s for times in after) > max(longest_s, known):
        text = "The way to one of the stops is longer than anybody drives in a day."
        raise Invalid(text, pointer="/operations", code="leg_too_long")
