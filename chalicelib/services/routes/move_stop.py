"""A dispatcher moves a stop from one route to another, in one transaction for both plans.

What is aboard the first van goes back to the hub on paper, and boards the other van when it is
scanned there: a parcel is never on a van that nobody has scanned it onto.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.effects import effects
from chalicelib.domain.errors import Invalid, NotFound, Outdated, RouteOver
from chalicelib.domain.ids import RouteId, ShipmentId, StopId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import Add, Remove
from chalicelib.domain.routes.routes import Route, Stop
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import RoadNetwork, Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.retries import retried
from chalicelib.services.routes.claims import Claims, share_of
from chalicelib.services.routes.editing import ITEMS_OF_PLAN, EditEffect, Editing
from chalicelib.services.routes.hand_overs import Told, require_undecided, told_of
from chalicelib.services.routes.new_promises import Draft

MOVE: Final = "move_to_route"
_Side = tuple[Draft, Mapping[ShipmentId, Shipment]]
"""A plan thought through, and the shipments that it is about."""


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """Which stop goes where, and the plan versions that were read.

    ``shipment_ids`` are those of the stop that go; empty: all. On the other route the new stop
    comes ``before`` another one; None: at the end.
    """

    stop_id: StopId
    plan_version: int
    to_route_id: RouteId
    to_plan_version: int
    before: StopId | None = None
    shipment_ids: tuple[ShipmentId, ...] = ()
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class MoveEffect:
    """Both plans after the move. ``to_scan`` is what boards the other van when it is scanned."""

    source: EditEffect
    target: EditEffect
    to_scan: tuple[ShipmentId, ...]


@dataclass(frozen=True, slots=True)
class MoveStop:
    """Moves a stop, or some of its shipments, to another route.

    Raises NotFound, Outdated for either plan, RouteOver, and Invalid with a pointer: for a stop
    that was reached or whose visit is over, for a route that would be left empty.
    """

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    road_network: RoadNetwork
    clock: Clock
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def __call__(self, route_id: RouteId, order: MoveOrder, *, actor: Actor) -> MoveEffect:
        """Carry it out, or say what would come of it."""
        if route_id == order.to_route_id:
            text = "This is the same route. Move the stop with an edit of its plan."
            raise Invalid(text, pointer="/to_route_id", code="same_route")
        return retried(lambda: self._move(route_id, order, actor))

    def _move(self, route_id: RouteId, order: MoveOrder, actor: Actor) -> MoveEffect:
        now = self.clock.now()
        source, target = self._routes(route_id, order)
        with _pointing_at_fields():
            source_draft, target_draft, moved = self._drafts(source, target, order, now)
        changes = self._handed_over(moved, target_draft, actor, now)
        concerned = self._editing.concerned(source_draft, moved)
        after = self._editing.concerned(target_draft, {c.after.id: c.after for c in changes})
        told = told_of(source_draft, changes, concerned)
        told_there = told_of(target_draft, (), after)
        if not order.is_dry_run:
            both = ((source_draft, concerned), (target_draft, after))
            self._commit(both, changes, actor, now)
        return MoveEffect(
            _effect(source_draft, told, order),
            _effect(target_draft, told_there, order),
            to_scan=tuple(moved),
        )

    @property
    def _editing(self) -> Editing:
        return Editing(
            self.fleet,
            self.routes,
            self.shipments,
            self.journal,
            self.road_network,
            self.ids,
            self.forecasts,
            self.policy,
        )

    def _routes(self, route_id: RouteId, order: MoveOrder) -> tuple[Route, Route]:
        """Both routes at the versions that were read. Raises NotFound, Outdated and RouteOver."""
        source = self.routes.get(route_id)
        try:
            target = self.routes.get(order.to_route_id)
        except NotFound as exc:
            text = "There is no such route."
            raise Invalid(text, pointer="/to_route_id", code="unknown_route") from exc
        read = (order.plan_version, order.to_plan_version)
        if (source.plan_version, target.plan_version) != read:
            text = "Somebody has changed one of the plans since you read it. Read both again."
            raise Outdated(text, versions=[source.plan_version, target.plan_version])
        for route in (source, target):
            if not route.status.is_open:
                raise RouteOver(route_id=route.id)
        return source, target

    def _drafts(
        self, source: Route, target: Route, order: MoveOrder, now: datetime
    ) -> tuple[Draft, Draft, Mapping[ShipmentId, Shipment]]:
        """Both plans after the move, and the shipments that go over."""
        editing = self._editing
        remove = Remove(order.stop_id, order.shipment_ids)
        before, other = editing.read(source), editing.read(target)
        taken = editing.draft(before, [remove], {}, now)
        found = self.shipments.get_many(list(taken.edited.removed))
        moved = {key: each for key, each in found.items() if each.is_on(source.id)}
        if not moved:
            text = "The route has nothing of this stop any more."
            raise Invalid(text, pointer="/stop_id", code="unknown_shipment")
        for shipment in moved.values():
            require_undecided(shipment)
        share = {key: share_of(shipment) for key, shipment in moved.items()}
        stop = _stop_of(source, order.stop_id)
        add = Add(tuple(moved), before=order.before, service_time_s=stop.service_time_s)
        return taken, editing.draft(other, [add], share, now), moved

    def _handed_over(
        self, moved: Mapping[ShipmentId, Shipment], target: Draft, actor: Actor, now: datetime
    ) -> list[ShipmentChange]:
        """Off the one plan and on the other, as one change of each shipment."""
        claims = Claims(self.routes, self.journal, self.ids)
        route = target.after.route
        places, changes = route.indexes_by_number, list[ShipmentChange]()
        for key, shipment in moved.items():
            stop = route.stops[places[target.edited.added[key]]]
            freed = claims.freed(shipment, actor=actor, now=now)
            claimed = claims.claimed(freed.after, stop, route, actor=actor, now=now)
            changes.append(
                ShipmentChange(
                    after=replace(claimed.after, version=shipment.version + 1),
                    events=(*freed.events, *claimed.events),
                    expected_version=shipment.version,
                )
            )
        return changes

    def _commit(
        self,
        both: tuple[_Side, _Side],
        changes: Sequence[ShipmentChange],
        actor: Actor,
        now: datetime,
    ) -> None:
        editing = self._editing
        room = editing.room(changes, 2 * ITEMS_OF_PLAN) // 2
        written = [
            editing.writing(
                draft,
                changes,
                found,
                room=room,
                actor=actor,
                now=now,
                data={"changes": [MOVE], "other_route_id": other.after.route.id},
            )
            for (draft, found), (other, _) in zip(both, reversed(both), strict=True)
        ]
        noted = [change for each in written for change in each.noted]
        others = [change for each in written for change in each.changes]
        self.journal.commit(*changes, *noted, *others)
        for each in written:
            editing.promises.tell_later(each.divided.route, each.divided.later, now)


def _effect(draft: Draft, told: tuple[Told, ...], order: MoveOrder) -> EditEffect:
    done = effects(draft.before, draft.after, draft.promises)
    return EditEffect(draft.after.route, done, told, is_dry_run=order.is_dry_run)


def _stop_of(route: Route, stop_id: StopId) -> Stop:
    return next(stop for stop in route.stops if stop.id == stop_id)


@contextmanager
def _pointing_at_fields() -> Iterator[None]:
    """What is wrong with an operation is wrong with a field of the request."""
    try:
        yield
    except Invalid as exc:
        item: Any = exc.data["errors"]
        pointer = item[0]["pointer"].removeprefix("/operations").removeprefix("/0")
        raise Invalid(item[0]["detail"], pointer=pointer, code=item[0]["code"]) from exc
