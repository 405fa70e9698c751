"""Bodies and answers of a driver's phone: scans, reports, uploads. Positions are apart."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AliasPath, BeforeValidator, ConfigDict, Field, StringConstraints

from chalicelib.api.schemas.values import (
    ActionId,
    DeviceTime,
    ExternalStatusOut,
    Id,
    Latitude,
    Line,
    Longitude,
    Text,
)
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import ProofId, ShipmentId, StopId
from chalicelib.domain.instants import read_instant
from chalicelib.domain.proofs.pins import PinCheck, typed_pin
from chalicelib.domain.proofs.proofs import (
    FLAW_WORDS,
    Capture,
    Flaw,
    Proof,
    ProofKind,
    ProofState,
)
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.scans import Scan
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason, Status
from chalicelib.edge.schemas import Maybe, Out, Schema, Time, written_as
from chalicelib.services.driving.scan_parcels import ScanVerdict
from chalicelib.services.driving.unload_parcels import UnloadVerdict
from chalicelib.services.proofs.show_uploads import ShownUpload
from chalicelib.services.routes.start_route import StartOrder


def _scanned(value: object) -> str:
    """What a scanner read; a program may have made a number of it, or nothing."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if is_number else ""


def _time_or_nothing(value: object) -> datetime | None:
    if isinstance(value, str):
        with suppress(ValueError):
            return read_instant(value.strip())
    return None


class ScanIn(Schema):
    """One scan: whatever text the scanner read.

    ``shipment_id`` chooses one of several shipments with the same barcode. Nothing in a scan but
    its ``action_id`` refuses the others: a text that is no barcode has its verdict, a
    ``scanned_at`` that is no time is left out, and fields that are not listed are ignored.
    """

    model_config = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": False})

    action_id: ActionId
    barcode: Annotated[str, BeforeValidator(_scanned)]
    scanned_at: Annotated[DeviceTime | None, BeforeValidator(_time_or_nothing)] = None
    shipment_id: Maybe[Id] = None


class ScansIn(Schema):
    """Scans in the order in which they were made."""

    scans: Annotated[tuple[ScanIn, ...], Field(min_length=1, max_length=50)]

    def to_domain(self) -> tuple[Scan, ...]:
        """The scans."""
        return tuple(
            Scan(
                s.action_id,
                s.barcode,
                s.scanned_at,
                None if s.shipment_id is None else ShipmentId(s.shipment_id),
            )
            for s in self.scans
        )


class ScanOut(Out):
    """The verdict on one scan. ``choices`` are the shipments that an ambiguous scan can mean."""

    action_id: str
    verdict: ScanVerdict
    shipment_id: str | None
    choices: tuple[str, ...]


class ScansOut(Out):
    """A verdict for each."""

    results: tuple[ScanOut, ...]


class UnloadOut(Out):
    """The verdict on one scan. ``choices`` are the shipments that an ambiguous scan can mean."""

    action_id: str
    verdict: UnloadVerdict
    shipment_id: str | None
    choices: tuple[str, ...]


class UnloadsOut(Out):
    """A verdict for each."""

    results: tuple[UnloadOut, ...]


class StartIn(Schema):
    """The driver has left. ``confirm_other_day``: also with the route of another day.

    A start without a network is sent later: the route begins at ``occurred_at``, so positions since
    then belong to it. ``sent_at`` is the device's clock when it sent this.
    """

    action_id: ActionId
    occurred_at: DeviceTime
    sent_at: Maybe[DeviceTime] = None
    confirm_other_day: bool = False

    def to_domain(self) -> StartOrder:
        """The order."""
        return StartOrder(
            action_id=self.action_id,
            confirms_other_day=self.confirm_other_day,
            left_at=self.occurred_at,
            sent_at=self.sent_at,
        )


class ArriveIn(Schema):
    """The driver has reached a stop; ``sent_at`` is the device's clock when it sent this."""

    action_id: ActionId
    occurred_at: DeviceTime
    sent_at: Maybe[DeviceTime] = None

    def to_domain(self, stop_id: str) -> StopReport:
        """The report."""
        return StopReport(
            stop_id=StopId(stop_id),
            step=Step.ARRIVE,
            action_id=self.action_id,
            occurred_at=self.occurred_at,
            sent_at=self.sent_at,
        )


def _pin(value: object) -> object:
    return typed_pin(value) or value if isinstance(value, str) else value


_PIN: Final = r"^[0-9]{6}$"
Pin = Annotated[
    str,
    StringConstraints(pattern=_PIN),
    written_as(_PIN, "invalid_pin", "A PIN has six digits, like 482915."),
    BeforeValidator(_pin),
]
"""Six digits; spaces, full stops and dashes between them do not count."""


class AttemptIn(Schema):
    """How a visit ended, with what proves it; without ``shipment_ids`` for all of the stop.

    ``barcodes`` name single parcels where not all of them end alike. ``sent_at`` is the device's
    clock when it sent this. ``plan_version`` is that of the plan that the driver had: then a report
    without names is about all that this plan has at the stop.
    """

    action_id: ActionId
    occurred_at: DeviceTime
    sent_at: Maybe[DeviceTime] = None
    note: Maybe[Text] = None
    proof_ids: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    shipment_ids: Annotated[tuple[Id, ...], Field(max_length=40)] = ()
    barcodes: Annotated[tuple[str, ...], Field(max_length=200)] = ()
    plan_version: Maybe[Annotated[int, Field(ge=1, le=1_000_000)]] = None

    def report(self, stop_id: str, step: Step, reason: FailureReason | None = None) -> StopReport:
        """The report of this step."""
        return StopReport(
            stop_id=StopId(stop_id),
            step=step,
            action_id=self.action_id,
            occurred_at=self.occurred_at,
            sent_at=self.sent_at,
            reason=reason,
            note=self.note,
            proof_ids=tuple(ProofId(p) for p in self.proof_ids),
            shipment_ids=tuple(ShipmentId(s) for s in self.shipment_ids),
            barcodes=self.barcodes,
            plan_version=self.plan_version,
        )


class DeliverIn(AttemptIn):
    """Delivered. ``pin`` are the six digits that the recipient has said.

    ``received_by`` is the name of whoever took it, typed where nobody signs.
    """

    pin: Maybe[Pin] = None
    received_by: Maybe[Line] = None

    def to_domain(self, stop_id: str) -> StopReport:
        """The report."""
        report = self.report(stop_id, Step.DELIVER)
        return replace(report, pin=self.pin, received_by=self.received_by)


class FailIn(AttemptIn):
    """Not delivered, and why."""

    reason: FailureReason

    def to_domain(self, stop_id: str) -> StopReport:
        """The report."""
        return self.report(stop_id, Step.FAIL, self.reason)


class RejectedProofOut(Out):
    """A proof whose file was rejected: why, for a program and for the driver."""

    id: str
    kind: ProofKind
    flaw: Flaw
    detail: str

    @classmethod
    def of(cls, value: Proof) -> "RejectedProofOut":
        """From the domain."""
        return cls.joined(value, detail="" if value.flaw is None else FLAW_WORDS[value.flaw])


class StopShipmentOut(Out):
    """A shipment of the stop after the report, with the proofs whose files have not arrived.

    Of ``rejected_proofs`` another file may be uploaded: they are among the owed ones. ``pin`` says
    what the recipient's PIN has proven at the last attempt; null where none was given.
    """

    id: str
    status: Status
    external_status: ExternalStatusOut
    owed_proof_ids: tuple[str, ...]
    rejected_proofs: tuple[RejectedProofOut, ...]
    pin: PinCheck | None

    @classmethod
    def of(cls, value: Shipment) -> "StopShipmentOut":
        """From the domain."""
        rejected = [p for p in value.owed_proofs if p.state is ProofState.REJECTED]
        last = value.last_attempt
        return cls.joined(
            value,
            rejected_proofs=tuple(map(RejectedProofOut.of, rejected)),
            pin=None if last is None else last.pin,
        )


class StopReportOut(Out):
    """The stop after the report."""

    stop_id: str
    shipments: tuple[StopShipmentOut, ...]


class PlaceIn(Schema):
    """Where the phone was; ``accuracy_m`` is the radius within which it believes to be."""

    lat_deg: Latitude
    lon_deg: Longitude
    accuracy_m: Maybe[Annotated[float, Field(ge=0.0, le=100_000.0)]] = None

    @property
    def coordinates(self) -> Coordinates:
        """The place as one value."""
        return Coordinates(self.lat_deg, self.lon_deg)


class ProofIn(Schema):
    """A file that is to be uploaded. ``proof_id`` asks again for a place for an owed proof.

    ``captured_at`` and ``place`` say when and where the picture was taken.
    """

    shipment_id: Id
    proof_id: Maybe[Id] = None
    kind: Literal["photo", "signature"]
    content_type: Literal["image/jpeg", "image/png"]
    size_bytes: Annotated[int, Field(ge=1, le=8_000_000)]
    captured_at: Maybe[DeviceTime] = None
    place: Maybe[PlaceIn] = None

    @property
    def capture(self) -> Capture:
        """When and where it was taken."""
        place = self.place
        if place is None:
            return Capture(self.captured_at)
        return Capture(self.captured_at, place.coordinates, place.accuracy_m)


class ProofOut(Out):
    """Where and how to upload it."""

    proof_id: str
    url: str = Field(validation_alias=AliasPath("upload", "url"))
    fields: dict[str, str] = Field(validation_alias=AliasPath("upload", "fields"))
    expires_at: Time = Field(validation_alias=AliasPath("upload", "expires_at"))


class DriverProofOut(Out):
    """An upload that was allowed, and what has become of it.

    ``flaw`` says why its file was rejected, ``detail`` says it to the driver.
    """

    proof_id: str
    kind: ProofKind
    state: ProofState
    flaw: Flaw | None
    detail: str | None

    @classmethod
    def of(cls, value: ShownUpload) -> "DriverProofOut":
        """From the use case."""
        flaw = value.allowed.flaw
        return cls(
            proof_id=value.proof_id,
            kind=value.allowed.kind,
            state=value.allowed.state,
            flaw=flaw,
            detail=None if flaw is None else FLAW_WORDS[flaw],
        )


class DriverProofsOut(Out):
    """The uploads of a shipment, oldest first."""

    data: tuple[DriverProofOut, ...]
    next_cursor: None
