"""What a driver reports of a visit: what it is about, when it happened, and whether it is news."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.fixes import device_clock_skew
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

    def happened_at(self, live: Live, now: datetime, policy: Policy) -> datetime:
        """The device's time, corrected by what we know of its clock, within the shift so far.

        Raises Invalid for a time in the future that nothing explains.
        """
        at = self.occurred_at - self._clock_skew(live, now, policy)
        if at > now + policy.fix_future_limit:
            text = "The device's clock is ahead of ours: say in sent_at what it shows."
            raise Invalid(text, pointer="/occurred_at", code="future")
        return min(max(at, live.started_at or at), now)

    def _clock_skew(self, live: Live, now: datetime, policy: Policy) -> timedelta:
        if self.sent_at is None:
            return live.clock_skew
        return device_clock_skew(
            self.occurred_at,
            self.sent_at,
            oldest_recorded_at=self.occurred_at,
            received_at=now,
            known_skew=live.clock_skew,
            policy=policy,
        )

    def concerned(self, stop: Stop, found: Mapping[ShipmentId, Shipment]) -> list[Shipment]:
        """The shipments that it is about; without a list, those that are or were on the van.

        Raises Invalid for a shipment of another stop, NothingAboard when all stayed at the hub.
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
        """Whether it has been taken in already, or says only what is known.

        ``occurred_at`` is as right as ``happened_at`` could make it: as the clocks of both reports.
        """
        target = transitions()[self.step].target
        if shipment.status is target and self.step is not Step.FAIL:  # one may fail for two reasons
            return True
        attempt = shipment.last_attempt
        if attempt is None or attempt.driver_id != actor.driver_id:  # who may use the same names
            return False
        if self.step is Step.ARRIVE:  # overtaken by the outcome of the visit that it began
            latest = attempt.occurred_at + policy.clock_skew_limit
            return attempt.status is shipment.status and occurred_at <= latest
        return attempt.action_id == self.action_id and attempt.status is target

    def require_possible(self, shipments: Sequence[Shipment], *, actor: Actor) -> None:
        """Raises IllegalTransition unless all of the shipments may take this step."""
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
        """The shipment with this attempt as its last."""
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

    def told(self, proofs: Sequence[Proof]) -> dict[str, object]:
        """What the event says: no note, for it is a person's text."""
        data: dict[str, object] = {"action_id": self.action_id}
        if self.reason is not None:
            data["reason"] = self.reason.value
        if proofs:
            data["proofs"] = [{"id": p.id, "kind": p.kind.value, "etag": p.etag} for p in proofs]
        return data
