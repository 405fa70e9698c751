"""A driver reports what the plan has lost meanwhile: the phone had no network when it was edited.

So it is with what the office has taken back after an attempt. The report is judged by the plan that
the driver had. What was handed over is delivered, and leaves the plan of another route that has it
by now. All else is kept for the record and changes nothing, for a newer truth stands: so it is with
what has been scanned onto another van since. A repeat of a report is known by its action, as
everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.stop_reports import EARLIER_ATTEMPTS, StopReport
from chalicelib.domain.ids import EVENT, DriverId, EventId, RouteId, ShipmentId
from chalicelib.domain.journal.changes import ShipmentChange
from chalicelib.domain.proofs.proofs import Proof, reported_proof
from chalicelib.domain.routes.routes import Consignment, Route, Stop
from chalicelib.domain.shipments.custody import has_aboard, has_outstanding, with_delivered
from chalicelib.domain.shipments.events import Event, EventType
from chalicelib.domain.shipments.lifecycle import Step, append, may_take, take
from chalicelib.domain.shipments.shipments import Attempt, Shipment
from chalicelib.domain.shipments.statuses import Status
from chalicelib.observability import logger
from chalicelib.services.driving.letting_go import LettingGo
from chalicelib.services.ports.journal import Journal
from chalicelib.services.ports.proofs import AllowedProofs
from chalicelib.services.ports.shipments import Shipments
from chalicelib.services.ports.system import Ids
from chalicelib.services.routes.new_promises import NewPromises

AT_ONCE: Final = 30
"""So many shipments in one transaction: each comes with two events."""
NEWEST: Final = 20


def lost_parts(route: Route, report: StopReport) -> tuple[Consignment, ...]:
    """What the report is about and was taken off the plan, at this stop.

    Without names a report is about what the driver's plan has there. If it does not say which plan
    that is, it is about what the plan of now has there, if there is anything.
    """
    known, planned = report.plan_version, _planned(route, report)
    lost: dict[ShipmentId, Consignment] = {}
    for stop, version in zip(route.taken_off, route.taken_off_with, strict=True):
        is_meant = report.has_names or (not planned if known is None else known < version)
        if stop.id == report.stop_id and is_meant:
            lost |= {consignment.shipment_id: consignment for consignment in stop.consignments}
    codes, ids = set(report.barcodes), report.shipment_ids
    return tuple(
        each
        for each in lost.values()
        if each.shipment_id not in planned
        and (not report.has_names or each.shipment_id in ids or codes & {*each.barcodes})
    )


def taken_back(
    stop: Stop, found: Mapping[ShipmentId, Shipment], report: StopReport, actor: Actor
) -> tuple[Consignment, ...]:
    """What the report is about and the office has taken back after an attempt of this driver.

    ``found`` are the shipments of the stop that the route has no more.
    """
    codes, ids = set(report.barcodes), report.shipment_ids
    return tuple(
        each
        for each in stop.consignments
        if each.shipment_id in found
        and found[each.shipment_id].was_tried_by(actor.driver_id)
        and (not report.has_names or each.shipment_id in ids or codes & {*each.barcodes})
    )


def without_lost(
    route: Route, report: StopReport, lost: Sequence[Consignment]
) -> StopReport | None:
    """The rest of the report, about what the plan still has; None when there is no rest."""
    if not report.has_names:
        return replace(report, plan_version=None) if _planned(route, report) else None
    return without_named(report, lost)


def without_named(report: StopReport, lost: Sequence[Consignment]) -> StopReport | None:
    """A report without what it names of these; None when it names nothing else."""
    codes = {barcode for consignment in lost for barcode in consignment.barcodes}
    ids = {consignment.shipment_id for consignment in lost}
    named = tuple(key for key in report.shipment_ids if key not in ids)
    barcodes = tuple(barcode for barcode in report.barcodes if barcode not in codes)
    if not named and not barcodes:
        return None
    return replace(report, shipment_ids=named, barcodes=barcodes)


def _planned(route: Route, report: StopReport) -> frozenset[ShipmentId]:
    """The shipments that the plan has at the stop now."""
    stops = (stop for stop in route.stops if stop.id == report.stop_id)
    return frozenset(key for stop in stops for key in stop.shipment_ids)


@dataclass(frozen=True, slots=True)
class Said:
    """A report with its driver, its time by our clock, and when we hear of it.

    ``route_id`` is the route with the stop.
    """

    report: StopReport
    route_id: RouteId
    actor: Actor
    occurred_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class OffPlan:
    """What is needed to record such a report."""

    shipments: Shipments
    journal: Journal
    allowed_proofs: AllowedProofs
    ids: Ids
    letting_go: LettingGo
    promises: NewPromises

    def __call__(self, said: Said, lost: Sequence[Consignment]) -> tuple[Shipment, ...]:
        """The shipments as they are after the report. Safe to repeat."""
        consignments = {each.shipment_id: each for each in lost}
        after = self.shipments.get_many(list(consignments))
        by_holder: dict[RouteId | None, list[Shipment]] = {}
        for shipment in after.values():
            assigned = shipment.assignment
            holder = None if assigned is None else assigned.route_id
            by_holder.setdefault(holder, []).append(shipment)
        for holder, held in by_holder.items():
            for start in range(0, len(held), AT_ONCE):
                changes = [
                    change
                    for shipment in held[start : start + AT_ONCE]
                    for change in self._changes(shipment, consignments[shipment.id], said)
                ]
                after |= {each.id: each for each in self._record(changes, holder, said)}
        report = said.report
        facts = {"stop_id": report.stop_id, "step": report.step.value, "shipments": sorted(after)}
        logger.warning("reported off the plan", extra=facts)
        return tuple(after.values())

    def _record(
        self, changes: Sequence[ShipmentChange], holder: RouteId | None, said: Said
    ) -> list[Shipment]:
        """The shipments as written. What was delivered leaves the plan of its ``holder``."""
        done = {
            change.after.id
            for change in changes
            if any(event.type is EventType.DELIVERED for event in change.events)
        }
        if holder is None or not done:
            self.journal.commit(*changes)
            return [change.after for change in changes]
        left = self.letting_go.of(holder, done, actor=said.actor, now=said.now)
        if left is None:
            self.journal.commit(*changes)
            return [change.after for change in changes]
        freed = [
            replace(each, after=replace(each.after, assignment=None))
            if each.after.id in done
            else each
            for each in changes
        ]
        self.journal.commit(*freed, *left.changes)
        self.promises.tell_later(left.route, left.later, said.now)
        return [change.after for change in freed]

    def _changes(
        self, shipment: Shipment, consignment: Consignment, said: Said
    ) -> list[ShipmentChange]:
        """None where the report is a repeat, or only says that the van was there."""
        report, actor = said.report, said.actor
        if report.step is Step.ARRIVE or self._is_known(shipment, said):
            return []
        after, noted = self._noted(shipment, said)
        events = [noted]
        is_credible = report.step is Step.DELIVER and not _is_on_another_van(shipment, said)
        if is_credible and may_take(after, Step.DELIVER_AFTER_ALL, actor):
            proofs = self._proofs(shipment, said)
            after, event = take(
                _delivered(after, consignment, said, proofs),
                Step.DELIVER_AFTER_ALL,
                actor=actor,
                event_id=EventId(self.ids.new(EVENT)),
                occurred_at=said.occurred_at,
                now=said.now,
                data=report.event_data(proofs),
            )
            events.append(event)
            if not has_outstanding(after):
                after = replace(after, completed_at=said.occurred_at)
        after = replace(after, version=shipment.version + 1)
        return [ShipmentChange(after, tuple(events), shipment.version)]

    def _noted(self, shipment: Shipment, said: Said) -> tuple[Shipment, Event]:
        """What the driver said, with nothing changed by it."""
        report = said.report
        return append(
            shipment,
            EventType.SUPERSEDED,
            actor=said.actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=said.occurred_at,
            now=said.now,
            data={**report.event_data(()), "step": report.step.value, "stop_id": report.stop_id},
        )

    def _is_known(self, shipment: Shipment, said: Said) -> bool:
        action_id, actor = said.report.action_id, said.actor
        if shipment.made_attempt(action_id, actor.driver_id) is not None:
            return True
        _, history = self.shipments.with_history(shipment.id, newest=NEWEST)
        return any(
            event.type is EventType.SUPERSEDED
            and event.actor_id == actor.id
            and event.data.get("action_id") == action_id
            for event in history
        )

    def _proofs(self, shipment: Shipment, said: Said) -> tuple[Proof, ...]:
        """Those whose uploads were allowed before the edit. The files may still be on their way."""
        if not said.report.proof_ids:
            return ()
        allowed = self.allowed_proofs.of(shipment.id)
        known = [key for key in dict.fromkeys(said.report.proof_ids) if key in allowed]
        return tuple(reported_proof(shipment.id, key, allowed[key], said.now) for key in known)


def _is_on_another_van(shipment: Shipment, said: Said) -> bool:
    """Whether a parcel has been scanned onto the van of another route."""
    return not shipment.is_on(said.route_id) and has_aboard(shipment)


def _delivered(
    shipment: Shipment, consignment: Consignment, said: Said, proofs: Sequence[Proof]
) -> Shipment:
    concerned = frozenset(consignment.barcodes)
    attempt = Attempt(
        number=shipment.attempts + 1,
        action_id=said.report.action_id,
        status=Status.DELIVERED,
        occurred_at=said.occurred_at,
        driver_id=DriverId(said.actor.id),
        note=said.report.note,
        proofs=tuple(proofs),
        barcodes=() if len(concerned) == len(shipment.parcels) else tuple(sorted(concerned)),
        time_source=said.report.time_source,
        received_by=said.report.received_by,
    )
    return replace(
        with_delivered(shipment, concerned),
        attempts=attempt.number,
        last_attempt=attempt,
        earlier_attempts=shipment.made_attempts[-EARLIER_ATTEMPTS:],
    )
