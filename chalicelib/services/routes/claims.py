"""Claims: a shipment is put on a route, or taken off it.

A shipment on somebody else's open route is a conflict. Claims for a route that was never written do
not count: that route is closed before another one takes over its shipments, and can then not be
written any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.run_sheets import run_sheet_expires_at
from chalicelib.domain.errors import AlreadyAssigned, Invalid, NotFound, NotPlannable
from chalicelib.domain.ids import EVENT, EventId, RouteId
from chalicelib.domain.journal.changes import PlanningClosed, ShipmentChange
from chalicelib.domain.routes.new_stops import StopShare
from chalicelib.domain.routes.routes import Consignment, Route, Stop
from chalicelib.domain.shipments.custody import off_route, outstanding
from chalicelib.domain.shipments.events import Event, range_data
from chalicelib.domain.shipments.lifecycle import Step, may_take, take
from chalicelib.domain.shipments.shipments import Assignment, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.system import Ids

PLANNABLE: Final = frozenset({Status.CREATED, Status.ACCEPTED})
"""So is what can be tried again: after a failed attempt, where a parcel was left behind, or loaded
and not on an open route, so that it is back at the hub."""


def may_be_planned(shipment: Shipment, actor: Actor) -> bool:
    """Whether it can be put on a route, as far as its status says."""
    return shipment.status in PLANNABLE or may_take(shipment, Step.RETRY, actor)


def require_placed(shipment: Shipment | None, *, pointer: str) -> None:
    """Raises Invalid for a shipment that is not there, or whose door nobody knows yet."""
    if shipment is None:
        text = "There is no such shipment."
        raise Invalid(text, pointer=pointer, code="unknown_shipment")
    if shipment.needs_placing:
        text = "Nobody has placed this shipment yet: its address was found only roughly."
        raise Invalid(text, pointer=pointer, code="needs_placing")


@dataclass(frozen=True, slots=True)
class Claims:
    """What use cases need to put shipments on a route, and to take them off.

    In a dry run nothing is written, not even that a planning is closed.
    """

    routes: Routes
    journal: Journal
    ids: Ids
    is_dry_run: bool = False

    def require_free(self, shipments: Sequence[Shipment], mine: Route) -> None:
        """Raises AlreadyAssigned for one that is on another open route."""
        owners = {s.assignment.route_id for s in shipments if s.assignment is not None} - {mine.id}
        open_routes = {route_id for route_id in sorted(owners) if self._is_open(route_id, mine)}
        for shipment in shipments:
            if shipment.assignment is not None and shipment.assignment.route_id in open_routes:
                raise AlreadyAssigned(shipment_id=shipment.id)

    def claimed(
        self, shipment: Shipment, stop: Stop, route: Route, *, actor: Actor, now: datetime
    ) -> ShipmentChange:
        """The shipment at this stop of the route. Raises NotPlannable."""
        if not may_be_planned(shipment, actor):
            raise NotPlannable(shipment_id=shipment.id, current=shipment.status.value)
        after, events = shipment, list[Event]()
        if may_take(shipment, Step.RETRY, actor):
            after, event = self._taken(after, Step.RETRY, actor, now)
            events.append(event)
        assignment = Assignment(
            route_id=route.id,
            stop_id=stop.id,
            stop_number=stop.number,
            driver_id=route.driver_id,
            service_day=route.service_day,
        )
        return _change(shipment, replace(after, assignment=assignment), events, now)

    def freed(self, shipment: Shipment, *, actor: Actor, now: datetime) -> ShipmentChange:
        """The shipment on no route, to be planned again.

        What is on a van then goes back to the hub. Only this is told: before a van leaves, nobody
        was promised anything. An attempt that has failed stays as it is.
        """
        after, events = shipment, list[Event]()
        for step in (Step.TAKE_OFF, Step.RETRY):
            is_due = step is Step.TAKE_OFF or shipment.status is Status.LOADED
            if is_due and may_take(after, step, actor):
                after, event = self._taken(after, step, actor, now)
                events.append(event)
                break
        return _change(shipment, replace(after, assignment=None), events, now)

    def _taken(
        self, shipment: Shipment, step: Step, actor: Actor, now: datetime
    ) -> tuple[Shipment, Event]:
        told = {"previous_promise": range_data(shipment.promise)}
        return take(
            shipment,
            step,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=now,
            now=now,
            data=told if step is Step.TAKE_OFF else None,
        )

    def _is_open(self, route_id: RouteId, mine: Route) -> bool:
        try:
            other = self.routes.get(route_id)
        except NotFound:  # its planning has not finished, and must not do so any more
            if not self.is_dry_run:
                self.journal.commit(PlanningClosed(route_id, run_sheet_expires_at(mine)))
            return False
        return other.status.is_open


def share_of(shipment: Shipment) -> StopShare:
    """What the shipment brings to its stop."""
    return StopShare(
        consignment=Consignment(shipment.id, _to_deliver(shipment)),
        coordinates=shipment.address.coordinates,
        time_zone=shipment.address.time_zone,
        window=shipment.window,
        service_time_s=shipment.service_time_s,
    )


def _change(
    before: Shipment, after: Shipment, events: Iterable[Event], now: datetime
) -> ShipmentChange:
    """Scans and promises belong to the route that was left."""
    left = off_route(after)
    fresh = replace(left, assignment=after.assignment, version=before.version + 1, updated_at=now)
    return ShipmentChange(after=fresh, events=tuple(events), expected_version=before.version)


def _to_deliver(shipment: Shipment) -> tuple[str, ...]:
    """The barcodes of the parcels that no earlier route has delivered."""
    left = outstanding(shipment)
    return tuple(barcode for barcode in shipment.barcodes if barcode in left)
