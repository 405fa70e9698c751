"""What a driver's phone sends and gets: scans, fixes, reports, uploads."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.api.schemas.values import (
    ActionId,
    Id,
    Instant,
    Latitude,
    Longitude,
    Schema,
    Text,
)
from chalicelib.domain.driving.fixes import Fix, Reason, Verdict
from chalicelib.domain.driving.stop_reports import StopReport
from chalicelib.domain.geography import Coordinates
from chalicelib.domain.ids import DriverId, ProofId, ShipmentId, StopId
from chalicelib.domain.shipments.lifecycle import Step
from chalicelib.domain.shipments.shipments import Shipment
from chalicelib.domain.shipments.statuses import FailureReason, external_status
from chalicelib.services.driving.ingest_positions import FixBatch, IngestReport
from chalicelib.services.driving.scan_parcels import Scan, ScanResult


class ScanIn(Schema):
    """One scan."""

    action_id: ActionId
    barcode: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    scanned_at: Instant


class ScansIn(Schema):
    """Scans in the order in which they were made."""

    scans: Annotated[tuple[ScanIn, ...], Field(min_length=1, max_length=50)]

    def to_domain(self) -> tuple[Scan, ...]:
        """The scans."""
        return tuple(Scan(s.action_id, s.barcode, s.scanned_at) for s in self.scans)


class ScanOut(Schema):
    """The verdict on one scan."""

    action_id: str
    verdict: str
    shipment_id: str | None


class ScansOut(Schema):
    """A verdict for each."""

    results: tuple[ScanOut, ...]

    @classmethod
    def of(cls, results: tuple[ScanResult, ...]) -> "ScansOut":
        """From the domain."""
        return cls(
            results=tuple(
                ScanOut(action_id=r.action_id, verdict=r.verdict.value, shipment_id=r.shipment_id)
                for r in results
            )
        )


class FixIn(Schema):
    """One fix."""

    recorded_at: Instant
    lat_deg: Latitude
    lon_deg: Longitude
    accuracy_m: Annotated[float, Field(ge=0)] | None = None
    speed_mps: Annotated[float, Field(ge=0)] | None = None
    heading_deg: Annotated[float, Field(ge=0, le=360)] | None = None
    battery_ratio: Annotated[float, Field(ge=0, le=1)] | None = None


class FixBatchIn(Schema):
    """Up to a thousand fixes; ``sent_at`` is the device's clock when it sent them."""

    sent_at: Instant | None = None
    fixes: Annotated[tuple[FixIn, ...], Field(min_length=1, max_length=1_000)]

    def to_domain(self, driver_id: DriverId, epoch: int) -> FixBatch:
        """The batch of this driver."""
        return FixBatch(
            driver_id=driver_id,
            epoch=epoch,
            sent_at=self.sent_at,
            fixes=tuple(
                Fix(
                    recorded_at=fix.recorded_at,
                    coordinates=Coordinates(fix.lat_deg, fix.lon_deg),
                    accuracy_m=fix.accuracy_m,
                    speed_mps=fix.speed_mps,
                    heading_deg=fix.heading_deg,
                    battery_ratio=fix.battery_ratio,
                )
                for fix in self.fixes
            ),
        )


class VerdictOut(Schema):
    """Why a fix was not taken at face value."""

    index: int
    reasons: tuple[Reason, ...]


class IngestReportOut(Schema):
    """``accepted``: at face value; ``suspect``: kept, but moves nothing; ``rejected``: not kept."""

    accepted: int
    duplicates: int
    suspect: tuple[VerdictOut, ...]
    rejected: tuple[VerdictOut, ...]
    head_recorded_at: datetime | None
    clock_skew_s: float

    @classmethod
    def of(cls, report: IngestReport) -> "IngestReportOut":
        """From the domain. A batch that was kept before is all duplicates, whatever else it is."""

        def is_duplicate(verdict: Verdict) -> bool:
            return report.is_repeat or verdict.reasons == (Reason.DUPLICATE,)

        duplicates = [v for v in report.verdicts if is_duplicate(v)]
        judged = [v for v in report.verdicts if v.reasons and not is_duplicate(v)]
        return cls(
            accepted=len(report.verdicts) - len(duplicates) - len(judged),
            duplicates=len(duplicates),
            suspect=tuple(
                VerdictOut(index=v.index, reasons=v.reasons) for v in judged if v.is_stored
            ),
            rejected=tuple(
                VerdictOut(index=v.index, reasons=v.reasons) for v in judged if not v.is_stored
            ),
            head_recorded_at=report.head_recorded_at,
            clock_skew_s=report.clock_skew.total_seconds(),
        )


class StartIn(Schema):
    """The driver leaves."""

    action_id: ActionId
    occurred_at: Instant


class ArriveIn(Schema):
    """The driver has reached a stop; ``sent_at`` is the device's clock when it sent this."""

    action_id: ActionId
    occurred_at: Instant
    sent_at: Instant | None = None

    def to_domain(self, stop_id: str) -> StopReport:
        """The report."""
        return StopReport(
            stop_id=StopId(stop_id),
            step=Step.ARRIVE,
            action_id=self.action_id,
            occurred_at=self.occurred_at,
            sent_at=self.sent_at,
        )


class AttemptIn(Schema):
    """How a visit ended, with what proves it; without ``shipment_ids`` for all of the stop.

    ``sent_at`` is the device's clock when it sent this.
    """

    action_id: ActionId
    occurred_at: Instant
    sent_at: Instant | None = None
    note: Text | None = None
    proof_ids: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    shipment_ids: Annotated[tuple[Id, ...], Field(max_length=40)] = ()

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
        )


class DeliverIn(AttemptIn):
    """Delivered."""

    def to_domain(self, stop_id: str) -> StopReport:
        """The report."""
        return self.report(stop_id, Step.DELIVER)


class FailIn(AttemptIn):
    """Not delivered, and why."""

    reason: FailureReason

    def to_domain(self, stop_id: str) -> StopReport:
        """The report."""
        return self.report(stop_id, Step.FAIL, self.reason)


class StopShipmentOut(Schema):
    """A shipment of the stop after the report."""

    id: str
    status: str
    external_status: str


class StopReportOut(Schema):
    """The stop after the report."""

    stop_id: str
    shipments: tuple[StopShipmentOut, ...]

    @classmethod
    def of(cls, stop_id: str, shipments: tuple[Shipment, ...]) -> "StopReportOut":
        """From the domain."""
        return cls(
            stop_id=stop_id,
            shipments=tuple(
                StopShipmentOut(
                    id=s.id,
                    status=s.status.value,
                    external_status=external_status(
                        s.status, s.last_attempt.reason if s.last_attempt else None
                    ).sub_status,
                )
                for s in sorted(shipments, key=lambda shipment: shipment.id)
            ),
        )


class ProofIn(Schema):
    """A file that is to be uploaded."""

    shipment_id: Id
    kind: Literal["photo"]
    content_type: Literal["image/jpeg", "image/png"]
    size_bytes: Annotated[int, Field(ge=1, le=8_000_000)]


class ProofOut(Schema):
    """Where and how to upload it."""

    proof_id: str
    url: str
    fields: dict[str, str]
    expires_at: datetime
