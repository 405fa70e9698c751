"""A dispatcher edits a plan, before its route starts or while it is driven.

Plan, live state, manifest and the shipments that change hands are one transaction. What is ahead
has new ETAs at once. Who was promised another time is told, the next stops with the transaction.
With a dry run the answer is the same and nothing is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.effects import effects
from chalicelib.domain.errors import Deactivated, Invalid, NotFound, RouteOver
from chalicelib.domain.ids import DriverId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import Change, LiveChange
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.edits import OPERATION_NAMES, Add, Assign, Operation, SetStart
from chalicelib.domain.routes.new_routes import service_day_of
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
from chalicelib.services.routes.editing import ITEMS_OF_PLAN, EditEffect, Editing
from chalicelib.services.routes.hand_overs import MOST_SHIPMENTS, handed_over, told_of
from chalicelib.services.routes.new_drivers import NewDriver

ITEMS_BESIDES: Final = ITEMS_OF_PLAN + 1
"""Those of the plan, and the live state of a second driver."""


@dataclass(frozen=True, slots=True)
class EditOrder:
    """The operations, and the plan versions that they may be about."""

    operations: tuple[Operation, ...]
    expected: Expected
    is_dry_run: bool = False


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
        editing = Editing(
            self.fleet,
            self.routes,
            self.shipments,
            self.journal,
            self.road_network,
            self.ids,
            self.forecasts,
            self.policy,
        )
        before = editing.read(route)
        found = self._to_add(order.operations)
        draft = editing.draft(
            before,
            order.operations,
            {key: share_of(shipment) for key, shipment in found.items()},
            now,
            require=lambda after: self._require_sense(after, order.operations),
        )
        concerned = editing.concerned(draft, found)
        claims = Claims(self.routes, self.journal, self.ids, is_dry_run=order.is_dry_run)
        changes = handed_over(draft, concerned, claims, actor, now)
        told = told_of(draft, changes, concerned)
        if not order.is_dry_run:
            names = dict.fromkeys(OPERATION_NAMES[type(each)] for each in order.operations)
            written = editing.writing(
                draft,
                changes,
                concerned,
                room=editing.room(changes, ITEMS_BESIDES),
                actor=actor,
                now=now,
                data={"changes": list(names)},
            )
            plan = written.divided.route
            drivers = self._drivers(route, plan)
            self.journal.commit(*changes, *written.noted, *written.changes, *drivers)
            editing.promises.tell_later(plan, written.divided.later, now)
            is_driven = route.status is RouteStatus.ACTIVE
            if is_driven and any(isinstance(each, Assign) for each in order.operations):
                NewDriver(self.shipments, self.journal).note(plan)
        done = effects(draft.before, draft.after, draft.promises)
        return EditEffect(draft.after.route, done, told, is_dry_run=order.is_dry_run)

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
                    service_day_of(route, hub, at=f"/operations/{n}/starts_at")

    def _require_active(self, driver_id: DriverId) -> None:
        """Raises NotFound and Deactivated."""
        if not self.drivers.get(driver_id).is_active:
            raise Deactivated(account_id=driver_id)

    def _drivers(self, before: Route, after: Route) -> list[Change]:
        """A planned route is in the list of its driver; one on the road is in the live state."""
        if before.driver_id == after.driver_id:
            return []
        old, new = self.fleet.live(before.driver_id), self.fleet.live(after.driver_id)
        self._require_active(after.driver_id)  # again: a deactivation since would change new
        if before.status is RouteStatus.ACTIVE:
            return []
        left = tuple(route_id for route_id in old.planned if route_id != before.id)
        return [
            LiveChange(replace(old, planned=left, version=old.version + 1), old.version),
            LiveChange(
                replace(new, planned=(*new.planned, after.id), version=new.version + 1), new.version
            ),
        ]
