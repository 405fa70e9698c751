"""A driver works through the stops: arrives, delivers, fails.

One report covers the shipments of one stop. Everything it changes (shipments, events, live state,
and with the last stop the route) is one transaction. A repeat of the same action changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving import departures
from chalicelib.domain.driving.fixes import Fix
from chalicelib.domain.driving.live import Live
from chalicelib.domain.driving.run_sheets import (
    Handled,
    parcel_numbers,
    run_sheet_expires_at,
    shipment_numbers,
)
from chalicelib.domain.driving.shift_hours import hours_of
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.driving.visit_reports import can_be_at_stop, leave, reach
from chalicelib.domain.errors import ConcurrentUpdate, NotFound, RouteNotStarted
from chalicelib.domain.ids import EVENT, DriverId, EventId, ShipmentId, StopId
from chalicelib.domain.journal.changes import (
    Change,
    DepartureAdded,
    HandledAdded,
    LiveChange,
    ShipmentChange,
)
from chalicelib.domain.journal.route_changes import route_changed
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import Proof
from chalicelib.domain.routes.routes import Consignment, Route, RouteStatus
from chalicelib.domain.shipments.custody import (
    has_outstanding,
    has_undecided,
    parts_data,
    undecided,
)
from chalicelib.domain.shipments.lifecycle import Step, may_take, take, transitions
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FINISHED
from chalicelib.services.driving.letting_go import LettingGo
from chalicelib.services.driving.off_plan import (
    OffPlan,
    Said,
    lost_parts,
    taken_back,
    without_lost,
    without_named,
)
from chalicelib.services.driving.putting_right import correction
from chalicelib.services.driving.shifts import live_of, plan_of, planned_routes
from chalicelib.services.driving.stop_pins import StopPins
from chalicelib.services.driving.stop_proofs import StopProofs
from chalicelib.services.ports.fleet import Fleet
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs, PinTries
from chalicelib.services.ports.routes import Routes
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Clock, Ids, Signer
from chalicelib.services.ports.travel import Forecasts
from chalicelib.services.proofs.late_proofs import LateProofs
from chalicelib.services.retries import retried
from chalicelib.services.routes.new_promises import NewPromises


@dataclass(frozen=True, slots=True)
class WorkStop:
    """Takes one report in and returns the stop's shipments as they then are.

    Raises NotFound (not the driver's stop), RouteNotStarted, IllegalTransition, Conflict (nothing
    aboard), Invalid (a proof that is none, a required proof that is missing, a wrong PIN),
    PinLocked.
    """

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    pin_tries: PinTries
    signer: Signer
    clock: Clock
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def __call__(self, report: StopReport, *, actor: Actor) -> tuple[Shipment, ...]:
        """Take the report in."""
        return retried(lambda: self._work(report, actor))

    def _work(self, report: StopReport, actor: Actor) -> tuple[Shipment, ...]:
        live = read = live_of(self.fleet, actor)
        now = self.clock.now()
        edited = self._edited(live, report.stop_id)
        lost = () if edited is None else lost_parts(edited, report)
        if edited is not None and lost:
            said = self._off_plan(report, edited, lost, live=live, actor=actor, now=now)
            rest = without_lost(edited, report, lost)
            return said if rest is None else (*said, *self._work(rest, actor))
        route, index = self._stop(live, report.stop_id)
        is_driven = route.id == live.route_id
        shift = live if is_driven else replace(live, started_at=route.started_at)
        report, occurred_at = report.dated(shift, now, self.policy)
        found, others = self._shipments(route, index, report, actor)
        shown: tuple[Shipment, ...] = ()
        if route.driver_id != live.driver_id:  # somebody else has taken the van over
            late_one = Said(report, route.id, actor, occurred_at, now)
            too_late = _too_late(late_one, route, index, found, self.policy)
            if too_late:
                shown = self._record(late_one, too_late)
                gone = {consignment.shipment_id for consignment in too_late}
                found = {key: shipment for key, shipment in found.items() if key not in gone}
                rest = without_named(report, too_late) if report.has_names else report
                if rest is None or not found:
                    return shown
                report = rest
            is_driven = route.status is RouteStatus.ACTIVE
            live = self._of_driver_now(route) if is_driven else live
        lost = taken_back(route.stops[index], others, report, actor)
        self._require_same_plan(read, others.keys() - {each.shipment_id for each in lost})
        if lost:
            taken_in = Said(report, route.id, actor, occurred_at, now)
            shown = (*shown, *self._record(taken_in, lost))
            rest = without_named(report, lost) if report.has_names else report
            if rest is None or not found:
                return shown
            report = rest
        report = report.naming(found, actor.driver_id)
        reported = report.reported_shipments(route.stops[index], found, actor.driver_id)
        due = [
            shipment
            for shipment in reported
            if not report.is_known(
                shipment, actor=actor, occurred_at=occurred_at, policy=self.policy
            )
        ]
        if not due:
            is_open = is_driven and not live.progress[index].is_done
            if is_open and not any(map(has_undecided, found.values())):  # it would stay for ever
                self._commit(
                    live,
                    route,
                    index,
                    report=report,
                    at_stop=found,
                    before=found,
                    changes=(),
                    actor=actor,
                    occurred_at=occurred_at,
                    now=now,
                )
            elif is_driven and report.step is Step.ARRIVE:
                self._confirm_arrival(live, index, occurred_at)
            return (*shown, *map(self._late_proofs().joined, found.values()))
        news = Said(report, route.id, actor, occurred_at, now)
        told = self._take_in(news, live, route, index, found=found, due=due)
        return (*shown, *map(self._late_proofs().joined, told.values()))

    def _take_in(
        self,
        said: Said,
        live: Live,
        route: Route,
        index: int,
        *,
        found: Mapping[ShipmentId, Shipment],
        due: Sequence[Shipment],
    ) -> Mapping[ShipmentId, Shipment]:
        """The stop's shipments after what is news to those that are ``due``."""
        report, actor, now = said.report, said.actor, said.now
        mistaken = [
            shipment
            for shipment in due
            if report.takes_back(
                shipment, actor=actor, occurred_at=said.occurred_at, policy=self.policy
            )
        ]
        due = [shipment for shipment in due if shipment not in mistaken]
        overtaken = {
            shipment.id
            for shipment in due
            if report.is_overtaken(shipment, actor=actor, occurred_at=said.occurred_at)
        }
        if overtaken:
            consignments = route.stops[index].consignments
            noted = self._record(said, [c for c in consignments if c.shipment_id in overtaken])
            found = {**found, **{shipment.id: shipment for shipment in noted}}
            due = [shipment for shipment in due if shipment.id not in overtaken]
        report.require_possible(due, actor=actor)
        proofs = StopProofs(self.allowed_proofs).of(report, [*due, *mistaken], now)
        found = {**found, **self._put_right(said, mistaken, proofs)}
        if not due:
            return found
        check = StopPins(self.pin_tries, self.signer, self.policy)
        pins = check.of(report, due, occurred_at=said.occurred_at, now=now)
        changes = [
            self._change(
                s,
                report,
                actor=actor,
                proofs=proofs[s.id],
                pin=pins.get(s.id),
                occurred_at=said.occurred_at,
                now=now,
            )
            for s in due
        ]
        after = {**found, **{change.after.id: change.after for change in changes}}
        self._commit(
            live,
            route,
            index,
            report=report,
            at_stop=after,
            before=found,
            changes=changes,
            actor=actor,
            occurred_at=said.occurred_at,
            now=now,
        )
        return after

    def _put_right(
        self,
        said: Said,
        mistaken: Sequence[Shipment],
        proofs: Mapping[ShipmentId, Sequence[Proof]],
    ) -> dict[ShipmentId, Shipment]:
        """The shipments whose delivery the driver takes back, one after the other.

        Each writes the driver's sheet anew. A repeat knows those that are put right already.
        """
        done = {}
        for shipment in mistaken:
            after, changes = correction(
                shipment,
                said.report.own_correction(proofs[shipment.id]),
                is_aboard=True,
                routes=self.routes,
                actor=said.actor,
                event_id=EventId(self.ids.new(EVENT)),
                occurred_at=said.occurred_at,
                now=said.now,
            )
            self.journal.commit(*changes)
            done[shipment.id] = after
        return done

    def _late_proofs(self) -> LateProofs:
        """Looked at after the commit: an inspection may have ended while it was made."""
        return LateProofs(self.shipments, self.journal, self.allowed_proofs, self.clock, self.ids)

    def _require_same_plan(self, read: Live, gone: Collection[ShipmentId]) -> None:
        """Raise ConcurrentUpdate where the plan has moved on since its driver's state was read.

        What has ``gone`` from the route meanwhile is then judged as what the plan has lost.
        """
        if not gone:
            return
        now = self.fleet.live(read.driver_id)
        if (now.route_id, now.plan_version) != (read.route_id, read.plan_version):
            raise ConcurrentUpdate

    def _of_driver_now(self, route: Route) -> Live:
        """The live state of the van, which another driver has taken over."""
        live = self.fleet.live(route.driver_id)
        if (live.route_id, live.plan_version) != (route.id, route.plan_version):
            raise ConcurrentUpdate
        return live

    def _confirm_arrival(self, live: Live, index: int, occurred_at: datetime) -> None:
        """The fixes told the arrival first. After the driver's report they cannot withdraw it."""
        if live.progress[index].arrived_at is None:
            return
        after = reach(live, index, occurred_at, self.policy)
        if after != live:
            self.journal.commit(LiveChange(replace(after, version=live.version + 1), live.version))

    def _shipments(
        self, route: Route, index: int, report: StopReport, actor: Actor
    ) -> tuple[dict[ShipmentId, Shipment], dict[ShipmentId, Shipment]]:
        """The stop's shipments, and apart from them those that have left the route since.

        One that has left it after this very report is found for its repeat.
        """
        found = self.shipments.get_many(route.stops[index].shipment_ids)
        own = {
            key: shipment
            for key, shipment in found.items()
            if shipment.is_on(route.id)
            or (shipment.assignment is None and report.was_taken_in(shipment, actor.driver_id))
        }
        return own, {key: shipment for key, shipment in found.items() if key not in own}

    def _edited(self, live: Live, stop_id: StopId) -> Route | None:
        """The plan that has lost the stop or a part of it: that of now, or of the route before."""
        if live.route_id is None:
            return None
        route = plan_of(self.routes, live)
        previous = route.previous_of(live.driver_id)
        if previous is not None and not _knows(route, stop_id):
            route = self.routes.get(previous)
        return route if any(stop.id == stop_id for stop in route.taken_off) else None

    def _off_plan(
        self,
        report: StopReport,
        route: Route,
        lost: Sequence[Consignment],
        *,
        live: Live,
        actor: Actor,
        now: datetime,
    ) -> tuple[Shipment, ...]:
        report, occurred_at = report.dated(live, now, self.policy)
        return self._record(Said(report, route.id, actor, occurred_at, now), lost)

    def _record(self, said: Said, lost: Sequence[Consignment]) -> tuple[Shipment, ...]:
        """The shipments of these consignments after a report that is off the plan."""
        letting_go = LettingGo(self.fleet, self.routes, self.forecasts, self.ids, self.policy)
        promises = NewPromises(self.fleet, self.shipments, self.journal, self.ids, self.policy)
        record = OffPlan(
            self.shipments, self.journal, self.allowed_proofs, self.ids, letting_go, promises
        )
        return record(said, lost)

    def _stop(self, live: Live, stop_id: StopId) -> tuple[Route, int]:
        """The stop in the plan that is driven, else in that of the route before.

        What failed on the route before is still aboard. It may be handed over after the next start.
        """
        with suppress(NotFound):
            route = plan_of(self.routes, live)
            index, previous = route.stop_index(stop_id), route.previous_of(live.driver_id)
            if index is None and previous is not None:
                route = self.routes.get(previous)
                index = route.stop_index(stop_id)
            if index is not None:
                return route, index
        if any(_knows(planned, stop_id) for planned in planned_routes(self.routes, live)):
            raise RouteNotStarted
        raise NotFound

    def _change(
        self,
        shipment: Shipment,
        report: StopReport,
        *,
        actor: Actor,
        proofs: Sequence[Proof],
        pin: PinCheck | None,
        occurred_at: datetime,
        now: datetime,
    ) -> ShipmentChange:
        reported, data = shipment, report.event_data(proofs, pin)
        is_partial = report.leaves_undecided(shipment)
        if report.step is not Step.ARRIVE:
            reported = report.attempted(
                shipment, DriverId(actor.id), proofs=proofs, occurred_at=occurred_at, pin=pin
            )
            decided = shipment.status if is_partial else transitions()[report.step].target
            data |= parts_data(replace(reported, status=decided), report.parcels_of(shipment))
        after, event = take(
            reported,
            report.step,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=occurred_at,
            now=now,
            data=data,
            is_partial=is_partial,
        )
        if after.status in FINISHED and not has_outstanding(after):
            after = replace(after, completed_at=occurred_at)
        return ShipmentChange(after=after, events=(event,), expected_version=shipment.version)

    def _commit(
        self,
        live: Live,
        route: Route,
        index: int,
        *,
        report: StopReport,
        at_stop: Mapping[ShipmentId, Shipment],
        before: Mapping[ShipmentId, Shipment],
        changes: Sequence[ShipmentChange],
        actor: Actor,
        occurred_at: datetime,
        now: datetime,
    ) -> None:
        is_left = not any(map(has_undecided, at_stop.values()))
        is_driven = route.id == live.route_id and route.driver_id == live.driver_id
        was_done = not is_driven or live.progress[index].is_done
        there = Fix(occurred_at, route.stops[index].coordinates)
        is_noted = was_done or not is_left or _has_failed_before(report, before, changes)
        others: list[Change] = _handled(route, report, before, changes, is_noted=is_noted)
        if not is_driven:  # the stop was done long ago, and no live state knows it any more
            self.journal.commit(*changes, *others)
            return
        if was_done:  # a second attempt: the van has left, unless the stop is reopened meanwhile
            after = live
        elif is_left:
            after = leave(
                live,
                index,
                route,
                self.forecasts.stop_times(route, now),
                left_at=occurred_at,
                now=now,
                model=self.forecasts.model,
                policy=self.policy,
            )
            departure = departures.from_stop(
                replace(live, started_at=route.started_at or live.started_at),
                after,
                index,
                left_at=occurred_at,
                now=now,
                policy=self.policy,
            )
            others.append(DepartureAdded(replace(departure, driver_id=DriverId(actor.id))))
        elif report.step is Step.ARRIVE or can_be_at_stop(live, index, there, self.policy):
            is_firm = report.step is Step.ARRIVE
            after = reach(live, index, occurred_at, self.policy, is_firm=is_firm)
        else:
            after = live
        if after.ended_at is not None and route.status is RouteStatus.ACTIVE:
            done = replace(
                route,
                status=RouteStatus.COMPLETED,
                completed_at=now,
                plan_version=route.plan_version + 1,
            )
            after = replace(after, plan_version=done.plan_version)
            others += route_changed(
                route, done, actor=actor, event_id=EventId(self.ids.new(EVENT)), now=now
            )
        written = LiveChange(replace(after, version=live.version + 1), live.version)
        self.journal.commit(*changes, written, *others)


def _too_late(
    said: Said, route: Route, index: int, found: Mapping[ShipmentId, Shipment], policy: Policy
) -> tuple[Consignment, ...]:
    """What a former driver reports of the time after the hand-over, or what is so no more.

    It is judged like a report off the plan. All else was so while this driver had the van.
    """
    report, actor = said.report, said.actor
    codes, ids = set(report.barcodes), report.shipment_ids
    own = [
        each
        for each in route.stops[index].consignments
        if each.shipment_id in found
        and (not report.has_names or each.shipment_id in ids or codes & {*each.barcodes})
    ]
    hours = hours_of(route, DriverId(actor.id))
    if hours is None or not hours.include(said.occurred_at):
        return tuple(own)

    def counts(shipment: Shipment) -> bool:
        return may_take(shipment, report.step, actor) or report.is_known(
            shipment, actor=actor, occurred_at=said.occurred_at, policy=policy
        )

    return tuple(each for each in own if not counts(found[each.shipment_id]))


def _knows(route: Route, stop_id: StopId) -> bool:
    """Whether the stop is in the plan, or was."""
    return any(stop.id == stop_id for stop in (*route.stops, *route.taken_off))


def _handled(
    route: Route,
    report: StopReport,
    before: Mapping[ShipmentId, Shipment],
    changes: Sequence[ShipmentChange],
    *,
    is_noted: bool,
) -> list[Change]:
    """What the run sheet cannot tell from the live state: failures, and deliveries in parts."""
    if not changes:
        return []
    ids = [change.after.id for change in changes]
    parcels = parcel_numbers(route, {key: report.parcels_of(before[key]) for key in ids})
    numbers = shipment_numbers(route)
    changed = frozenset(numbers[key] for key in ids)
    if report.step is Step.FAIL:
        handled = Handled(failed=changed, failed_parcels=parcels)
    elif report.step is Step.DELIVER and is_noted:
        handled = Handled(delivered=changed, delivered_parcels=parcels)
    else:
        return []
    return [HandledAdded(route.id, handled, run_sheet_expires_at(route))]


def _has_failed_before(
    report: StopReport, before: Mapping[ShipmentId, Shipment], changes: Sequence[ShipmentChange]
) -> bool:
    """Whether an earlier note says of a reported parcel that its attempt has failed."""
    reported = [before[change.after.id] for change in changes]
    return any(report.parcels_of(shipment) - undecided(shipment) for shipment in reported)
