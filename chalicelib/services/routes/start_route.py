"""A route starts: what is on the van is out for delivery, with a promise for each stop.

Shipments depart first, in transactions of their own, and the route and the driver's live state turn
last. A start that was cut off in between is simply repeated: what has departed keeps its promise.
A shipment of which a part is on the van departs with that part; the rest comes later.

A phone without a network reports the start late. The route began when the van left all the same, so
that positions and visits since then belong to it. What recipients are told is of now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.accounts.shippers import Shipper
from chalicelib.domain.actors import Actor, Role
from chalicelib.domain.driving import departures
from chalicelib.domain.driving.clocks import Shift, reported_time, without_rollover
from chalicelib.domain.driving.fixes import on_grid
from chalicelib.domain.driving.forecasts import etas_at_start, still_to_come
from chalicelib.domain.driving.live import Live, Progress, kept_numbers
from chalicelib.domain.driving.run_sheets import Handled, parcel_numbers, run_sheet_expires_at
from chalicelib.domain.errors import NotFound, NothingLoaded, NotToday, RouteOver, RouteUnderWay
from chalicelib.domain.eta.estimates import Eta
from chalicelib.domain.ids import EVENT, EventId, RouteId, ShipmentId, ShipperId
from chalicelib.domain.instants import Range, TimeSource
from chalicelib.domain.journal.changes import (
    SHIPMENTS_PER_TRANSACTION,
    DepartureAdded,
    HandledAdded,
    LiveChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.routes.routes import Route, RouteStatus
from chalicelib.domain.shipments.company import companions_of
from chalicelib.domain.shipments.custody import has_undecided
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY
from chalicelib.services.driving.boarding import Boarding
from chalicelib.services.driving.departing import departed
from chalicelib.services.driving.shifts import live_of, planned_routes
from chalicelib.services.ports.accounts import Shippers
from chalicelib.services.retries import retried


@dataclass(frozen=True, slots=True)
class StartOrder:
    """How a start is asked for. ``action_id`` is the driver's own name for it.

    ``confirms_other_day``: the route is meant although it is planned for another day.
    ``left_at`` is when the van left, by the device's clock, and ``sent_at`` that clock when it sent
    this; None: now.
    """

    action_id: str | None = None
    confirms_other_day: bool = False
    left_at: datetime | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StartRoute(Boarding):
    """Starts a planned route. Raises NotFound, Conflict (nothing loaded, another route under way,
    another day's route) and Unauthorized (a revoked driver's token).
    """

    shippers: Shippers

    def of_driver(self, actor: Actor, order: StartOrder = StartOrder()) -> Route:
        """Start the driver's earliest route that is loaded; the one under way, if there is one.

        A start that is sent again finds the route that it has started, also when that is over.
        """
        live = live_of(self.fleet, actor)
        if live.route_id is not None:
            last = self.routes.get(live.route_id)
            if live.is_on_shift or (order.action_id and last.start_action_id == order.action_id):
                return last
        refusal: NotFound | NothingLoaded | NotToday = NotFound()
        for route in planned_routes(self.routes, live):
            try:
                return self(route.id, actor=actor, order=order)
            except NothingLoaded as exc:  # an earlier one that nobody loads must not block the day
                refusal = refusal if isinstance(refusal, NotToday) else exc
            except NotToday as exc:
                refusal = exc
        raise refusal

    def __call__(
        self, route_id: RouteId, *, actor: Actor, order: StartOrder = StartOrder()
    ) -> Route:
        """Start it, or find it started."""
        route = self.routes.get(route_id)
        if actor.role is Role.DRIVER and route.driver_id != actor.driver_id:
            raise NotFound
        return retried(lambda: self._start(route_id, actor, order))

    def _start(self, route_id: RouteId, actor: Actor, order: StartOrder) -> Route:
        route = self.routes.get(route_id)
        if route.status is RouteStatus.CANCELLED:
            raise RouteOver(route_id=route.id)
        if route.status is not RouteStatus.PLANNED:
            return route
        live = self.fleet.live(route.driver_id)
        if live.route_id == route_id:  # somebody else has started it a moment ago
            return self.routes.get(route_id)
        if live.is_on_shift:
            raise RouteUnderWay(route_id=live.route_id)
        now = self.clock.now()
        left_at, skew = self._left_at(order, route, live, now)
        planned = self.shipments.get_many(
            [shipment_id for stop in route.stops for shipment_id in stop.shipment_ids]
        )
        found = {key: shipment for key, shipment in planned.items() if shipment.is_on(route.id)}
        loaded = [i for i in range(len(route.stops)) if _aboard(route, i, found)]
        if not loaded:
            raise NothingLoaded(route_id=route.id)
        if not order.confirms_other_day and not route.may_start(left_at, self.policy):
            raise NotToday(route_id=route.id, service_day=route.service_day.isoformat())
        stop_times = self.forecasts.stop_times(route, now)
        etas = still_to_come(
            etas_at_start(stop_times, loaded, self.forecasts.model, left_at, route.breaks), now
        )
        promises = tuple(self._promise(route, i, eta, found) for i, eta in enumerate(etas))
        leaving = self._with_company(route, found)
        self._depart(route, promises, etas, leaving, actor=actor, left_at=left_at, now=now)
        scanned = {key: shipment.scanned_barcodes for key, shipment in found.items()}
        handled = Handled(parcels=parcel_numbers(route, scanned))
        named = replace(route, start_action_id=order.action_id)
        started = self._activate(
            named,
            replace(live, clock_skew=skew),
            etas,
            promises,
            handled=handled,
            actor=actor,
            left_at=left_at,
            now=now,
        )
        at_hub = [key for key, shipment in found.items() if not has_undecided(shipment)]
        self._board_latecomers(started, at_hub, actor)
        return started

    def _left_at(
        self, order: StartOrder, route: Route, live: Live, now: datetime
    ) -> tuple[datetime, timedelta]:
        """When the van left, by our clock, and how far the device's clock is ahead of ours.

        Never before the plan, or before the last route ended. A time that makes no sense is that of
        the report. Positions of the same clock are corrected by the same amount, so that none of
        them falls before the start.
        """
        if order.left_at is None:
            return now, live.clock_skew
        planned_at = max(route.created_at, live.ended_at or route.created_at)
        since = max(planned_at, now - self.policy.fix_age_limit)
        shift = Shift(now, since, live.clock_skew)
        left_at, source = reported_time(order.left_at, order.sent_at, shift, self.policy)
        if source is not TimeSource.CORRECTED or not since < left_at <= now:
            return left_at, live.clock_skew
        return left_at, without_rollover(order.left_at, now, self.policy) - left_at

    def _board_latecomers(self, route: Route, at_hub: Sequence[ShipmentId], actor: Actor) -> None:
        """What was scanned after the start has read the shipments is on the van, too."""
        found = self.shipments.get_many(at_hub) if at_hub else {}
        late = [key for key, shipment in found.items() if has_undecided(shipment)]
        if late:
            self.board(route.driver_id, route.id, late, actor=actor)

    def _promise(
        self, route: Route, i: int, eta: Eta | None, found: dict[ShipmentId, Shipment]
    ) -> Range | None:
        """Promises of an interrupted start stay as they are."""
        if eta is None:
            return None
        told = (found[s].promise for s in route.stops[i].shipment_ids if s in found)
        earlier = next((promise for promise in told if promise is not None), None)
        return earlier or eta.range.as_promise(self.policy.promise_step)

    def _with_company(
        self, route: Route, found: dict[ShipmentId, Shipment]
    ) -> dict[ShipmentId, Shipment]:
        """The shipments, which know from now on who shares their visit (``company``)."""
        leaving = dict(found)
        for stop in route.stops:
            there = [found[key] for key in stop.shipment_ids if key in found]
            there = [each for each in there if has_undecided(each)]
            for each in there if len(there) > 1 else ():
                companions = companions_of(each, there, self._shipper)
                if companions and each.assignment is not None:
                    assigned = replace(
                        each.assignment,
                        companions=companions,
                        plan_version=route.plan_version + 1,
                    )
                    leaving[each.id] = replace(each, assignment=assigned)
        return leaving

    def _shipper(self, shipper_id: ShipperId) -> Shipper | None:
        try:
            return self.shippers.get(shipper_id)
        except NotFound:
            return None

    def _depart(
        self,
        route: Route,
        promises: Sequence[Range | None],
        etas: Sequence[Eta | None],
        found: dict[ShipmentId, Shipment],
        *,
        actor: Actor,
        left_at: datetime,
        now: datetime,
    ) -> None:
        changes = [
            departed(
                found[shipment_id],
                promise,
                eta,
                driver_id=route.driver_id,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                left_at=left_at,
                now=now,
            )
            for stop, promise, eta in zip(route.stops, promises, etas, strict=True)
            if promise is not None and eta is not None
            for shipment_id in stop.shipment_ids
            if shipment_id in found
            and has_undecided(found[shipment_id])
            and found[shipment_id].status not in ON_THE_WAY
        ]
        for start in range(0, len(changes), SHIPMENTS_PER_TRANSACTION):
            self.journal.commit(*changes[start : start + SHIPMENTS_PER_TRANSACTION])

    def _activate(
        self,
        route: Route,
        live: Live,
        etas: tuple[Eta | None, ...],
        promises: tuple[Range | None, ...],
        *,
        handled: Handled,
        actor: Actor,
        left_at: datetime,
        now: datetime,
    ) -> Route:
        stops = tuple(
            replace(stop, promise=promise)
            for stop, promise in zip(route.stops, promises, strict=True)
        )
        started = replace(
            route,
            stops=stops,
            status=RouteStatus.ACTIVE,
            plan_version=route.plan_version + 1,
            started_at=left_at,
            previous=live.route_id,
        )
        on_shift = Live(
            driver_id=live.driver_id,
            version=live.version + 1,
            epoch=live.epoch,
            route_id=route.id,
            plan_version=started.plan_version,
            started_at=left_at,
            clock_skew=live.clock_skew,
            alive_at=now if now - left_at > self.policy.alive_every else None,
            progress=tuple(Progress(is_done=promise is None) for promise in promises),
            etas=etas,
            is_at_hub=True,
            planned=tuple(planned for planned in live.planned if planned != route.id),
            began_at=on_grid(route.hub_coordinates),
            numbers=kept_numbers(route.numbers),
        )
        self.journal.commit(
            LiveChange(on_shift, live.version),
            *route_changed(
                route, started, actor=actor, event_id=EventId(self.ids.new(EVENT)), now=now
            ),
            DepartureAdded(departures.from_hub(on_shift, left_at, self.policy, told_at=now)),
            HandledAdded(route.id, handled, run_sheet_expires_at(route)),
        )
        return started


def _aboard(route: Route, stop_index: int, found: dict[ShipmentId, Shipment]) -> bool:
    """Whether anything for this stop is on the van, departed by an interrupted start or not yet."""
    ids = route.stops[stop_index].shipment_ids
    return any(shipment_id in found and has_undecided(found[shipment_id]) for shipment_id in ids)
