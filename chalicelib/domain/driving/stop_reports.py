"""Stop reports: a driver reports a step of a visit.

The report says which shipments it concerns and when it happened. We work out whether it is news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.clocks import Shift, TimeSource, reported_time
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import IllegalTransition, Invalid, NothingAboard
from chalicelib.domain.ids import DriverId, ProofId, ShipmentId, StopId
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.proofs import Proof
from chalicelib.domain.routes.routes import Stop
from chalicelib.domain.shipments.lifecycle import Step, transitions
from chalicelib.domain.shipments.shipments import Attempt, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, FailureReason, Status


@dataclass(frozen=True, slots=True)
class StopReport:
    """One report. Empty ``shipment_ids`` means all shipments that are on the van for this stop.

    ``sent_at`` is the device's clock when it sent the report. It shows how wrong that clock is.
    ``time_source`` says how sure we are of the time.
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
    time_source: TimeSource = TimeSource.DEVICE

    def dated(self, live: Live, now: datetime, policy: Policy) -> tuple["StopReport", datetime]:
        """The report with how sure its time is, and that time by our clock.

        It lies within the shift so far. A time that makes no sense is replaced by ``now``: a phone
        with a wrong clock can still report.
        """
        shift = Shift(now, live.started_at, live.clock_skew)
        at, source = reported_time(self.occurred_at, self.sent_at, shift, policy)
        return replace(self, time_source=source), at

    def reported_shipments(
        self, stop: Stop, found: Mapping[ShipmentId, Shipment]
    ) -> list[Shipment]:
        """The shipments that the report is about.

        Without a list these are the stop's shipments on the van, or all that left the hub when none
        is on the van any more. Raises Invalid for a shipment of another stop, and NothingAboard
        when no shipment of the stop left the hub.
        """
        for i, shipment_id in enumerate(self.shipment_ids):
            if shipment_id not in stop.shipment_ids or shipment_id not in found:
                text = "This shipment is not delivered at this stop."
                raise Invalid(text, pointer=f"/shipment_ids/{i}", code="unknown_shipment")
        if self.shipment_ids:
            return [found[shipment_id] for shipment_id in self.shipment_ids]
        left = {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.CANCELLED}
        aboard = [shipment for shipment in found.values() if shipment.status not in left]
        if not aboard:
            raise NothingAboard(stop_id=stop.id)
        on_the_way = [shipment for shipment in aboard if shipment.status in ON_THE_WAY]
        return on_the_way or aboard

    def is_known(
        self, shipment: Shipment, *, actor: Actor, occurred_at: datetime, policy: Policy
    ) -> bool:
        """Whether we already know what the report says: it is a repeat, or brings nothing new.

        ``occurred_at`` is only as accurate as the two device clocks.
        """
        target = transitions()[self.step].target
        if shipment.status is target and self.step is not Step.FAIL:  # a second failure is news
            return True
        attempt = shipment.last_attempt
        if attempt is None or attempt.driver_id != actor.driver_id:  # action ids are per driver
            return False
        if self.step is Step.ARRIVE:  # the outcome of the same visit may be known already
            latest = attempt.occurred_at + policy.clock_skew_limit
            return attempt.status is shipment.status and occurred_at <= latest
        return attempt.action_id == self.action_id and attempt.status is target

    def require_possible(self, shipments: Sequence[Shipment], *, actor: Actor) -> None:
        """Raise IllegalTransition unless all of the shipments may take this step."""
        row = transitions()[self.step]
        for shipment in shipments:
            if shipment.status not in row.sources or actor.role not in row.roles:
                raise IllegalTransition(
                    shipment_id=shipment.id, current=shipment.status.value, wanted=self.step.value
                )

    def attempted(
        self,
        shipment: Shipment,
        driver_id: DriverId,
        *,
        proofs: Sequence[Proof],
        occurred_at: datetime,
    ) -> Shipment:
        """The shipment with this delivery attempt as its last one."""
        attempt = Attempt(
            number=shipment.attempts + 1,
            action_id=self.action_id,
            status=transitions()[self.step].target,
            occurred_at=occurred_at,
            driver_id=driver_id,
            reason=self.reason,
            note=self.note,
            proofs=tuple(proofs),
        )
        return replace(shipment, attempts=attempt.number, last_attempt=attempt)

    def event_data(self, proofs: Sequence[Proof]) -> dict[str, object]:
        """The data of the event. The note is left out because a person wrote it."""
        data: dict[str, object] = {
            "action_id": self.action_id,
            "time_source": self.time_source.value,
        }
        if self.reason is not None:
            data["reason"] = self.reason.value
        if proofs:
            data["proofs"] = [{"id": p.id, "kind": p.kind.value, "etag": p.etag} for p in proofs]
        return data
