"""A driver works through the stops: arrives, delivers, fails.

One report covers the shipments of one stop. Everything it changes (shipments, events, live state,
and with the last stop the route) is one transaction. A repeat of the same action changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import departures
from chalicelib.domain.actors import Actor
from chalicelib.domain.changes import Change, LiveChange, RouteChange
from chalicelib.domain.errors import (
    IllegalTransition,
    Invalid,
    NotFound,
    NothingAboard,
    UploadMissing,
)
from chalicelib.domain.fixes import device_clock_skew
from chalicelib.domain.ids import EVENT, DriverId, EventId, ProofId, ShipmentId, StopId
from chalicelib.domain.journeys import leave, reach
from chalicelib.domain.live import Live
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs import Proof, ProofKind, Requirement, object_key, require_image
from chalicelib.domain.routes import Route, RouteStatus, Stop
from chalicelib.domain.shipments import Attempt, Shipment, Step, take, transitions
from chalicelib.domain.statuses import FINISHED, ON_THE_WAY, FailureReason, Status
from chalicelib.services.ports import Clock, Fleet, Forecasts, Ids, ProofStore, Routes, Shipments
from chalicelib.services.retries import retried
from chalicelib.services.shifts import live_of


@dataclass(frozen=True, slots=True)
class StopReport:
    """What the driver says. ``shipment_ids`` empty means all that are on the van for this stop.

    ``sent_at`` is the device's clock when it sent, which tells how wrong that clock is.
    """

    stop_id: StopId
    step: Step
    action_id: str
    occurred_at: datetime
    sent_at: datetime | None = None
    reason: FailureReason | None = None
    note: str | None = None
    proof_ids: tuple[ProofId, ...] = ()
    shipment_ids: tuple[ShipmentId, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkStop:
    """Takes one report in and returns the stop's shipments as they then are.

    Raises NotFound (not the driver's stop), IllegalTransition, Conflict (``upload_missing``),
    Invalid (a time in the future, a proof that is none, a required proof that is missing).
    """

    fleet: Fleet
    routes: Routes
    shipments: Shipments
    proofs: ProofStore
    clock: Clock
    ids: Ids
    forecasts: Forecasts
    policy: Policy

    def __call__(self, report: StopReport, *, actor: Actor) -> tuple[Shipment, ...]:
        """Take the report in."""
        return retried(lambda: self._work(report, actor))

    def _work(self, report: StopReport, actor: Actor) -> tuple[Shipment, ...]:
        live = live_of(self.fleet, actor)
        route, index = self._stop(live, report.stop_id)
        now = self.clock.now()
        occurred_at = self._occurred_at(report, live, now)
        found = self._shipments(route, index)
        concerned = _concerned(report, route.stops[index], found)
        due = [
            shipment
            for shipment in concerned
            if not _is_repeat(shipment, report, actor, occurred_at)
        ]
        if not due:
            return tuple(found.values())
        _require_possible(due, report, actor)
        proofs = self._proofs(report, due)
        changes = [
            self._change(
                s, report, actor=actor, proofs=proofs[s.id], occurred_at=occurred_at, now=now
            )
            for s in due
        ]
        after = {**found, **{change.after.id: change.after for change in changes}}
        self._commit(
            live, route, index, at_stop=after, changes=changes, occurred_at=occurred_at, now=now
        )
        return tuple(after.values())

    def _shipments(self, route: Route, index: int) -> dict[ShipmentId, Shipment]:
        """The stop's shipments, but for those that another route has taken over since."""
        found = self.shipments.get_many(route.stops[index].shipment_ids)
        return {key: shipment for key, shipment in found.items() if shipment.is_on(route.id)}

    def _stop(self, live: Live, stop_id: StopId) -> tuple[Route, int]:
        if live.route_id is None:
            raise NotFound
        route = self.routes.plan(live.route_id, live.plan_version)
        index = route.stop_index(stop_id)
        if index is None:
            raise NotFound
        return route, index

    def _occurred_at(self, report: StopReport, live: Live, now: datetime) -> datetime:
        """The device's time, corrected by what we know of its clock, within the shift so far."""
        at = report.occurred_at - self._skew(report, live, now)
        if at > now + self.policy.fix_future_limit:
            text = "The device's clock is ahead of ours: say in sent_at what it shows."
            raise Invalid(text, pointer="/occurred_at", code="future")
        return min(max(at, live.started_at or at), now)

    def _skew(self, report: StopReport, live: Live, now: datetime) -> timedelta:
        if report.sent_at is None:
            return live.clock_skew
        return device_clock_skew(
            report.occurred_at,
            report.sent_at,
            oldest_recorded_at=report.occurred_at,
            received_at=now,
            known_skew=live.clock_skew,
            policy=self.policy,
        )

    def _proofs(
        self, report: StopReport, due: Sequence[Shipment]
    ) -> dict[ShipmentId, tuple[Proof, ...]]:
        """The proofs of each shipment: its own, and those of what is handed over with it."""
        if not report.proof_ids:
            _require_photos(due, {}, report)
            return {shipment.id: () for shipment in due}
        allowed = {
            proof_id: (shipment.id, content_type)
            for shipment in due
            for proof_id, content_type in self.shipments.expected_proofs(shipment.id).items()
            if proof_id not in _used(shipment)
        }
        by_id = {shipment.id: shipment for shipment in due}
        proofs: dict[ShipmentId, tuple[Proof, ...]] = {shipment.id: () for shipment in due}
        for i, proof_id in enumerate(dict.fromkeys(report.proof_ids)):
            proof = self._proof(proof_id, i, allowed)
            owner = by_id[allowed[proof_id][0]]
            for shipment in due:
                if _are_handed_over_together(shipment, owner):
                    proofs[shipment.id] += (proof,)
        _require_photos(due, proofs, report)
        return proofs

    def _proof(
        self, proof_id: ProofId, i: int, allowed: Mapping[ProofId, tuple[ShipmentId, str]]
    ) -> Proof:
        if proof_id not in allowed:
            text = "No upload was allowed under this id for this visit."
            raise Invalid(text, pointer=f"/proof_ids/{i}", code="unknown_proof")
        shipment_id, content_type = allowed[proof_id]
        key = object_key(shipment_id, proof_id)
        stored = self.proofs.find(key)
        if stored is None:
            raise UploadMissing(proof_id=proof_id)
        require_image(stored, content_type, pointer=f"/proof_ids/{i}")
        return Proof(
            id=proof_id,
            kind=ProofKind.PHOTO,
            object_key=key,
            content_type=content_type,
            size_bytes=stored.size_bytes,
            etag=stored.etag,
            uploaded_at=stored.stored_at,
            version_id=stored.version_id,
        )

    def _change(
        self,
        shipment: Shipment,
        report: StopReport,
        *,
        actor: Actor,
        proofs: Sequence[Proof],
        occurred_at: datetime,
        now: datetime,
    ) -> Change:
        reported = shipment
        if report.step is not Step.ARRIVE:
            reported = _attempted(shipment, report, DriverId(actor.id), proofs, occurred_at)
        after, event = take(
            reported,
            report.step,
            actor=actor,
            event_id=EventId(self.ids.new(EVENT)),
            occurred_at=occurred_at,
            now=now,
            data=_told(report, proofs),
        )
        if after.status in FINISHED:
            after = replace(after, completed_at=occurred_at)
        return Change(after=after, events=(event,), expected_version=shipment.version)

    def _commit(
        self,
        live: Live,
        route: Route,
        index: int,
        *,
        at_stop: Mapping[ShipmentId, Shipment],
        changes: Sequence[Change],
        occurred_at: datetime,
        now: datetime,
    ) -> None:
        is_left = not any(s.status in ON_THE_WAY for s in at_stop.values())
        departure = None
        if is_left:
            after = leave(
                live,
                index,
                route,
                self.forecasts.links(route, now),
                left_at=occurred_at,
                now=now,
                model=self.forecasts.model,
                policy=self.policy,
            )
            departure = departures.from_stop(
                live, after, index, left_at=occurred_at, now=now, policy=self.policy
            )
        else:
            after = reach(live, index, occurred_at)
        finished = None
        if after.ended_at is not None and route.status is RouteStatus.ACTIVE:
            done = replace(
                route,
                status=RouteStatus.COMPLETED,
                completed_at=now,
                plan_version=route.plan_version + 1,
            )
            after = replace(after, plan_version=done.plan_version)
            finished = RouteChange(done, route.plan_version)
        self.shipments.commit(
            changes,
            live=LiveChange(replace(after, version=live.version + 1), live.version),
            route=finished,
            departure=departure,
        )


def _concerned(
    report: StopReport, stop: Stop, found: Mapping[ShipmentId, Shipment]
) -> list[Shipment]:
    """The shipments that the report is about; without a list, those that are or were on the van."""
    for i, shipment_id in enumerate(report.shipment_ids):
        if shipment_id not in stop.shipment_ids or shipment_id not in found:
            text = "This shipment is not delivered at this stop."
            raise Invalid(text, pointer=f"/shipment_ids/{i}", code="unknown_shipment")
    if report.shipment_ids:
        return [found[shipment_id] for shipment_id in report.shipment_ids]
    left = {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.CANCELLED}
    aboard = [shipment for shipment in found.values() if shipment.status not in left]
    if not aboard:
        raise NothingAboard(stop_id=stop.id)
    on_the_way = [shipment for shipment in aboard if shipment.status in ON_THE_WAY]
    return on_the_way or aboard


def _is_repeat(shipment: Shipment, report: StopReport, actor: Actor, occurred_at: datetime) -> bool:
    """Whether the report has been taken in already, or says only what is known."""
    attempt = shipment.last_attempt
    if report.step is Step.ARRIVE:
        is_overtaken = (  # by the outcome of the visit that it began
            attempt is not None
            and attempt.driver_id == actor.driver_id
            and attempt.status is shipment.status
            and occurred_at < attempt.occurred_at
        )
        return is_overtaken or shipment.status is Status.ARRIVED
    is_same = (
        attempt is not None
        and attempt.action_id == report.action_id
        and attempt.driver_id == actor.driver_id  # another's device may choose the same name
        and attempt.status is transitions()[report.step].target
    )
    is_delivered_again = report.step is Step.DELIVER and shipment.status is Status.DELIVERED
    return is_same or is_delivered_again


def _require_possible(due: Sequence[Shipment], report: StopReport, actor: Actor) -> None:
    row = transitions()[report.step]
    for shipment in due:
        if shipment.status not in row.sources or actor.role not in row.roles:
            raise IllegalTransition(
                shipment_id=shipment.id, current=shipment.status.value, wanted=report.step.value
            )


def _require_photos(
    due: Sequence[Shipment], proofs: Mapping[ShipmentId, tuple[Proof, ...]], report: StopReport
) -> None:
    for shipment in due:
        required = shipment.proof_requirements.photo is Requirement.REQUIRED
        if report.step is Step.DELIVER and required and not proofs.get(shipment.id):
            text = "The shipper requires a photo."
            raise Invalid(text, pointer="/proof_ids", code="missing_required_proof")


def _used(shipment: Shipment) -> frozenset[ProofId]:
    """What proved an earlier attempt proves no later one."""
    attempt = shipment.last_attempt
    return frozenset(proof.id for proof in attempt.proofs) if attempt else frozenset()


def _are_handed_over_together(a: Shipment, b: Shipment) -> bool:
    """One photo shows both: the same sender's goods for the same person."""
    return a.id == b.id or (a.shipper_id == b.shipper_id and a.recipient == b.recipient)


def _attempted(
    shipment: Shipment,
    report: StopReport,
    driver_id: DriverId,
    proofs: Sequence[Proof],
    occurred_at: datetime,
) -> Shipment:
    number = shipment.attempts + 1
    attempt = Attempt(
        number=number,
        action_id=report.action_id,
        status=transitions()[report.step].target,
        occurred_at=occurred_at,
        driver_id=driver_id,
        reason=report.reason,
        note=report.note,
        proofs=tuple(proofs),
    )
    return replace(shipment, attempts=number, last_attempt=attempt)


def _told(report: StopReport, proofs: Sequence[Proof]) -> dict[str, object]:
    """What the event says: no note, for it is a person's text."""
    told: dict[str, object] = {"action_id": report.action_id}
    if report.reason is not None:
        told["reason"] = report.reason.value
    if proofs:
        told["proofs"] = [{"id": p.id, "kind": p.kind.value, "etag": p.etag} for p in proofs]
    return told
