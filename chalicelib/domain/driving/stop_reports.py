"""Stop reports: a driver reports a step of a visit.

The report says which shipments it concerns and when it happened. We work out whether it is news.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from chalicelib.domain.actors import Actor
from chalicelib.domain.driving.clocks import Shift, reported_time
from chalicelib.domain.driving.live import Live
from chalicelib.domain.errors import IllegalTransition, Invalid, NothingAboard
from chalicelib.domain.ids import DriverId, ProofId, ShipmentId, StopId
from chalicelib.domain.instants import TimeSource, written
from chalicelib.domain.policy import Policy
from chalicelib.domain.proofs.pins import PinCheck
from chalicelib.domain.proofs.proofs import Proof
from chalicelib.domain.routes.routes import Stop
from chalicelib.domain.shipments.barcodes import Index
from chalicelib.domain.shipments.corrections import CorrectionOrder, TrueOutcome, concerned_by
from chalicelib.domain.shipments.custody import (
    ParcelState,
    aboard,
    delivered,
    has_aboard,
    has_undecided,
    parcel_state,
    undecided,
    with_delivered,
    with_failed,
)
from chalicelib.domain.shipments.lifecycle import Step, may_take, transitions
from chalicelib.domain.shipments.shipments import Attempt, Shipment
from chalicelib.domain.shipments.statuses import ON_THE_WAY, FailureReason, Status

EARLIER_ATTEMPTS: Final = 9
"""So many attempts before the last one are kept with their proofs; the events keep them all."""

NamedParcel = tuple[ShipmentId, str]
"""A parcel by its shipment and its barcode."""


@dataclass(frozen=True, slots=True)
class StopReport:
    """One report. Empty ``shipment_ids`` means all shipments that are on the van for this stop.

    Empty ``barcodes`` means all of their parcels. ``named`` are the parcels that the barcodes mean,
    once they have been looked up among those of the stop. ``sent_at`` is the device's clock when it
    sent the report. It shows how wrong that clock is.
    ``time_source`` says how sure we are of the time. ``plan_version`` is that of the plan that the
    driver had, None where the phone does not say. ``pin`` is what the recipient has said: it is
    never shown or logged. ``received_by`` is the name of the person who took the parcels.
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
    barcodes: tuple[str, ...] = ()
    time_source: TimeSource = TimeSource.DEVICE
    named: frozenset[NamedParcel] = frozenset()
    plan_version: int | None = None
    pin: str | None = field(default=None, repr=False)
    received_by: str | None = None

    @property
    def has_names(self) -> bool:
        """Whether the report names shipments or parcels."""
        return bool(self.shipment_ids or self.barcodes)

    def dated(self, live: Live, now: datetime, policy: Policy) -> tuple["StopReport", datetime]:
        """The report with how sure its time is, and that time by our clock.

        It lies within the shift so far. A time that makes no sense is replaced by ``now``: a phone
        with a wrong clock can still report.
        """
        shift = Shift(now, live.started_at, live.clock_skew)
        at, source = reported_time(self.occurred_at, self.sent_at, shift, policy)
        return replace(self, time_source=source), at

    def naming(
        self, found: Mapping[ShipmentId, Shipment], driver_id: DriverId | None
    ) -> "StopReport":
        """The report with the parcels that its barcodes mean, among all shipments of the stop.

        Raises Invalid for a barcode of none of them, for one that means several shipments, and for
        a parcel that nobody has scanned: it would be dropped without a word.
        """
        listed = {key: s for key, s in found.items() if key in (self.shipment_ids or found)}
        things: dict[str, list[NamedParcel]] = {}
        for key, shipment in listed.items():
            for barcode in shipment.barcodes:
                things.setdefault(barcode, []).append((key, barcode))
        index, named = Index(things), set[NamedParcel]()
        for i, scanned in enumerate(self.barcodes):
            named |= self._meant(index.find(scanned), listed, driver_id, pointer=f"/barcodes/{i}")
        return replace(self, named=frozenset(named))

    def _meant(
        self,
        parcels: Sequence[NamedParcel],
        found: Mapping[ShipmentId, Shipment],
        driver_id: DriverId | None,
        *,
        pointer: str,
    ) -> set[NamedParcel]:
        """The parcels that one barcode means: those of the first time, else those on the van."""
        if not parcels:
            text = "No parcel of this stop has this barcode."
            raise Invalid(text, pointer=pointer, code="unknown_parcel")
        again = {
            (key, barcode)
            for key, barcode in parcels
            for made in [found[key].made_attempt(self.action_id, driver_id)]
            if made is not None and (not made.barcodes or barcode in made.barcodes)
        }
        on_van = {(key, barcode) for key, barcode in parcels if barcode in aboard(found[key])}
        meant = again or on_van or set(parcels)
        if not self.shipment_ids and len({key for key, _ in meant}) > 1:
            text = (
                "Several shipments of this stop have this barcode. Say which one you mean, "
                'for example "shipment_ids": ["shp_01JZ4"].'
            )
            raise Invalid(text, pointer=pointer, code="ambiguous_parcel")
        if not again and all(_is_left_behind(found[key], barcode) for key, barcode in meant):
            text = "This parcel is not on the van. Scan it first, or leave it out of the report."
            raise Invalid(text, pointer=pointer, code="parcel_not_aboard")
        return meant

    def reported_shipments(
        self, stop: Stop, found: Mapping[ShipmentId, Shipment], driver_id: DriverId | None
    ) -> list[Shipment]:
        """The shipments that the report is about.

        A repeat is about those of the first time. Otherwise, without a list, these are the stop's
        shipments whose visit has not ended; then those that are still aboard after a failed
        attempt; then all that left the hub. Raises Invalid for a shipment of another stop, and
        NothingAboard when no shipment of the stop left the hub.
        """
        for i, shipment_id in enumerate(self.shipment_ids):
            if shipment_id not in stop.shipment_ids or shipment_id not in found:
                text = "This shipment is not delivered at this stop."
                raise Invalid(text, pointer=f"/shipment_ids/{i}", code="unknown_shipment")
        if self.shipment_ids:
            return [found[shipment_id] for shipment_id in dict.fromkeys(self.shipment_ids)]
        left = [shipment for shipment in found.values() if _has_left(shipment)]
        again = [s for s in found.values() if self.was_taken_in(s, driver_id)]
        if not left and not again:
            raise NothingAboard(stop_id=stop.id)
        if self.barcodes:
            concerned = {shipment_id for shipment_id, _ in self.named}
            return [shipment for shipment in found.values() if shipment.id in concerned]
        return (
            again
            or [shipment for shipment in left if has_undecided(shipment)]
            or [shipment for shipment in left if has_aboard(shipment)]
            or left
        )

    def was_taken_in(self, shipment: Shipment, driver_id: DriverId | None) -> bool:
        """Whether this very report has ended a visit of the shipment before."""
        made = shipment.made_attempt(self.action_id, driver_id)
        return made is not None or shipment.was_corrected(self.action_id, driver_id)

    def parcels_of(self, shipment: Shipment) -> frozenset[str]:
        """The barcodes of the shipment's parcels aboard that the report is about.

        Without a list these are the undecided ones, else those whose attempt has failed before.
        """
        if not self.barcodes:
            return undecided(shipment) or aboard(shipment)
        return aboard(shipment) & self._named_of(shipment)

    def leaves_undecided(self, shipment: Shipment) -> bool:
        """Whether other parcels of the shipment stay on their way: the report is about a part."""
        if self.step is Step.ARRIVE or shipment.status not in ON_THE_WAY:
            return False
        return bool(undecided(shipment) - self.parcels_of(shipment))

    def is_known(
        self, shipment: Shipment, *, actor: Actor, occurred_at: datetime, policy: Policy
    ) -> bool:
        """Whether we already know what the report says: it is a repeat, or brings nothing new.

        ``occurred_at`` is only as accurate as the two device clocks.
        """
        target = transitions()[self.step].target
        made = shipment.made_attempt(self.action_id, actor.driver_id)
        is_repeat = made is not None and made.status is target  # action ids are per driver
        if is_repeat or shipment.was_corrected(self.action_id, actor.driver_id):
            return True
        is_there = shipment.status is target
        if self.step is Step.DELIVER:
            is_over = is_there and not self.parcels_of(shipment)
            return is_over or self._are_delivered(shipment)
        if self.step is Step.FAIL:  # a second failure is news
            return False
        if is_there or (has_aboard(shipment) and not has_undecided(shipment)):
            return True  # it has arrived, or its visit has failed and the driver is there again
        attempt = shipment.last_attempt
        if attempt is None or attempt.driver_id != actor.driver_id:
            return False
        latest = attempt.occurred_at + policy.clock_skew_limit
        return attempt.status is shipment.status and occurred_at <= latest  # of the same visit

    def _are_delivered(self, shipment: Shipment) -> bool:
        """Whether the list names parcels of the shipment, and all of them are handed over."""
        named = self._named_of(shipment)
        return bool(named) and named <= delivered(shipment)

    def _named_of(self, shipment: Shipment) -> frozenset[str]:
        """The barcodes of the shipment's parcels that the list names."""
        return frozenset(barcode for key, barcode in self.named if key == shipment.id)

    def takes_back(
        self, shipment: Shipment, *, actor: Actor, occurred_at: datetime, policy: Policy
    ) -> bool:
        """Whether the driver says that the own delivery of a moment ago was none.

        Only later than the delivery and of the whole of it, and only while nothing of the shipment
        is left aboard: then a failed attempt is about that.
        """
        attempt = shipment.last_attempt
        if self.step is not Step.FAIL or shipment.status is not Status.DELIVERED:
            return False
        if attempt is None or attempt.driver_id != actor.driver_id or has_aboard(shipment):
            return False
        is_meant = not self.barcodes or self._named_of(shipment) == concerned_by(shipment)
        latest = attempt.occurred_at + policy.own_correction_limit
        return is_meant and attempt.occurred_at < occurred_at <= latest

    def is_overtaken(self, shipment: Shipment, *, actor: Actor, occurred_at: datetime) -> bool:
        """Whether this failure came before the driver's own delivery, and is heard of after it."""
        attempt = shipment.last_attempt
        is_over = shipment.status is Status.DELIVERED and not has_aboard(shipment)
        if self.step is not Step.FAIL or not is_over or attempt is None:
            return False
        return attempt.driver_id == actor.driver_id and occurred_at <= attempt.occurred_at

    def own_correction(self, proofs: Sequence[Proof]) -> CorrectionOrder:
        """What such a report puts right."""
        return CorrectionOrder(
            TrueOutcome.ATTEMPT_FAILED,
            "The driver reported the delivery by mistake.",
            reason=self.reason,
            action_id=self.action_id,
            note=self.note,
            proofs=tuple(proofs),
        )

    def require_possible(self, shipments: Sequence[Shipment], *, actor: Actor) -> None:
        """Raise IllegalTransition unless all of the shipments may take this step."""
        for shipment in shipments:
            if not may_take(shipment, self.step, actor):
                raise IllegalTransition(
                    shipment_id=shipment.id, current=shipment.status.value, wanted=self.step.value
                )
            if self.step is not Step.ARRIVE and not self.parcels_of(shipment):
                raise NothingAboard(shipment_id=shipment.id)

    def attempted(
        self,
        shipment: Shipment,
        driver_id: DriverId,
        *,
        proofs: Sequence[Proof],
        occurred_at: datetime,
        pin: PinCheck | None = None,
    ) -> Shipment:
        """The shipment with this delivery attempt as its last one."""
        concerned = self.parcels_of(shipment)
        attempt = Attempt(
            number=shipment.attempts + 1,
            action_id=self.action_id,
            status=transitions()[self.step].target,
            occurred_at=occurred_at,
            driver_id=driver_id,
            reason=self.reason,
            note=self.note,
            proofs=tuple(proofs),
            barcodes=() if len(concerned) == len(shipment.parcels) else tuple(sorted(concerned)),
            time_source=self.time_source,
            pin=pin,
            received_by=self.received_by,
        )
        decide = with_delivered if self.step is Step.DELIVER else with_failed
        return replace(
            decide(shipment, concerned),
            attempts=attempt.number,
            last_attempt=attempt,
            earlier_attempts=shipment.made_attempts[-EARLIER_ATTEMPTS:],
        )

    def event_data(self, proofs: Sequence[Proof], pin: PinCheck | None = None) -> dict[str, object]:
        """The data of the event. Note and name are left out because a person wrote them.

        Where the time is not the device's, ``device_at`` is what the device said.
        """
        data: dict[str, object] = {
            "action_id": self.action_id,
            "time_source": self.time_source.value,
        }
        if self.time_source is not TimeSource.DEVICE:
            data["device_at"] = written(self.occurred_at)
        if self.reason is not None:
            data["reason"] = self.reason.value
        if proofs:
            data["proofs"] = [proof.fact for proof in proofs]
        if pin is not None:
            data["pin"] = pin.value
        return data


def _is_left_behind(shipment: Shipment, barcode: str) -> bool:
    """Whether the parcel is at the hub although its shipment is still to be delivered."""
    is_given_up = shipment.status in {Status.RETURNING, Status.CANCELLED}
    return not is_given_up and parcel_state(shipment, barcode) is ParcelState.AT_HUB


def _has_left(shipment: Shipment) -> bool:
    """Whether the shipment, or a part of it, has left the hub."""
    at_hub = {Status.CREATED, Status.ACCEPTED, Status.LOADED, Status.CANCELLED}
    return shipment.status not in at_hub
