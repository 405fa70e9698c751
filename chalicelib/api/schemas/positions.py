"""A batch of positions, and the answer to it."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field

from chalicelib.api.schemas.fixes import FixItem
from chalicelib.api.schemas.values import DeviceTime
from chalicelib.domain.driving.screening import REFUSING, Reason, Verdict
from chalicelib.domain.ids import DriverId
from chalicelib.edge.schemas import Maybe, Out, Schema, Time
from chalicelib.services.driving.ingest_positions import FixBatch, IngestReport


class FixBatchIn(Schema):
    """Up to a thousand fixes; ``sent_at`` is the device's clock when it sent them."""

    sent_at: Maybe[DeviceTime] = None
    fixes: Annotated[tuple[FixItem, ...], Field(min_length=1, max_length=1_000)]

    def to_domain(self, driver_id: DriverId, epoch: int) -> FixBatch:
        """The batch of this driver."""
        return FixBatch(driver_id=driver_id, epoch=epoch, sent_at=self.sent_at, fixes=self.fixes)


class VerdictsOut(Out):
    """Why some fixes were not taken at face value: all reasons of each, and the indexes of those.

    Together, a thousand fixes take 16 kB at the most, whatever is wrong with each.
    """

    reasons: tuple[Reason, ...]
    indexes: tuple[int, ...]

    @classmethod
    def grouped(cls, reasons_by_index: Mapping[int, tuple[Reason, ...]]) -> tuple[Self, ...]:
        """Fixes with the same reasons together, in the order of their first ones."""
        indexes: dict[tuple[Reason, ...], list[int]] = {}
        for index, reasons in reasons_by_index.items():
            indexes.setdefault(reasons, []).append(index)
        return tuple(cls(reasons=key, indexes=tuple(found)) for key, found in indexes.items())


class IngestReportOut(Out):
    """``accepted``: at face value; ``suspect``: kept, but moves nothing; ``rejected``: not kept.

    ``corrected``: the time of the fix was mended before it was judged. The indexes are those of the
    batch; a fix that is in none of the lists was accepted, or is a duplicate. ``plan_version``:
    when it is not the one that the phone knows, the plan was edited, and the route is to be read
    again.
    """

    accepted: int
    duplicates: int
    suspect: tuple[VerdictsOut, ...]
    rejected: tuple[VerdictsOut, ...]
    head_recorded_at: Time | None
    clock_skew_s: float
    corrected: tuple[VerdictsOut, ...] = ()
    plan_version: int = 0

    @classmethod
    def of(cls, value: IngestReport) -> "IngestReportOut":
        """From the domain. Of a batch that was kept before, all that was kept is a duplicate."""

        def is_duplicate(verdict: Verdict) -> bool:
            is_known = value.is_repeat or Reason.DUPLICATE in verdict.reasons
            return is_known and not REFUSING.intersection(verdict.reasons)

        duplicates = [v for v in value.verdicts if is_duplicate(v)]
        judged = [v for v in value.verdicts if v.reasons and not is_duplicate(v)]
        return cls(
            accepted=len(value.verdicts) - len(duplicates) - len(judged),
            duplicates=len(duplicates),
            suspect=VerdictsOut.grouped({v.index: v.reasons for v in judged if v.is_stored}),
            rejected=VerdictsOut.grouped({v.index: v.reasons for v in judged if not v.is_stored}),
            head_recorded_at=value.head_recorded_at,
            clock_skew_s=value.clock_skew.total_seconds(),
            corrected=VerdictsOut.grouped(
                {v.index: v.corrections for v in value.verdicts if v.corrections}
            ),
            plan_version=value.plan_version,
        )
