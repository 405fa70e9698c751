"""Boarding: a parcel is found on a van that has left, so it is out for delivery from then on.

Loading stays open on the road. The stop counts again as one to make, with an ETA and a promise. A
route whose last stop was done a moment ago goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.alerts import Alert, AlertKind
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.loading import is_open_for_loading
from chalicelib.domain.driving.memory import promise_of, with_memory, with_promise
from chalicelib.domain.driving.run_sheets import Handled, parcel_numbers, run_sheet_expires_at
from chalicelib.domain.driving.visit_reports import reopen
from chalicelib.domain.ids import EVENT, DriverId, EventId, RouteId, ShipmentId
from chalicelib.domain.instants import Range
from chalicelib.domain.journal.changes import (
    Change,
    HandledAdded,
    LiveChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.policy import Policy
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.custody import delivered, has_undecided
from chalicelib.domain.shipments.statuses import ON_THE_WAY
from chalicelib.services.driving.departing import departed
from chalicelib.services.driving.shifts import plan_of
from chalicelib.services.driving.telling import told
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class Boarding:
    """What a use case is made of that lets parcels board a van that has left."""

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    clock: Clock
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def board(
        self,
        driver_id: DriverId,
        route_id: RouteId,
        shipment_ids: Sequence[ShipmentId],
        *,
        actor: Actor,
    ) -> None:
        """Those of the shipments with a parcel aboard are out for delivery.

        Nothing happens before the route has started, or to a shipment on its way. Safe to repeat.
        """
        for shipment_id in shipment_ids:
            retried(lambda each=shipment_id: self._board_one(driver_id, route_id, each, actor))  # type: ignore[misc]

    def _board_one(
        self, driver_id: DriverId, route_id: RouteId, shipment_id: ShipmentId, actor: Actor
    ) -> None:
        now = self.clock.now()
        live = self.fleet.live(driver_id)
        if live.route_id != route_id or not is_open_for_loading(live, now, self.policy):
            return
        shipment = self.shipments.get(shipment_id)
        if shipment.status in ON_THE_WAY or not has_undecided(shipment):
            return
        route = plan_of(self.routes, live)
        if route.driver_id != driver_id:  # the van was handed over: it boards there
            self._board_one(route.driver_id, route_id, shipment_id, actor)
            return
        assigned = shipment.assignment
        index = None if assigned is None else route.stop_index(assigned.stop_id)
        if index is None or not shipment.is_on(route_id):
            return
        after, promise, others = self._reopened(
            live, route, index, shipment_id, actor=actor, now=now
        )
        change = departed(
            shipment,
            promise,
            after.etas[index],
            driver_id=driver_id,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            now=now,
        )
        self.journal.commit(
            change,
            LiveChange(replace(after, version=live.version + 1), live.version),
            *others,
        )

    def _reopened(
        self,
        live: Live,
        route: Route,
        index: int,
        boarding: ShipmentId,
        *,
        actor: Actor,
        now: datetime,
    ) -> tuple[Live, Range, list[Change]]:
        """The live state with this stop to be made, its promise, and what else changes.

        A promise that is past already is not handed on: there is a new one for all of the stop, and
        who waited there for the broken one gets it, too.
        """
        progress, stop = live.progress[index], route.stops[index]
        promise = promise_of(progress, stop)
        if not progress.is_done and promise is not None and promise.latest > now:
            return live, promise, []
        after = reopen(
            live,
            index,
            route,
            self.forecasts.stop_times(route, now),
            now=now,
            model=self.forecasts.model,
            policy=self.policy,
        )
        eta = after.etas[index]
        promise = Range(now, now) if eta is None else eta.range
        promise = promise.as_promise(self.policy.promise_step)
        others: list[Change] = []
        if stop.promise is None or route.status is RouteStatus.COMPLETED:
            others += route_changed(
                route,
                _going_on(route, index, promise, now),
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                now=now,
                data={"changes": ["board"]},
            )
            after = replace(after, plan_version=route.plan_version + 1)
        if stop.promise is not None:
            is_delayed = after.progress[index].is_delayed
            if not progress.is_done:
                kind = AlertKind.HEARD_AGAIN if progress.is_silent else AlertKind.DELAYED
                alert = Alert(kind, index, now, eta=eta, promise=promise)
                waiting = told([alert], route, shipments=self.shipments, ids=self.ids, now=now)
                others += [change for change in waiting if change.after.id != boarding]
                is_delayed = is_delayed or kind is AlertKind.DELAYED
            promised = with_promise(
                after.progress[index], promise, now, self.policy, is_delayed=is_delayed
            )
            memory = after.with_progress(index, promised).progress
            after = with_memory(after, memory, route, now, self.policy)
        delivered_here = self._delivered_at(route, index)
        if delivered_here:
            handled = Handled(delivered_parcels=parcel_numbers(route, delivered_here))
            others.append(HandledAdded(route.id, handled, run_sheet_expires_at(route)))
        return after, promise, others

    def _delivered_at(self, route: Route, index: int) -> Mapping[ShipmentId, frozenset[str]]:
        """What was delivered there: while a stop is open, the run sheet needs to be told."""
        found = self.shipments.get_many(route.stops[index].shipment_ids)
        return {
            key: delivered(shipment)
            for key, shipment in found.items()
            if shipment.is_on(route.id) and delivered(shipment)
        }


def _going_on(route: Route, index: int, promise: Range, now: datetime) -> Route:
    """The plan with a promise for this stop; driven again if it was complete.

    The driver was off shift in between. That stays known, for fixes of that time may come late.
    """
    stop = route.stops[index]
    promised = replace(stop, promise=stop.promise or promise)
    pause = [] if route.completed_at is None else [Range(route.completed_at, now)]
    return replace(
        route,
        stops=(*route.stops[:index], promised, *route.stops[index + 1 :]),
        status=RouteStatus.ACTIVE,
        completed_at=None,
        plan_version=route.plan_version + 1,
        pauses=(*route.pauses, *pause),
    )
